import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { ownDaemon } from './daemon.js';
import { Queue } from './queue.js';

const daemon = await ownDaemon(after);
const client = daemon.client();

const seconds = (since) => (performance.now() - since) / 1000;

// A few calls on other connections: time enough for a receive that was begun before them to have arrived.
async function aFewCalls(queue) {
  for (let i = 0; i < 5; ++i) await queue.counts();
}

test('A receive that waits is answered by a later send', async () => {
  const queue = await Queue.create(client);
  const began = performance.now();
  let answered = false;
  const receive = queue.receive({ WaitTimeSeconds: 20 }).finally(() => (answered = true));
  await aFewCalls(queue);
  assert.equal(answered, false);
  await queue.send('hello');
  const [message] = await receive;
  assert.equal(message.Body, 'hello');
  assert.ok(seconds(began) < 15, 'it did not wait to the end');
});

test('A receive that waits in vain is answered empty when its time is up, not before', async () => {
  const queue = await Queue.create(client);
  const began = performance.now();
  assert.deepEqual(await queue.receive({ WaitTimeSeconds: 1 }), []);
  assert.ok(seconds(began) >= 0.99);
});

test('Without WaitTimeSeconds the wait is the one of the queue', async () => {
  const queue = await Queue.create(client, { ReceiveMessageWaitTimeSeconds: '1' });
  const began = performance.now();
  assert.deepEqual(await queue.receive(), []);
  assert.ok(seconds(began) >= 0.99);
});

test('A delayed message wakes a receive when its delay is over', async () => {
  const queue = await Queue.create(client);
  const began = performance.now();
  await queue.send('later', { DelaySeconds: 1 });
  assert.deepEqual(await queue.receive(), []);
  assert.deepEqual(await queue.counts(), [0, 0, 1]);
  const [message] = await queue.receive({ WaitTimeSeconds: 20 });
  assert.equal(message.Body, 'later');
  assert.equal(message.Attributes.ApproximateReceiveCount, '1');
  assert.ok(seconds(began) >= 0.95 && seconds(began) < 15);
});

test('The end of a visibility timeout wakes a receive', async () => {
  const queue = await Queue.create(client);
  await queue.send('hello');
  await queue.receive({ VisibilityTimeout: 1 });
  const [message] = await queue.receive({ WaitTimeSeconds: 20 });
  assert.equal(message.Attributes.ApproximateReceiveCount, '2');
});

test('A visibility set to zero wakes a receive', async () => {
  const queue = await Queue.create(client);
  await queue.send('hello');
  const [message] = await queue.receive();
  const waiting = queue.receive({ WaitTimeSeconds: 20 });
  await aFewCalls(queue);
  await queue.hide(message, 0);
  assert.equal((await waiting)[0].MessageId, message.MessageId);
});

test('Of many waiting receivers each message goes to exactly one', async () => {
  const queue = await Queue.create(client);
  const waiting = Array.from({ length: 20 }, () => queue.receive({ WaitTimeSeconds: 20 }));
  await aFewCalls(queue);
  const bodies = Array.from({ length: 20 }, (_, number) => `message ${number}`);
  await Promise.all(bodies.map((body) => queue.send(body)));
  const received = (await Promise.all(waiting)).flat().map(({ Body }) => Body);
  assert.deepEqual(received.toSorted(), bodies.toSorted());
});

test('A receiver that went away while it waited swallows no message', async () => {
  const queue = await Queue.create(client);
  for (let round = 1; round <= 20; ++round) {
    const gone = new AbortController();
    const waiting = queue.receive({ WaitTimeSeconds: 20 }, { abortSignal: gone.signal });
    await aFewCalls(queue);
    gone.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    await aFewCalls(queue);
    await queue.send(`message ${round}`);
    const [message] = await queue.receive({ WaitTimeSeconds: 5 });
    assert.equal(message?.Body, `message ${round}`);
    assert.equal(message.Attributes.ApproximateReceiveCount, '1');
    await queue.delete(message);
  }
});
