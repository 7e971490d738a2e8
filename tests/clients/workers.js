// A framework's worker on a queue that has a few hundred messages: every seventh fails at first and is tried
// again, the worker is told to stop in the midst of it, another one goes on. In the end every message was
// handled, and the queue holds nothing and hides nothing.
//
// A worker prints `handled N` for the message N and `failed N` when it makes it fail; that it has failed before
// is a file in HOME, so that another process knows it too. SIGTERM asks it to stop.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Queue } from '../sdk/queue.js';
import { verifyingDaemon } from './daemon.js';
import { environmentFor, ownDirectory, run } from './play.js';

const longestMs = 180_000;
const failsAtFirst = (number) => number % 7 === 3;

class Worker {
  #child;
  #said = '';

  constructor(command, words, options, seen) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...words], { ...options, detached: true });
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#said += text));
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve({ code, signal })));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const [, what, number] = /^(handled|failed) (\d+)$/.exec(line) ?? [];
      if (what) {
        seen[what].push(Number(number));
        seen.tried.push(Number(number));
      } else this.#said += `${line}\n`;
    });
  }

  get said() {
    return this.#said.slice(-4000);
  }

  async stop() {
    this.#child.kill('SIGTERM');
    return Promise.race([this.ended, pause(longestMs, 'it does not stop', { ref: false })]);
  }

  kill() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL'); // whatever it has started, too
    } catch {} // it has ended
  }
}

async function until(holds, worker) {
  const late = Date.now() + longestMs;
  while (!(await holds())) {
    if (Date.now() > late) return assert.fail(`not in time; the worker said:\n${worker.said}`);
    const ended = await Promise.race([worker.ended, pause(20)]);
    if (ended) assert.fail(`the worker ended with ${JSON.stringify(ended)} and said:\n${worker.said}`);
  }
}

// work and send are [command, words]; send gets the number of messages as a further word. `repeatedMax` is how many
// messages the framework may handle once more because it was stopped when they were done, before it deleted them: those
// that it had tried last.
export async function handlesEverything(framework) {
  const { name, queue: queueName, messages, work, send, cwd, more = {}, repeatedMax = 0 } = framework;
  const daemon = await verifyingDaemon(after);
  const home = await ownDirectory(after);
  const client = daemon.client(daemon.keys);
  const options = { cwd, env: environmentFor(daemon, home, { QUEUE: queueName, ...more }) };
  const seen = { handled: [], failed: [], tried: [] };
  let triedLast; // when the first worker was stopped
  const all = Array.from({ length: messages }, (_, number) => number);
  const workers = [];
  after(() => workers.forEach((worker) => worker.kill()));
  const start = () => {
    workers.push(new Worker(work[0], work[1], options, seen));
    return workers.at(-1);
  };

  test(`${name} sends ${messages} messages`, async () => {
    const sent = await run(send[0], [...send[1], String(messages)], options);
    assert.deepEqual({ code: sent.code, signal: sent.signal }, { code: 0, signal: null }, sent.said + sent.output);
    const queue = await Queue.named(client, queueName);
    assert.equal((await queue.counts()).reduce((sum, count) => sum + count), messages);
  });

  test(`${name} stops cleanly in the midst of its work`, async () => {
    const worker = start();
    await until(() => seen.handled.length >= messages / 4, worker);
    assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.said);
    assert.ok(seen.handled.length < messages, 'it was too fast to be stopped in the midst');
    triedLast = repeatedMax === 0 ? [] : seen.tried.slice(-repeatedMax);
  });

  test(`${name} handles every message, those that failed again`, async () => {
    const worker = start();
    await until(() => new Set(seen.handled).size === messages, worker);
    // What was done and not deleted when the first was stopped comes again.
    const queue = await Queue.named(client, queueName);
    await until(async () => (await queue.counts()).every((count) => count === 0), worker);
    assert.deepEqual(await worker.stop(), { code: 0, signal: null }, worker.said);
    assert.deepEqual([...new Set(seen.handled)].toSorted((a, b) => a - b), all);
    const repeated = seen.handled.filter((number, at) => seen.handled.indexOf(number) !== at);
    assert.equal(new Set(repeated).size, repeated.length, `${repeated} were handled more than twice`);
    assert.deepEqual(repeated.filter((number) => !triedLast.includes(number)), [], `it had last tried ${triedLast}`);
    assert.deepEqual(seen.failed.toSorted((a, b) => a - b), all.filter(failsAtFirst));
  });

  test(`${name} leaves nothing behind, and nothing in flight`, async () => {
    const queue = await Queue.named(client, queueName);
    assert.deepEqual(await queue.counts(), [0, 0, 0]);
  });
}
