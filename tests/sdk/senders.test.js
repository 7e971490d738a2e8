import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { ownDaemon } from './daemon.js';
import { Queue } from './queue.js';

const daemon = await ownDaemon(after);
const client = daemon.client();

const sendersCount = 100;
const messagesEach = 20;

test('A hundred senders at once lose nothing, and every message is received once', async () => {
  const queue = await Queue.create(client);
  const sent = new Map(); // message id -> body
  await Promise.all(
    Array.from({ length: sendersCount }, async (_, sender) => {
      for (let number = 0; number < messagesEach; ++number) {
        const body = `message ${number} of sender ${sender}`;
        sent.set((await queue.send(body)).MessageId, body);
      }
    }),
  );
  assert.equal(sent.size, sendersCount * messagesEach);
  assert.deepEqual(await queue.counts(), [sent.size, 0, 0]);

  const received = new Map();
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (;;) {
        const messages = await queue.receive({ MaxNumberOfMessages: 10 });
        if (messages.length === 0) return;
        for (const message of messages) {
          assert.ok(!received.has(message.MessageId), 'received twice');
          received.set(message.MessageId, message.Body);
          await queue.delete(message);
        }
      }
    }),
  );
  assert.deepEqual(received, sent);
  assert.deepEqual(await queue.counts(), [0, 0, 0]);
});
