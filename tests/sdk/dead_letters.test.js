import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as sqs from '@aws-sdk/client-sqs';

import { Daemon, scratchDirectory } from './daemon.js';
import { Queue } from './queue.js';

const policy = (deadLetterTargetArn, maxReceiveCount) =>
  JSON.stringify({ deadLetterTargetArn, maxReceiveCount });

async function arnOf(queue) {
  return (await queue.attributes('QueueArn')).QueueArn;
}

// Until the newest task of the queue is no longer running.
async function ended(client, SourceArn) {
  for (;;) {
    const { Results } = await client.send(new sqs.ListMessageMoveTasksCommand({ SourceArn }));
    if (Results[0].Status !== 'RUNNING') return Results[0];
    await pause(20);
  }
}

test('A message that nobody can consume goes to the dead-letter queue and back again, over a restart', async (t) => {
  const data = await scratchDirectory(t);
  let daemon = await Daemon.start(data);
  t.after(() => daemon.kill());
  let client = daemon.client();
  const dead = await Queue.create(client);
  const deadArn = await arnOf(dead);
  const mail = await Queue.create(client, { VisibilityTimeout: '0', RedrivePolicy: policy(deadArn, 2) });

  assert.deepEqual(JSON.parse((await mail.attributes('RedrivePolicy')).RedrivePolicy), {
    deadLetterTargetArn: deadArn,
    maxReceiveCount: 2,
  });
  const sources = await client.send(new sqs.ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }));
  assert.deepEqual(sources.queueUrls, [mail.url]);

  const { MessageId } = await mail.send('poison');
  for (const count of ['1', '2']) {
    const [message] = await mail.receive();
    assert.equal(message.Attributes.ApproximateReceiveCount, count);
  }
  assert.deepEqual(await mail.receive(), []);
  assert.deepEqual(await mail.counts(), [0, 0, 0]);
  assert.deepEqual(await dead.counts(), [1, 0, 0]);

  await daemon.kill();
  daemon = await Daemon.start(data);
  client = daemon.client();
  const again = async ({ name }) =>
    new Queue(client, (await client.send(new sqs.GetQueueUrlCommand({ QueueName: name }))).QueueUrl);
  const [dead2, mail2] = [await again(dead), await again(mail)];

  const [letter] = await dead2.receive({ VisibilityTimeout: 0 });
  assert.equal(letter.MessageId, MessageId);
  assert.equal(letter.Attributes.ApproximateReceiveCount, '3');
  assert.equal(letter.Attributes.DeadLetterQueueSourceArn, await arnOf(mail2));

  const { TaskHandle } = await client.send(new sqs.StartMessageMoveTaskCommand({ SourceArn: deadArn }));
  assert.equal(JSON.parse(Buffer.from(TaskHandle, 'base64')).sourceArn, deadArn);
  const task = await ended(client, deadArn);
  assert.equal(task.Status, 'COMPLETED');
  assert.equal(task.ApproximateNumberOfMessagesMoved, 1);
  assert.equal(task.ApproximateNumberOfMessagesToMove, 1);
  const [back] = await mail2.receive({ WaitTimeSeconds: 5 });
  assert.equal(back.Body, 'poison');
  assert.notEqual(back.MessageId, MessageId);
  assert.equal(back.Attributes.ApproximateReceiveCount, '1');
  assert.equal(back.Attributes.DeadLetterQueueSourceArn, undefined);
});

test('Somebody who waits at the dead-letter queue gets what comes there', async (t) => {
  const daemon = await Daemon.start(await scratchDirectory(t));
  t.after(() => daemon.kill());
  const client = daemon.client();
  const dead = await Queue.create(client);
  const mail = await Queue.create(client, {
    VisibilityTimeout: '0',
    RedrivePolicy: policy(await arnOf(dead), 1),
  });
  await mail.send('poison');
  await mail.receive();
  const waiting = dead.receive({ WaitTimeSeconds: 20 });
  await pause(100);
  assert.deepEqual(await mail.receive(), []);
  assert.equal((await waiting)[0].Body, 'poison');
});

test('A slow task can be cancelled, and a policy is refused as AWS refuses it', async (t) => {
  const daemon = await Daemon.start(await scratchDirectory(t));
  t.after(() => daemon.kill());
  const client = daemon.client();
  const dead = await Queue.create(client);
  const deadArn = await arnOf(dead);
  const mail = await Queue.create(client, { RedrivePolicy: policy(deadArn, 1) });
  for (const body of ['one', 'two', 'three']) await dead.send(body);
  const { TaskHandle } = await client.send(
    new sqs.StartMessageMoveTaskCommand({
      SourceArn: deadArn,
      DestinationArn: await arnOf(mail),
      MaxNumberOfMessagesPerSecond: 1,
    }),
  );
  await client.send(new sqs.CancelMessageMoveTaskCommand({ TaskHandle }));
  const task = await ended(client, deadArn);
  assert.match(task.Status, /^CANCELL(ED|ING)$/);
  assert.equal(task.TaskHandle, undefined);

  await assert.rejects(
    client.send(new sqs.CancelMessageMoveTaskCommand({ TaskHandle: 'nonsense' })),
    { name: 'InvalidParameterValue' },
  );
  await assert.rejects(
    client.send(new sqs.ListMessageMoveTasksCommand({ SourceArn: `${deadArn}-not` })),
    sqs.ResourceNotFoundException,
  );
  await assert.rejects(
    client.send(
      new sqs.SetQueueAttributesCommand({
        QueueUrl: mail.url,
        Attributes: { RedrivePolicy: policy(`${deadArn}-not`, 1) },
      }),
    ),
    /Dead letter target does not exist\./,
  );
});
