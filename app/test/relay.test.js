import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Accounts } from '../src/bank/accounts.js';
import { openBank } from '../src/bank/database.js';
import { Outbox } from '../src/bank/outbox.js';
import { decode } from '../src/events.js';
import { Relay } from '../src/queues/relay.js';
import { FoundTopology, Topology } from '../src/queues/topology.js';

// A relay whose requests are answered by `answer(body)`; it runs until nothing waits any more.
async function relayed(accounts, outbox, answer) {
  const topology = new Topology({});
  const queues = topology.queues().map((queue) => ({ ...queue, url: queue.name }));
  const stop = new AbortController();
  const send = async ({ input }) => answer(decode(input.MessageBody), input.QueueUrl);
  const relay = new Relay({
    outbox,
    clients: { sqs: { send } },
    found: new FoundTopology(topology, queues, ''),
    usualMode: async () => 'queues',
    log: () => {},
  });
  const running = relay.run(stop.signal);
  while (outbox.waitingCount() > 0) await new Promise(setImmediate);
  stop.abort();
  await running;
}

function bank() {
  const database = openBank(':memory:');
  const accounts = new Accounts(database);
  const open = (name) => accounts.register({ name, email: `${name}@example.com`, password: '!', marketing: false }).id;
  return { accounts, outbox: new Outbox(database), open };
}

test('What was committed is published, of each account in order', async () => {
  const { accounts, outbox, open } = bank();
  for (const account of [open('ada'), open('bob')]) {
    for (const cents of [1, 2, 3]) accounts.deposit({ step: randomUUID(), account, cents });
  }
  const seen = { ada: [], bob: [] };
  await relayed(accounts, outbox, (event, queue) => {
    if (queue === 'crm') seen[event.account.name].push(event.cents ?? 0);
  });
  assert.deepEqual(seen, { ada: [0, 1, 2, 3], bob: [0, 1, 2, 3] });
});

test('An event that cannot be published keeps its account waiting, holds up no other, and is tried again', async () => {
  const { accounts, outbox, open } = bank();
  for (const account of [open('ada'), open('bob')]) accounts.deposit({ step: randomUUID(), account, cents: 1 });
  const seen = [];
  let refusals = 1;
  await relayed(accounts, outbox, ({ account: { name }, type }, queue) => {
    if (name === 'ada' && queue === 'email' && refusals-- > 0) throw new Error('the broker is away');
    if (queue === 'crm') seen.push(`${name} ${type}`);
  });
  assert.deepEqual(seen.filter((step) => step.startsWith('ada')), [
    'ada registration-completed',
    'ada registration-completed', // whole again
    'ada deposit-completed',
  ]);
  assert.ok(seen.indexOf('bob deposit-completed') < seen.lastIndexOf('ada registration-completed'));
});
