import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, describe, encode } from '../src/events.js';
import { ada, deposit, registration, threeSteps, transfer } from './people.js';

test('An event that was encoded is decoded to the same event', () => {
  for (const event of threeSteps(ada)) assert.deepEqual(decode(encode(event)), event);
});

test('What is not an event is refused, whatever it is', () => {
  const { account, ...without } = registration(ada);
  const refused = [
    '',
    'null',
    '[]',
    '{"type":"constructor"}',
    '{"type":"__proto__"}',
    JSON.stringify(without),
    JSON.stringify({ ...deposit(ada), id: 7 }),
    JSON.stringify({ ...deposit(ada), version: 2 }),
    JSON.stringify({ ...deposit(ada), cents: 0.5 }),
    JSON.stringify({ ...deposit(ada), cents: -100 }),
    JSON.stringify({ ...deposit(ada), more: true }),
    JSON.stringify({ ...transfer(ada), recipient: undefined }),
    JSON.stringify({ ...deposit({ ...ada, email: 'ada\r\nBcc: all' }) }),
  ];
  for (const body of refused) assert.throws(() => decode(body), /^Error: not an event/, body);
});

test('An event is described in words with its amount', () => {
  assert.equal(describe(transfer(ada, 1250, 'Grace')), 'transfer of €12.50 to Grace');
  assert.equal(describe(registration(ada)), 'registration');
});
