// Kills: workers, web process and broker are killed at random under load, and everything that was committed
// happens: in the CRM and on the mailing list exactly once (they upsert by key), as a mail at least once, with
// one more copy at most for each mail that a killed worker was just sending.
//
// KILL_SECONDS says for how long (15); KILL_SEED repeats the choice of what is killed when.
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Accounts } from '../src/bank/accounts.js';
import { openBank } from '../src/bank/database.js';
import { Outbox } from '../src/bank/outbox.js';
import { Stage, onAws, until } from './stage.js';

const seconds = Number(process.env.KILL_SECONDS ?? 15);
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const stepEveryMs = 40;
const concurrency = 3;

// Numbers from 0 to `below` - 1, the same for a seed (mulberry32).
function chance(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

test('Nothing that was committed is lost or done twice when everything is killed', { skip: onAws && 'there is no broker to kill' }, async (t) => {
  const stage = await Stage.open(after, { WORKER_VISIBILITY: '5', WORKER_ATTEMPTS: '100', WORKER_CONCURRENCY: String(concurrency) });
  const provisioned = stage.start('provision.js');
  assert.equal(await provisioned.ended, 0, provisioned.said.join('\n'));
  await stage.start('outside.js').ready;
  const parts = new Map(['web.js', 'worker.js', 'worker.js'].map((program, i) => [`${program} ${i}`, stage.start(program)]));
  await Promise.all([...parts.values()].map(({ ready }) => ready));

  const bank = openBank(stage.environment.APP_DATA);
  const [accounts, outbox] = [new Accounts(bank), new Outbox(bank)];
  const { id: account, email } = accounts.register({ name: 'Ada', email: 'ada@example.com', password: '!', marketing: true });
  accounts.register({ name: 'Bob', email: 'bob@example.com', password: '!', marketing: false });
  const steps = [];
  const counted = { worker: 0, web: 0, broker: 0 };

  const killing = new AbortController();
  const load = async () => {
    while (!killing.signal.aborted) {
      const step = randomUUID();
      if (steps.length % 3 === 2) accounts.transfer({ step, account, to: 'bob@example.com', cents: 1 });
      else accounts.deposit({ step, account, cents: 5 });
      steps.push(step);
      await pause(stepEveryMs);
    }
  };
  const killer = async () => {
    const random = chance(seed);
    const bag = [];
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      await pause(300 + random(1200));
      // Each once before any of them again, so that even a short run kills all.
      if (bag.length === 0) bag.push(...parts.keys(), 'broker');
      const [victim] = bag.splice(random(bag.length), 1);
      if (victim === 'broker') {
        await stage.killDaemon();
        await pause(random(800));
        await stage.startDaemon();
        ++counted.broker;
      } else {
        const [program] = victim.split(' ');
        const part = parts.get(victim);
        part.kill('SIGKILL');
        await part.ended;
        parts.set(victim, stage.start(program));
        ++counted[program === 'web.js' ? 'web' : 'worker'];
      }
    }
    killing.abort();
  };
  await Promise.all([load(), killer()]);

  const settled = async () => {
    const { counts } = await stage.outside.summary();
    return outbox.waitingCount() === 0 && counts.mails >= steps.length + 2 && counts.records >= steps.length + 2 && counts.memberSteps >= steps.length + 1;
  };
  await until(settled, `everything is done (seed ${seed})`, 120);
  await pause(1000); // for what would come too often

  const { records, steps: members, mails } = await stage.outside.ledger();
  const moved = records.filter(({ object }) => object === 'Money_Movement__c').map(({ key }) => key);
  assert.deepEqual(moved.toSorted(), steps.toSorted());
  assert.equal(members.length, steps.length + 1, `of ${email} alone`);
  for (const step of steps) assert.ok(members.some((member) => member.step === step), step);
  const sent = new Map(mails.map(({ message_id: id, copies }) => [id.slice(1, id.indexOf('.')), copies]));
  for (const step of steps) assert.ok(sent.has(step), step);
  assert.equal(sent.size, steps.length + 2);
  const more = [...sent.values()].reduce((sum, copies) => sum + copies - 1, 0);
  assert.ok(more <= counted.worker * concurrency, `${more} more mails at ${counted.worker} killed workers (seed ${seed})`);
  t.diagnostic(`size: steps: ${steps.length}, workers killed: ${counted.worker}, web: ${counted.web}, broker: ${counted.broker}, mails twice: ${more}, seed ${seed}`);
  bank.close();
});
