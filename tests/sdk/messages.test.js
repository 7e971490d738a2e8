import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import * as sqs from '@aws-sdk/client-sqs';

import { ownDaemon } from './daemon.js';
import { Queue } from './queue.js';

const daemon = await ownDaemon(after);
const client = daemon.client();

const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

// The digest of message attributes as the SQS developer guide describes it: by name, each part behind its
// length in four bytes, one byte for the kind of the value.
function attributesMd5(attributes) {
  const sized = (bytes) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const parts = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { DataType, StringValue, BinaryValue }]) => [
      sized(Buffer.from(name)),
      sized(Buffer.from(DataType)),
      Buffer.from([BinaryValue ? 2 : 1]),
      sized(Buffer.from(BinaryValue ?? StringValue)),
    ]);
  return md5(Buffer.concat(parts));
}

test('What is received is what was sent, with its digests', async () => {
  const queue = await Queue.create(client);
  const bodies = ['hello', 'Grüße, 你好, 🚰', '{"json":"\\u0000 inside"}', ' \t\r\n ', '<a>&"\'</a>'];
  for (const body of bodies) {
    const sent = await queue.send(body); // the SDK compares MD5OfMessageBody, here and at the receive
    const [message] = await queue.receive();
    assert.equal(message.Body, body);
    assert.equal(message.MessageId, sent.MessageId);
    assert.equal(message.MD5OfBody, md5(body));
    await queue.delete(message);
  }
});

test('Message attributes of every type come back, with the digest that AWS computes', async () => {
  const queue = await Queue.create(client);
  const attributes = {
    kind: { DataType: 'String', StringValue: 'deposit' },
    amount: { DataType: 'Number', StringValue: '-12.50' },
    'labelled.one': { DataType: 'String.customer', StringValue: 'Ada' },
    bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
  };
  const sent = await queue.send('hello', { MessageAttributes: attributes });
  assert.equal(sent.MD5OfMessageAttributes, attributesMd5(attributes));
  const [message] = await queue.receive();
  assert.deepEqual(Object.keys(message.MessageAttributes).sort(), Object.keys(attributes).sort());
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const received = message.MessageAttributes[name];
    assert.equal(received.DataType, DataType);
    assert.equal(received.StringValue, StringValue);
    assert.deepEqual(received.BinaryValue && [...received.BinaryValue], BinaryValue && [...BinaryValue]);
  }
  assert.equal(message.MD5OfMessageAttributes, attributesMd5(attributes));
});

test('Only the message attributes that are asked for are given, and none unless asked', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '0' });
  const value = { DataType: 'String', StringValue: 'x' };
  await queue.send('hello', { MessageAttributes: { one: value, two: value, three: value } });
  const names = async (...wanted) => {
    const [message] = await queue.receive({ MessageAttributeNames: wanted });
    return Object.keys(message.MessageAttributes ?? {}).sort();
  };
  assert.deepEqual(await names(), []);
  assert.deepEqual(await names('two'), ['two']);
  assert.deepEqual(await names('t.*'), ['three', 'two']);
  assert.deepEqual(await names('four', 'one.*', 'on'), ['one']);
  assert.deepEqual(await names('All'), ['one', 'three', 'two']);
});

test('A message of 1 MiB passes; one byte more is refused', async () => {
  const queue = await Queue.create(client);
  const body = 'x'.repeat(1 << 20);
  await queue.send(body);
  const [message] = await queue.receive();
  assert.ok(message.Body === body);
  await assert.rejects(queue.send(`${body}x`), { name: 'InvalidParameterValue' });
});

test('A character that XML forbids is InvalidMessageContents', async () => {
  const queue = await Queue.create(client);
  for (const body of ['\u0000', 'a\u0008b', '\uFFFF']) {
    await assert.rejects(queue.send(body), sqs.InvalidMessageContents);
  }
  assert.deepEqual(await queue.counts(), [0, 0, 0]);
});

test('Each receive counts, and the first one stays known', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '0' });
  const before = Date.now();
  await queue.send('hello');
  const [first] = await queue.receive();
  const [second] = await queue.receive();
  assert.equal(first.MessageId, second.MessageId);
  assert.equal(first.Attributes.ApproximateReceiveCount, '1');
  assert.equal(second.Attributes.ApproximateReceiveCount, '2');
  assert.equal(
    second.Attributes.ApproximateFirstReceiveTimestamp,
    first.Attributes.ApproximateFirstReceiveTimestamp,
  );
  assert.equal(second.Attributes.SentTimestamp, first.Attributes.SentTimestamp);
  assert.ok(Math.abs(Number(first.Attributes.SentTimestamp) - before) < 60_000);
  assert.notEqual(first.ReceiptHandle, second.ReceiptHandle);
});

test('A received message is hidden from others until it is made visible again', async () => {
  const queue = await Queue.create(client);
  await queue.send('hello');
  const [message] = await queue.receive();
  assert.deepEqual(await queue.receive(), []);
  assert.deepEqual(await queue.counts(), [0, 1, 0]);
  await queue.hide(message, 0);
  const [again] = await queue.receive();
  assert.equal(again.MessageId, message.MessageId);
  assert.equal(again.Attributes.ApproximateReceiveCount, '2');
});

test('A deleted message never comes back, and deleting it twice is success', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '0' });
  await queue.send('hello');
  const [message] = await queue.receive();
  await queue.delete(message);
  await queue.delete(message);
  assert.deepEqual(await queue.receive(), []);
  assert.deepEqual(await queue.counts(), [0, 0, 0]);
});

test('An older receipt handle still deletes, as it does on AWS', async () => {
  const queue = await Queue.create(client, { VisibilityTimeout: '0' });
  await queue.send('hello');
  const [first] = await queue.receive();
  await queue.receive();
  await queue.delete(first);
  assert.deepEqual(await queue.counts(), [0, 0, 0]);
});

test('What is not a receipt handle of this queue is ReceiptHandleIsInvalid', async () => {
  const queue = await Queue.create(client);
  const other = await Queue.create(client);
  await other.send('hello');
  const [message] = await other.receive();
  for (const ReceiptHandle of ['nonsense', message.ReceiptHandle]) {
    await assert.rejects(queue.delete({ ReceiptHandle }), sqs.ReceiptHandleIsInvalid);
    await assert.rejects(queue.hide({ ReceiptHandle }, 5), sqs.ReceiptHandleIsInvalid);
  }
  assert.deepEqual(await other.counts(), [0, 1, 0]);
});

test('A receive gives at most ten messages, each to one receiver', async () => {
  const queue = await Queue.create(client);
  const bodies = Array.from({ length: 25 }, (_, number) => `message ${number}`);
  for (const body of bodies) await queue.send(body);
  const received = [];
  for (let i = 0; i < 3; ++i) {
    const messages = await queue.receive({ MaxNumberOfMessages: 10 });
    assert.ok(messages.length <= 10);
    received.push(...messages.map(({ Body }) => Body));
  }
  assert.deepEqual(received.toSorted(), bodies.toSorted());
  await assert.rejects(queue.receive({ MaxNumberOfMessages: 11 }), (error) => error.$fault === 'client');
});

test('A parameter out of range is refused and nothing happens', async () => {
  const queue = await Queue.create(client);
  await assert.rejects(queue.send('x', { DelaySeconds: 901 }), { name: 'InvalidParameterValue' });
  await assert.rejects(queue.send(''), (error) => error.$fault === 'client');
  await queue.send('hello');
  const [message] = await queue.receive();
  await assert.rejects(queue.hide(message, 43_201), { name: 'InvalidParameterValue' });
  assert.deepEqual(await queue.counts(), [0, 1, 0]);
});
