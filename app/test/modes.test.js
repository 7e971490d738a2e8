// The three ways to publish, whole: from the bank's database through relay, daemon and worker to the stand-ins.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Accounts } from '../src/bank/accounts.js';
import { openBank } from '../src/bank/database.js';
import { Outbox } from '../src/bank/outbox.js';
import { count } from '../src/queues/clients.js';
import { Relay } from '../src/queues/relay.js';
import { Application, until } from './application.js';
import { startWorker } from './worker_process.js';

// The three steps of Ada, who agreed to marketing, and of Bob, who did not.
function sixSteps(accounts) {
  const [ada, bob] = [true, false].map((marketing) => {
    const name = marketing ? 'Ada' : 'Bob';
    return accounts.register({ name, email: `${name}@example.com`, password: '!', marketing });
  });
  for (const { id: account, email } of [ada, bob]) {
    const to = email === ada.email ? bob.email : ada.email;
    accounts.deposit({ step: randomUUID(), account, cents: 1000 });
    accounts.transfer({ step: randomUUID(), account, to, cents: 100 });
  }
}

for (const transfers of ['standard', 'fifo']) {
  for (const [mode, calls] of Object.entries({ topics: [3, 3], queues: [9, 6], mixed: [6, 3] })) {
    test(`By ${mode}, transfers ${transfers}: every effect once, marketing only for who agreed, ${calls} calls`, async (t) => {
      const application = await Application.start((hook) => t.after(hook), { APP_TRANSFERS: transfers });
      const bank = openBank(application.data);
      const outbox = new Outbox(bank);
      sixSteps(new Accounts(bank));

      const published = [];
      const journal = { hop: () => {}, call: () => {}, published: (...words) => published.push(words) };
      for (const client of Object.values(application.clients)) count(client, 'test', journal);
      const relay = new Relay({ outbox, clients: application.clients, found: application.found, usualMode: async () => mode, journal });
      const stop = new AbortController();
      const relaying = relay.run(stop.signal);
      startWorker(t, application);
      const all = async () => {
        const { counts } = await application.outside.summary();
        return counts.records === 6 && counts.memberSteps === 3 && counts.mails === 6;
      };
      await until(all, 'fifteen effects', 30);
      await until(async () => (await application.left()) === 0, 'everything is deleted', 30);
      stop.abort();
      await relaying;
      bank.close();

      const { records, steps, mails } = await application.outside.ledger();
      assert.deepEqual([records.length, steps.length, mails.length], [6, 3, 6]);
      for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);
      const made = (agreed) => published.filter(([, marketing]) => marketing === agreed).reduce((sum, [, , number]) => sum + number, 0);
      assert.deepEqual([made(true), made(false)], calls);
    });
  }
}
