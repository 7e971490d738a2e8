import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as sqs from '@aws-sdk/client-sqs';

import { ownDaemon } from './daemon.js';
import { Queue } from './queue.js';

const daemon = await ownDaemon(after);
const client = daemon.client();

test('A queue URL names the host that the client spoke to, the account and the queue', async () => {
  const queue = await Queue.create(client);
  assert.equal(queue.url, `${daemon.endpoint}/000000000000/${queue.name}`);
});

test('Creating a queue again with the same attributes gives the same URL', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '7' });
  for (const Attributes of [{ VisibilityTimeout: '7' }, {}, undefined]) {
    const again = await client.send(new sqs.CreateQueueCommand({ QueueName: queue.name, Attributes }));
    assert.equal(again.QueueUrl, queue.url);
  }
  const found = await client.send(new sqs.GetQueueUrlCommand({ QueueName: queue.name }));
  assert.equal(found.QueueUrl, queue.url);
});

test('Creating a queue again with another attribute is refused as QueueNameExists', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '7' });
  const again = new sqs.CreateQueueCommand({
    QueueName: queue.name,
    Attributes: { VisibilityTimeout: '8' },
  });
  await assert.rejects(client.send(again), (error) => {
    assert.ok(error instanceof sqs.QueueNameExists, error.name);
    assert.equal(error.$metadata.httpStatusCode, 400);
    return true;
  });
  assert.equal((await queue.attributes('VisibilityTimeout')).VisibilityTimeout, '7');
});

test('The attributes of a queue come back as they were set, the others with their defaults', async () => {
  const set = {
    DelaySeconds: '5',
    MaximumMessageSize: '2048',
    MessageRetentionPeriod: '86400',
    ReceiveMessageWaitTimeSeconds: '3',
    VisibilityTimeout: '120',
  };
  const all = await (await Queue.create(client, set)).attributes('All');
  for (const [name, value] of Object.entries(set)) assert.equal(all[name], value, name);
  assert.match(all.QueueArn, /^arn:aws:sqs:us-east-1:000000000000:queue-/);

  const defaults = await (await Queue.create(client)).attributes('All');
  const aws = { DelaySeconds: '0', MessageRetentionPeriod: '345600', VisibilityTimeout: '30' };
  for (const [name, value] of Object.entries(aws)) assert.equal(defaults[name], value, name);
});

test('Only the attributes that are asked for are given', async () => {
  const queue = await Queue.create(client);
  assert.deepEqual(Object.keys(await queue.attributes('VisibilityTimeout')), ['VisibilityTimeout']);
});

test('A missing queue is QueueDoesNotExist, with the code that old clients look for', async () => {
  const missing = new Queue(client, `${daemon.endpoint}/000000000000/missing`);
  const calls = [
    client.send(new sqs.GetQueueUrlCommand({ QueueName: 'missing' })),
    missing.send('hello'),
    missing.receive(),
    missing.attributes('All'),
    missing.purge(),
    missing.remove(),
  ];
  for (const call of calls) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof sqs.QueueDoesNotExist, `${error.name}: ${error.message}`);
      assert.equal(error.$fault, 'client');
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.Code ?? error.Error?.Code, 'AWS.SimpleQueueService.NonExistentQueue');
      return true;
    });
  }
});

test('A deleted queue is gone, and its name is not free for a minute', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '7' });
  await queue.send('hello');
  await queue.remove();
  await assert.rejects(queue.receive(), sqs.QueueDoesNotExist);
  await assert.rejects(
    client.send(new sqs.CreateQueueCommand({ QueueName: queue.name })),
    sqs.QueueDeletedRecently,
  );
});

test('A purge empties the queue of everything that was sent before it, and of nothing else', async () => {
  const queue = await Queue.create(client);
  await Promise.all(['one', 'two', 'three'].map((body) => queue.send(body)));
  await queue.receive();
  await queue.send('later', { DelaySeconds: 900 });
  assert.deepEqual(await queue.counts(), [2, 1, 1]);
  await queue.purge();
  assert.deepEqual(await queue.counts(), [0, 0, 0]);
  assert.deepEqual(await queue.receive(), []);
  await queue.send('after the purge');
  await assert.rejects(queue.purge(), sqs.PurgeQueueInProgress);
  assert.equal((await queue.receive())[0].Body, 'after the purge');
});

test('An attribute out of range and an unknown one are refused by name, and no queue is made', async () => {
  const create = (Attributes) =>
    client.send(new sqs.CreateQueueCommand({ QueueName: 'refused', Attributes }));
  await assert.rejects(create({ VisibilityTimeout: '43201' }), { name: 'InvalidAttributeValue' });
  await assert.rejects(create({ Colour: 'red' }), { name: 'InvalidAttributeName' });
  await assert.rejects(create({ FifoQueue: 'true' }), (error) => error.$fault === 'client');
  await assert.rejects(
    client.send(new sqs.GetQueueUrlCommand({ QueueName: 'refused' })),
    sqs.QueueDoesNotExist,
  );
});

test('The account is the access key if that is twelve digits, and accounts share nothing', async () => {
  const queue = await Queue.create(client);
  const other = new sqs.SQSClient({
    endpoint: daemon.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' },
  });
  try {
    const QueueName = queue.name;
    await assert.rejects(other.send(new sqs.GetQueueUrlCommand({ QueueName })), sqs.QueueDoesNotExist);
    const created = await other.send(new sqs.CreateQueueCommand({ QueueName }));
    assert.equal(created.QueueUrl, `${daemon.endpoint}/123456789012/${QueueName}`);
  } finally {
    other.destroy();
  }
});
