import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sqs from '@aws-sdk/client-sqs';

import { Daemon, scratchDirectory } from './daemon.js';
import { Queue } from './queue.js';

// The queue of that name on a daemon that was started again: another port, so another URL.
async function found(daemon, name) {
  const client = daemon.client();
  const { QueueUrl } = await client.send(new sqs.GetQueueUrlCommand({ QueueName: name }));
  return new Queue(client, QueueUrl);
}

for (const how of ['stop', 'kill']) {
  test(`After a ${how} everything acknowledged is there, and what was hidden is hidden`, async (t) => {
    const data = await scratchDirectory(t);
    let daemon = await Daemon.start(data);
    t.after(() => daemon.kill());
    const { name, ...rest } = await Queue.create(daemon.client(), { VisibilityTimeout: '600' });
    let queue = new Queue(rest.client, rest.url);

    const attributes = { kind: { DataType: 'String', StringValue: 'kept' } };
    for (const body of ['deleted', 'hidden', 'kept']) {
      await queue.send(body, { MessageAttributes: attributes });
    }
    await queue.send('delayed', { DelaySeconds: 900 });
    const [deleted] = await queue.receive();
    const [hidden] = await queue.receive();
    await queue.delete(deleted);
    const counts = await queue.counts();
    assert.deepEqual(counts, [1, 1, 1]);

    const ended = await daemon[how]();
    if (how === 'stop') assert.deepEqual(ended, { code: 0, signal: null });
    daemon = await Daemon.start(data);
    queue = await found(daemon, name);

    assert.deepEqual(await queue.counts(), counts);
    assert.equal((await queue.attributes('VisibilityTimeout')).VisibilityTimeout, '600');
    const [kept, ...others] = await queue.receive({ MaxNumberOfMessages: 10 });
    assert.deepEqual(others, []);
    assert.equal(kept.Body, 'kept');
    assert.equal(kept.MessageAttributes.kind.StringValue, 'kept');

    // A receipt handle from before still acts.
    await queue.hide(hidden, 0);
    const [again] = await queue.receive();
    assert.equal(again.MessageId, hidden.MessageId);
    assert.equal(again.Attributes.ApproximateReceiveCount, '2');
    await queue.delete(hidden);
    await queue.delete(kept);
    assert.deepEqual(await queue.counts(), [0, 0, 1]);
    await daemon.stop();
  });
}

test('A queue that was deleted stays deleted after a kill', async (t) => {
  const data = await scratchDirectory(t);
  let daemon = await Daemon.start(data);
  t.after(() => daemon.kill());
  const queue = await Queue.create(daemon.client());
  await queue.send('hello');
  await queue.remove();
  await daemon.kill();
  daemon = await Daemon.start(data);
  await assert.rejects(found(daemon, queue.name), sqs.QueueDoesNotExist);
  await daemon.stop();
});

test('A stop answers the receives that wait, and refuses no request that it had taken', async (t) => {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data);
  t.after(() => daemon.kill());
  const queue = await Queue.create(daemon.client());
  const waiting = queue.receive({ WaitTimeSeconds: 20 }).catch((error) => error);
  await queue.counts();
  const began = performance.now();
  const ended = await daemon.stop();
  await waiting;
  assert.deepEqual(ended, { code: 0, signal: null });
  assert.ok(performance.now() - began < 15_000, 'it did not wait for the long poll to end by itself');
});
