// The worker as a process, on the real daemon and the stand-ins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Application, until } from './application.js';
import { ada, deposit, threeSteps } from './people.js';
import { startWorker } from './worker_process.js';

test('Three steps have nine effects, each once, and nothing is left in the queues', async (t) => {
  const application = await Application.start((hook) => t.after(hook));
  await application.send(threeSteps(ada));
  const worker = startWorker(t, application);
  await until(async () => (await application.left()) === 0, 'everything is deleted');
  const { records, steps, mails } = await application.outside.ledger();
  assert.deepEqual([records.length, steps.length, mails.length], [3, 3, 3]);
  for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);
  worker.child.kill('SIGTERM');
  assert.deepEqual(await worker.ended, { code: 0, signal: null });
  assert.match(worker.lines.at(-1), /stopped, told to by SIGTERM; nothing is held/);
});

for (const [how, stop] of [
  ['SIGTERM', async ({ child }) => child.kill('SIGTERM')],
  ['workers:restart', async (worker, application) => assert.equal((await application.run('restart_workers.js')).code, 0)],
]) {
  test(`At ${how} a worker finishes what it has begun, gives back the rest at once, and ends with 0`, async (t) => {
    const application = await Application.start((hook) => t.after(hook), { WORKER_CONCURRENCY: '2', WORKER_VISIBILITY: '600' });
    const total = 20;
    await application.outside.disturb('email', { latencyMs: 300 });
    await application.send(Array.from({ length: total }, () => deposit(ada)));
    const worker = startWorker(t, application);
    await until(async () => (await application.outside.summary()).counts.mails > 0, 'the first mail');
    await stop(worker, application);
    assert.deepEqual(await worker.ended, { code: 0, signal: null });
    const { mails } = await application.outside.ledger();
    assert.ok(mails.length < total, 'some were not begun');
    assert.ok(mails.every(({ copies }) => copies === 1));

    // With ten minutes of visibility, only what was given back can be done by the next worker.
    await application.outside.disturb('email', { latencyMs: 0 });
    startWorker(t, application);
    await until(async () => (await application.left()) === 0, 'the next worker does the rest', 20);
    const after = await application.outside.ledger();
    assert.equal(after.mails.length, total);
    assert.ok(after.mails.every(({ copies }) => copies === 1));
  });
}
