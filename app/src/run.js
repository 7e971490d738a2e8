// Run: the whole application on one machine, for trying it: the stand-ins for the receivers, the web process and
// two workers, each a process of its own that is started anew when it ends. It makes the queues first.
//
//   node src/run.js [--workers N]
//
// In earnest a supervisor of the machine does this (supervision/). SIGTERM or SIGINT ends all of them, the
// workers first, each of which finishes what it holds.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openClients } from './queues/clients.js';
import { provision } from './queues/provision.js';
import { Topology } from './queues/topology.js';
import { readSettings } from './settings.js';
import { stopSignal } from './stop.js';

const stopWithinMs = 25_000;
const restartAfterMs = 300;
const unwellMs = 2000;

class Part {
  #child;
  #stopped = false;
  #ended = Promise.resolve();

  constructor(name, program) {
    this.name = name;
    this.program = program;
  }

  // Resolves with the first line that it says; rejects if it ends before that.
  start() {
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#ended = this.#keepRunning(resolve, reject);
    return promise;
  }

  async #keepRunning(said, failed) {
    while (!this.#stopped) {
      const began = Date.now();
      const end = await this.#runOnce(said);
      failed(new Error(`${this.name} ended with ${end}`));
      if (this.#stopped) return;
      this.#say(`ended with ${end}, is started anew`);
      await pause(Date.now() - began < unwellMs ? unwellMs : restartAfterMs);
    }
  }

  // Resolves with what it ended with.
  #runOnce(said) {
    // The kernel ends the part with us, should we be killed.
    const words = ['--pdeathsig', 'TERM', process.execPath, join(import.meta.dirname, this.program)];
    this.#child = spawn('setpriv', words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    createInterface({ input: this.#child.stderr }).on('line', (line) => this.#say(line));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#say(line);
      said(line);
    });
    return new Promise((resolve) => this.#child.once('close', (code, signal) => resolve(signal ?? code)));
  }

  #say(line) {
    console.log(`${this.name.padEnd(8)} ${line}`);
  }

  async stop() {
    this.#stopped = true;
    this.#child?.kill('SIGTERM');
    const patience = setTimeout(() => this.#child?.kill('SIGKILL'), stopWithinMs);
    await this.#ended;
    clearTimeout(patience);
  }
}

const { values } = parseArgs({ options: { workers: { type: 'string', default: '2' } } });
const signal = stopSignal();
const clients = openClients('provision');
const settings = readSettings();
await provision(new Topology(settings), clients, settings);

const outside = new Part('outside', 'outside.js');
const web = new Part('web', 'web.js');
const workers = Array.from({ length: Number(values.workers) }, (_, i) => new Part(`worker ${i + 1}`, 'worker.js'));
let status = 0;
try {
  if (!signal.aborted) await outside.start();
  if (!signal.aborted) {
    const said = await web.start();
    await Promise.allSettled(workers.map((worker) => worker.start()));
    console.log(`ready: ${said.replace('the page is at ', '')}`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
} catch (error) {
  console.log(`${error.message} before it was ready`);
  status = 1;
}
await Promise.all(workers.map((worker) => worker.stop()));
await Promise.all([web.stop(), outside.stop()]);
process.exit(status);
