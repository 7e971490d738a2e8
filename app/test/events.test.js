import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decode, deposit, describe, encode, registration, transfer } from '../src/events.js';
import { steps } from '../src/send.js';
import { handle, serviceNames } from '../src/services.js';

const ada = { name: 'Ada', email: 'ada@example.com' };
const bodyOf = (event) => encode(event).MessageBody;

test('An event that was encoded is decoded to the same event', () => {
  for (const event of [registration(ada), transfer(ada, 1250, 'Grace'), deposit(ada, 1)]) {
    assert.deepEqual(decode(bodyOf(event)), event);
    assert.equal(encode(event).MessageAttributes.kind.StringValue, event.kind);
  }
});

test('What is not an event is refused, whatever it is', () => {
  const { customer, ...without } = registration(ada);
  const refused = [
    '',
    'null',
    '[]',
    '{"kind":"constructor"}',
    '{"kind":"__proto__"}',
    JSON.stringify(without),
    JSON.stringify({ ...deposit(ada, 100), id: 7 }),
    bodyOf({ ...deposit(ada, 100), cents: 0.5 }),
    bodyOf({ ...deposit(ada, 100), cents: -100 }),
    bodyOf({ ...transfer(ada, 100, 'Grace'), recipient: undefined }),
  ];
  for (const body of refused) assert.throws(() => decode(body), Error, body);
});

test('Every service has something to do about every event that the producer sends', () => {
  const events = steps();
  const kinds = new Set();
  for (let i = 0; i < 30; ++i) {
    const event = decode(bodyOf(events.next().value));
    kinds.add(event.kind);
    for (const service of serviceNames) {
      const { name, email } = event.customer;
      const done = handle(service, event);
      assert.ok(done.includes(name) || done.includes(email), done);
    }
  }
  assert.deepEqual([...kinds].sort(), ['deposit', 'registration', 'transfer']);
});

test('An event is described in words with its amount in euros', () => {
  assert.equal(describe(transfer(ada, 1250, 'Grace')), 'transfer of 12.50 EUR to Grace by Ada');
  assert.equal(describe(registration(ada)), 'registration by Ada');
});
