// What a test suite asks of the daemon: reset, expectations, virtual time, faults; as the helper for JavaScript
// does it, with the official SDK for what the application does.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  CreateQueueCommand, DeleteMessageCommand, ListQueuesCommand, ReceiveMessageCommand, SQSClient, SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';

import { ExpectationFailed, PenstockRefusal, PenstockTesting } from '../../clients/js/penstock-testing.js';
import { Daemon, scratchDirectory } from './daemon.js';
import { asked, controlled } from './test_controls.js';

const account = (accessKeyId) => ({ accessKeyId, secretAccessKey: 'local' });

async function stage(t, attributes = {}, ...flags) {
  const on = await controlled(t, ...flags);
  const client = on.daemon.client();
  const QueueName = attributes.FifoQueue ? 'mail.fifo' : 'mail';
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  return { ...on, client, QueueUrl };
}

// A client that does not try again by itself.
function impatient(t, daemon) {
  const client = new SQSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: account('local'), maxAttempts: 1 });
  t.after(() => client.destroy());
  return client;
}

const send = (client, QueueUrl, MessageBody, more = {}) => client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));

async function receive(client, QueueUrl, more = {}) {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more }));
  return Messages;
}

const remove = (client, QueueUrl, { ReceiptHandle }) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

test('A consumer with a visibility timeout of 12 hours, a retention of 14 days and a window of 5 minutes is tested in moments', async (t) => {
  const { daemon, penstock } = await controlled(t);
  const client = daemon.client();
  const url = async (QueueName, Attributes) => (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
  const work = await url('work', { VisibilityTimeout: '43200', MessageRetentionPeriod: '1209600' });
  const orders = await url('orders.fifo', { FifoQueue: 'true' });

  // A worker takes a job and dies; another one waits.
  await send(client, work, 'job');
  const [taken] = await receive(client, work);
  const waiting = receive(client, work, { WaitTimeSeconds: 20 });
  await penstock.advance({ hours: 12 });
  const [again] = await waiting;
  assert.equal(again.MessageId, taken.MessageId);
  assert.equal(again.Attributes.ApproximateReceiveCount, '2');

  // Nobody comes for it within its retention.
  await penstock.advance({ days: 14 });
  assert.deepEqual(await receive(client, work), []);
  await penstock.expect('work', { Empty: true });

  // A sender repeats itself, within the window and after it.
  const order = { MessageGroupId: 'g', MessageDeduplicationId: 'order-1' };
  const first = await send(client, orders, 'order', order);
  await penstock.advance({ minutes: 4 });
  assert.equal((await send(client, orders, 'order', order)).MessageId, first.MessageId);
  await penstock.advance({ minutes: 1 });
  assert.notEqual((await send(client, orders, 'order', order)).MessageId, first.MessageId);
  await penstock.expect('orders.fifo', { Visible: 2 });
});

test('Time that was advanced does not run back, after a stop, a kill and without the controls', async (t) => {
  const { daemon, data, penstock, client, QueueUrl } = await stage(t, { VisibilityTimeout: '600' });
  await send(client, QueueUrl, 'job', { DelaySeconds: 900 });
  const { NowMilliseconds } = await penstock.advance({ minutes: 15 });
  await daemon.kill();
  for (const flags of [['--test-controls'], []]) {
    const next = await Daemon.start(data, '--admin-listen', '127.0.0.1:0', ...flags);
    t.after(() => next.stop());
    if (flags.length > 0) {
      const clock = await new PenstockTesting(next.admin).clock();
      assert.ok(clock.NowMilliseconds >= NowMilliseconds);
      assert.equal(clock.AheadMilliseconds, 900_000);
    }
    const messages = await receive(next.client(), `${next.endpoint}/000000000000/mail`, { VisibilityTimeout: 0 });
    assert.deepEqual(messages.map(({ Body }) => Body), ['job']);
    assert.match(next.said, /ahead of the wall clock/);
    await next.stop();
  }
});

test('With durability memory nothing is written, and nothing is left behind', async (t) => {
  const directory = await scratchDirectory(t);
  const daemon = await Daemon.start(join(directory, 'store'), '--durability', 'memory');
  const client = daemon.client();
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'mail' }));
  await send(client, QueueUrl, 'one');
  assert.equal((await receive(client, QueueUrl)).length, 1);
  await daemon.stop();
  assert.deepEqual(await readdir(directory), []);
});

test('A reset takes queues, topics, delays and faults, and names can be used again at once', async (t) => {
  const { daemon, penstock, client, QueueUrl } = await stage(t);
  const sns = new SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: account('local') });
  t.after(() => sns.destroy());
  await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await send(client, QueueUrl, 'one');
  await penstock.addFault({ Action: 'ListQueues', Error: 'internal' });
  assert.deepEqual(await penstock.reset(), { Queues: 1, Topics: 1 });
  assert.deepEqual((await client.send(new ListQueuesCommand({}))).QueueUrls ?? [], []);
  await client.send(new CreateQueueCommand({ QueueName: 'mail', Attributes: { VisibilityTimeout: '7' } }));
  assert.deepEqual(await receive(client, QueueUrl), []);
  assert.deepEqual(await penstock.reset(), { Queues: 1, Topics: 0 });
  assert.deepEqual(await penstock.reset(), { Queues: 0, Topics: 0 });
});

test('A reset of one account leaves what others have', async (t) => {
  const { daemon, penstock, client } = await stage(t);
  const other = daemon.client(account('123456789012'));
  await other.send(new CreateQueueCommand({ QueueName: 'mail' }));
  assert.deepEqual(await penstock.reset({ Account: '123456789012' }), { Queues: 1, Topics: 0 });
  assert.deepEqual(await penstock.reset({ Region: 'eu-west-1' }), { Queues: 0, Topics: 0 });
  assert.equal((await client.send(new ListQueuesCommand({}))).QueueUrls.length, 1);
  assert.equal((await other.send(new ListQueuesCommand({}))).QueueUrls, undefined);
});

test('A reset of hundreds of queues and topics leaves none', async (t) => {
  const { penstock, client, daemon } = await stage(t, {}, '--durability', 'interval');
  const sns = new SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: account('local') });
  t.after(() => sns.destroy());
  for (let from = 0; from < 200; from += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, at) => client.send(new CreateQueueCommand({ QueueName: `queue-${from + at}` }))));
    await Promise.all(Array.from({ length: 5 }, (_, at) => sns.send(new CreateTopicCommand({ Name: `topic-${from + at}` }))));
  }
  assert.deepEqual(await penstock.reset(), { Queues: 201, Topics: 50 });
  assert.equal((await client.send(new ListQueuesCommand({}))).QueueUrls, undefined);
});

test('An expectation is answered as soon as a consumer has made it come true', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t);
  await send(client, QueueUrl, 'one');
  await send(client, QueueUrl, 'two');
  const waiting = penstock.expect('mail', { Empty: true, Deleted: 2 }, { timeoutSeconds: 60 });
  for (const message of await receive(client, QueueUrl)) await remove(client, QueueUrl, message);
  for (const message of await receive(client, QueueUrl)) await remove(client, QueueUrl, message);
  const standing = await waiting;
  assert.deepEqual(standing, { Held: true, Visible: 0, InFlight: 0, Delayed: 0, Sent: 2, Received: 2, Deleted: 2 });
});

test('An expectation that does not come true says how the queue stood', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t);
  await send(client, QueueUrl, 'one');
  await assert.rejects(penstock.expect(QueueUrl, { Empty: true }, { timeoutSeconds: 0 }), (error) => {
    assert.ok(error instanceof ExpectationFailed);
    assert.equal(error.standing.Visible, 1);
    return true;
  });
  await assert.rejects(penstock.expect('nobody', { Empty: true }), (error) => error instanceof PenstockRefusal && error.status === 404);
  await assert.rejects(penstock.expect('mail', {}), (error) => error.status === 400);
});

test('A stop answers whoever waits for an expectation', async (t) => {
  const { daemon, penstock } = await stage(t);
  const read = async () => Number(/^penstock_http_requests_total (\d+)$/m.exec((await asked(daemon, '/metrics')).text)[1]);
  const before = await read();
  const waiting = penstock.expect('mail', { Sent: 1 }, { timeoutSeconds: 300 }).catch((error) => error);
  for (let reads = 1; (await read()) < before + reads + 1; ++reads); // until it was read whole
  const { code } = await daemon.stop();
  assert.equal(code, 0);
  const end = await waiting;
  assert.ok(end instanceof Error);
});

// ---- faults

test('Throttling, 500 and 503 look as those of AWS do, and end after their count', async (t) => {
  const { daemon, penstock, QueueUrl } = await stage(t);
  const client = impatient(t, daemon);
  const cases = [['throttling', 'RequestThrottled', 403], ['internal', 'InternalFailure', 500], ['unavailable', 'ServiceUnavailable', 503]];
  for (const [Error, name, status] of cases) {
    await penstock.addFault({ Action: 'SendMessage', Queue: 'mail', Error, Count: 1 });
    await assert.rejects(send(client, QueueUrl, 'lost'), (error) => {
      assert.match(error.name, new RegExp(name));
      assert.equal(error.$metadata.httpStatusCode, status);
      return true;
    });
    await send(client, QueueUrl, 'taken');
    await penstock.clearFaults();
    await penstock.addFault({ Action: 'SendMessage', Error, Count: 1 });
    const query = await fetch(daemon.endpoint, { method: 'POST', body: new URLSearchParams({ Action: 'SendMessage', QueueUrl, MessageBody: 'lost' }) });
    assert.equal(query.status, status);
    assert.match(await query.text(), new RegExp(`<Code>${name}</Code>`));
    await penstock.clearFaults();
  }
  await penstock.expect('mail', { Visible: 3, Sent: 3 });
});

test('The SDK gets over a throttled request by itself', async (t) => {
  const { daemon, penstock, client, QueueUrl } = await stage(t);
  await penstock.addFault({ Action: 'SendMessage', Error: 'throttling', Count: 2 });
  await send(client, QueueUrl, 'patient');
  const [fault] = await penstock.faults();
  assert.deepEqual([fault.Met, fault.Fired], [3, 2]);
  assert.match((await asked(daemon, '/metrics')).text, /^penstock_faults_injected_total\{kind="throttling"\} 2$/m);
});

test('A connection dropped before the request loses it, one dropped after it loses the answer alone', async (t) => {
  const { daemon, penstock, QueueUrl } = await stage(t);
  const client = impatient(t, daemon);
  await penstock.addFault({ Action: 'SendMessage', Drop: 'before', Count: 1 });
  await assert.rejects(send(client, QueueUrl, 'one'));
  await penstock.expect('mail', { Sent: 0, Visible: 0 });
  await penstock.addFault({ Action: 'SendMessage', Drop: 'after', Count: 1 });
  await assert.rejects(send(client, QueueUrl, 'two'));
  await penstock.expect('mail', { Visible: 1 });
  await penstock.addFault({ Action: 'ReceiveMessage', Drop: 'after', Count: 1 });
  await assert.rejects(receive(client, QueueUrl));
  await penstock.expect('mail', { Visible: 0, InFlight: 1 });
});

test('Latency delays a request, and what it does', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t);
  await penstock.addFault({ Queue: 'mail', Action: 'SendMessage', LatencyMilliseconds: 300 });
  const begun = performance.now();
  await send(client, QueueUrl, 'late');
  assert.ok(performance.now() - begun >= 299, 'not before its time');
  await penstock.addFault({ Queue: 'other', LatencyMilliseconds: 60_000 });
  await receive(client, QueueUrl);
});

test('A share of requests is met by chance that the seed decides', async (t) => {
  const { daemon, penstock, QueueUrl } = await stage(t);
  const client = impatient(t, daemon);
  const fates = async (Seed) => {
    await penstock.clearFaults();
    await penstock.addFault({ Action: 'SendMessage', Error: 'unavailable', Share: 0.5, Seed });
    let fates = '';
    for (let at = 0; at < 32; ++at) fates += await send(client, QueueUrl, 'x').then(() => '.', () => 'x');
    return fates;
  };
  const once = await fates(7);
  assert.equal(await fates(7), once);
  assert.notEqual(await fates(8), once);
  assert.match(once, /x/);
  assert.match(once, /\./);
});

test('Faults of a topic are in the words of SNS', async (t) => {
  const { daemon, penstock } = await controlled(t);
  const sns = new SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: account('local'), maxAttempts: 1 });
  t.after(() => sns.destroy());
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await penstock.addFault({ Topic: 'news', Error: 'throttling', Count: 1 });
  await assert.rejects(sns.send(new PublishCommand({ TopicArn, Message: 'x' })), (error) => error.name === 'ThrottledException');
  await sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
});

test('A rule that cannot be meant is refused, and one rule is ended by its id', async (t) => {
  const { penstock } = await controlled(t);
  for (const rule of [{}, { Error: 'x' }, { Drop: 'x' }, { Error: 'internal', Drop: 'after' }, { Action: 'Nothing', Error: 'internal' }, { Queue: 'a', Topic: 'b', Error: 'internal' }, { Error: 'internal', Share: 0 }, { Error: 'internal', Share: 2 }, { Error: 'internal', Count: 0 }, { LatencyMilliseconds: 60_001 }]) {
    await assert.rejects(penstock.addFault(rule), (error) => error.status === 400, JSON.stringify(rule));
  }
  const id = await penstock.addFault({ Error: 'internal' });
  await penstock.addFault({ Queue: 'mail', LatencyMilliseconds: 5, Share: 0.25, Seed: 3 });
  await penstock.clearFaults(id);
  await assert.rejects(penstock.clearFaults(id), (error) => error.status === 404);
  const [left, ...more] = await penstock.faults();
  assert.deepEqual(more, []);
  assert.deepEqual({ Queue: left.Queue, LatencyMilliseconds: left.LatencyMilliseconds, Share: left.Share, Seed: left.Seed }, { Queue: 'mail', LatencyMilliseconds: 5, Share: 0.25, Seed: 3 });
});
