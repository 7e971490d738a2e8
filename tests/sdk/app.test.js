// The bundled application on the real daemon.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';

import { deposit, registration, transfer } from '../../app/src/events.js';
import { provision } from '../../app/src/provision.js';
import { publish } from '../../app/src/send.js';
import { serve } from '../../app/src/worker.js';
import { ownDaemon } from './daemon.js';
import { Queue } from './queue.js';

const daemon = await ownDaemon(after);
const client = daemon.client();

const ada = { name: 'Ada', email: 'ada@example.com' };

function startWorker() {
  const environment = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: daemon.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const program = join(import.meta.dirname, '../../app/src/worker.js');
  const worker = spawn(process.execPath, [program], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  worker.ended = new Promise((resolve) => worker.once('close', (code, signal) => resolve({ code, signal })));
  worker.lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  return worker;
}

test('Provisioning twice gives the same queues', async () => {
  const urls = await provision(client);
  assert.deepEqual(await provision(client), urls);
  assert.deepEqual(Object.keys(urls), ['crm', 'marketing', 'email']);
});

test('The worker lets every service handle every event, deletes it, and stops when told to', async (t) => {
  const worker = startWorker();
  t.after(() => worker.kill('SIGKILL'));
  assert.match((await worker.lines.next()).value, /^waiting for events/);
  const urls = await provision(client);
  for (const event of [registration(ada), deposit(ada, 1250), transfer(ada, 500, 'Grace')]) {
    await publish(client, urls, event);
  }
  const done = [];
  while (done.length < 9) done.push((await worker.lines.next()).value);
  for (const line of [
    'crm       opens an account for Ada',
    'crm       notes 12.50 EUR coming in for Ada',
    'marketing adds Ada to the newsletter',
    'email     writes "Your transfer to Grace" to ada@example.com',
  ]) {
    assert.ok(done.includes(line), `${line} is not among\n${done.join('\n')}`);
  }
  worker.kill('SIGTERM');
  assert.equal((await worker.lines.next()).value, 'stopped');
  assert.deepEqual(await worker.ended, { code: 0, signal: null });
  for (const url of Object.values(urls)) {
    assert.deepEqual(await new Queue(client, url).counts(), [0, 0, 0]);
  }
});

// Serves the queue in this process; `work` is called with the event and a function that says stop.
async function serveUntilStopped(queue, work) {
  const stop = new AbortController();
  const lines = [];
  await serve({
    sqs: client,
    QueueUrl: queue.url,
    work: (event) => work(event, () => stop.abort()),
    signal: stop.signal,
    log: (line) => lines.push(line),
  });
  return lines;
}

test('A worker that is stopped finishes the message at hand and gives the others back', async () => {
  const queue = await Queue.create(client);
  for (let i = 0; i < 5; ++i) await queue.send(JSON.stringify(deposit(ada, 100 + i)));
  const lines = await serveUntilStopped(queue, (event, stop) => {
    stop();
    return 'done';
  });
  assert.deepEqual(lines, ['done']);
  assert.deepEqual((await queue.counts()).slice(0, 1), [4]);
});

test('A message that fails, or is not an event, is not deleted and comes back', async () => {
  const queue = await Queue.create(client);
  await queue.send('not an event');
  await queue.send(JSON.stringify(registration(ada)));
  await queue.send(JSON.stringify(deposit(ada, 100)));
  const handled = [];
  const lines = await serveUntilStopped(queue, (event, stop) => {
    handled.push(event.kind);
    if (handled.length === 2) stop();
    if (event.kind === 'registration') throw new Error('the CRM is away');
    return 'done';
  });
  assert.deepEqual(handled.toSorted(), ['deposit', 'registration']);
  assert.equal(lines.filter((line) => line === 'done').length, 1);
  const [visible, hidden] = await queue.counts();
  assert.equal(visible + hidden, 2);
});
