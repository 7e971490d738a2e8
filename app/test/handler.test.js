import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../src/events.js';
import { Later } from '../src/queues/consumer.js';
import { Effects, leaseMs } from '../src/services/effects.js';
import { handlerFor } from '../src/services/handler.js';
import { ada, deposit } from './people.js';

function crm(perform) {
  const effects = new Effects(':memory:');
  const hops = [];
  const journal = { hop: ({ kind, attempt }) => hops.push(`${kind} ${attempt}`) };
  const handle = handlerFor({ service: { name: 'crm', perform }, effects, journal, worker: 'w', attemptsMax: 3, log: () => {} });
  return { effects, hops, handle };
}
const message = (event) => ({ MessageId: 'm', Body: encode(event), Attributes: {} });

test('A message that comes twice has one effect', async () => {
  let performed = 0;
  const { handle, hops, effects } = crm(() => `effect ${++performed}`);
  const event = deposit(ada);
  await handle(message(event), 1);
  await handle(message(event), 2);
  assert.equal(performed, 1);
  assert.deepEqual(effects.counts(), { crm: 1 });
  assert.deepEqual(hops, ['received 1', 'done 1', 'received 2', 'again 2']);
});

test('Two copies of a message at the same time have one effect; the second comes back later', async () => {
  const { promise, resolve } = Promise.withResolvers();
  let performed = 0;
  const { handle } = crm(() => (++performed, promise));
  const event = deposit(ada);
  const first = handle(message(event), 1);
  await assert.rejects(handle(message(event), 1), (error) => error instanceof Later && error.seconds >= 1);
  resolve('done');
  await first;
  await handle(message(event), 2);
  assert.equal(performed, 1);
});

test('An effect that failed is tried again at once, and the last failure makes a dead letter', async () => {
  const { handle, hops } = crm(() => {
    throw new Error('away');
  });
  const event = deposit(ada);
  for (const attempt of [1, 2, 3]) await assert.rejects(handle(message(event), attempt), /away/);
  assert.deepEqual(hops.filter((hop) => !hop.startsWith('received')), ['failed 1', 'failed 2', 'dead 3']);
});

test('What a killed worker had begun can be claimed when its lease has ended', () => {
  const { effects } = crm();
  assert.equal(effects.claim('e', 'crm', 0), 'claimed');
  assert.equal(effects.claim('e', 'crm', leaseMs - 1), 1);
  assert.equal(effects.claim('e', 'email', 0), 'claimed');
  assert.equal(effects.claim('e', 'crm', leaseMs), 'claimed');
  effects.done('e', 'crm', 'done');
  assert.equal(effects.claim('e', 'crm', 10 * leaseMs), 'done');
});

test('What is not an event fails without any effect', async () => {
  const { handle, effects } = crm(() => 'never');
  await assert.rejects(handle({ MessageId: 'm', Body: 'poison', Attributes: {} }, 1), /not an event/);
  assert.deepEqual(effects.counts(), {});
});
