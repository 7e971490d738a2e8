// The consumer, on the real daemon.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Consumer, retrySeconds } from '../src/queues/consumer.js';
import { ownDaemon } from './daemon.js';

const { sqs } = (await ownDaemon(after)).clients(after);

async function queue({ fifo = false, visibility = 30, ...more } = {}) {
  const name = `${randomUUID()}${fifo ? '.fifo' : ''}`;
  const Attributes = { ...more, VisibilityTimeout: String(visibility), ...(fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {}) };
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return { name, url, fifo, visibility };
}

async function send({ url, fifo }, ...bodies) {
  for (const MessageBody of bodies) {
    const MessageGroupId = fifo ? MessageBody[0] : undefined;
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, MessageGroupId }));
  }
}

// [visible, in flight]
async function counts({ url }) {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
  return AttributeNames.map((name) => Number(Attributes[name]));
}

// Runs a consumer whose handler is given the body, the attempt, and a function that says stop.
async function consume(queue, handle, options = {}) {
  const stop = new AbortController();
  const consumer = new Consumer({
    sqs,
    queue,
    visibility: queue.visibility,
    handle: ({ Body }, attempt) => handle(Body, attempt, () => stop.abort()),
    log: () => {},
    ...options,
  });
  await consumer.run(stop.signal);
  assert.equal(consumer.holding, 0);
}

test('What was handled is deleted', async () => {
  const work = await queue();
  await send(work, ...Array.from({ length: 25 }, (_, i) => `m${i}`));
  const done = new Set();
  await consume(work, (body, attempt, stop) => {
    done.add(body);
    if (done.size === 25) stop();
  });
  assert.equal(done.size, 25);
  assert.deepEqual(await counts(work), [0, 0]);
});

test('No more are handled at a time than was allowed', async () => {
  const work = await queue();
  await send(work, ...Array.from({ length: 12 }, (_, i) => `m${i}`));
  let [now, most, done] = [0, 0, 0];
  await consume(
    work,
    async (body, attempt, stop) => {
      most = Math.max(most, ++now);
      await pause(20);
      --now;
      if (++done === 12) stop();
    },
    { concurrency: 3 },
  );
  assert.equal(most, 3);
});

test('What was received and not begun is given back at once when told to stop, and what was begun is finished', async () => {
  const work = await queue();
  await send(work, ...Array.from({ length: 8 }, (_, i) => `m${i}`));
  const finished = [];
  await consume(
    work,
    async (body, attempt, stop) => {
      stop();
      await pause(100);
      finished.push(body);
    },
    { concurrency: 2 },
  );
  assert.equal(finished.length, 2);
  assert.deepEqual(await counts(work), [6, 0]);
});

test('A message that fails comes back alone, after a while, and says which attempt it is', async () => {
  const work = await queue();
  await send(work, 'good', 'bad', 'better');
  const seen = [];
  await consume(work, (body, attempt, stop) => {
    seen.push(`${body} ${attempt}`);
    if (body === 'bad' && attempt === 1) throw new Error('not today');
    if (body === 'bad') stop();
  });
  assert.deepEqual(seen.toSorted(), ['bad 1', 'bad 2', 'better 1', 'good 1']);
  assert.deepEqual(await counts(work), [0, 0]);
  assert.deepEqual([1, 2, 3, 4, 5, 20].map(retrySeconds), [1, 2, 4, 8, 16, 60]);
});

test('A handler that takes longer than the visibility timeout keeps its message, and what waits behind it', async () => {
  const work = await queue({ visibility: 2 });
  await send(work, 'one', 'two');
  const attempts = [];
  await consume(
    work,
    async (body, attempt, stop) => {
      attempts.push(attempt);
      await pause(2500);
      if (attempts.length === 2) stop();
    },
    { concurrency: 1 },
  );
  assert.deepEqual(attempts, [1, 1]);
  assert.deepEqual(await counts(work), [0, 0]);
});

test('In a FIFO queue a group is done in order, also when one of it fails, and groups go beside each other', async () => {
  const work = await queue({ fifo: true });
  await send(work, 'a1', 'a2', 'a3', 'b1', 'b2');
  const seen = [];
  let done = 0;
  await consume(work, async (body, attempt, stop) => {
    seen.push(body);
    await pause(5);
    if (body === 'a2' && attempt === 1) throw new Error('not today');
    if (++done === 5) stop();
  });
  assert.deepEqual(seen.filter((body) => body[0] === 'a'), ['a1', 'a2', 'a2', 'a3']);
  assert.deepEqual(seen.filter((body) => body[0] === 'b'), ['b1', 'b2']);
});

test('In a FIFO queue a message that cannot be done becomes a dead letter alone, and its group goes on', async () => {
  const dead = await queue({ fifo: true });
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: dead.url, AttributeNames: ['QueueArn'] }));
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes.QueueArn, maxReceiveCount: 2 });
  const work = await queue({ fifo: true, RedrivePolicy });
  await send(work, 'a1', 'a2', 'a3');
  const seen = [];
  await consume(work, (body, attempt, stop) => {
    seen.push(`${body} ${attempt}`);
    if (body === 'a1') throw new Error('never');
    if (body === 'a3') stop();
  });
  assert.deepEqual(seen, ['a1 1', 'a1 2', 'a2 1', 'a3 1']);
  assert.deepEqual(await counts(work), [0, 0]);
  assert.deepEqual(await counts(dead), [1, 0]);
});

test('A consumer whose queue cannot be reached goes on asking', async () => {
  const work = await queue();
  await send(work, 'late');
  let refusals = 2;
  const seldom = {
    send: (command, options) =>
      command.constructor.name === 'ReceiveMessageCommand' && refusals-- > 0
        ? Promise.reject(new Error('connection refused'))
        : sqs.send(command, options),
  };
  const said = [];
  await consume(work, (body, attempt, stop) => stop(), { sqs: seldom, log: (line) => said.push(line) });
  assert.equal(said.length, 2);
  assert.deepEqual(await counts(work), [0, 0]);
});
