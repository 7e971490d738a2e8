// Daemon: the real penstock, started on a port that the kernel chooses, with a data directory of its own.
//
// `start` resolves when the daemon has said that it is ready; `refused` when it has ended without. The
// binary is the one that PENSTOCK_BINARY names. A daemon dies with the process that started it.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SQSClient } from '@aws-sdk/client-sqs';

const binary = process.env.PENSTOCK_BINARY ?? join(import.meta.dirname, '../../build/release/penstock');

// Nothing that happens to be set where the tests run may configure the daemon.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('PENSTOCK_')),
);

// What daemons log, and secrets that the product draws, are kept to be compared (tests/logs).
const logs = join(import.meta.dirname, '../../build/logs/daemons');
mkdirSync(logs, { recursive: true });
const keep = (name, text) => appendFileSync(join(logs, name), text);

function launch(words) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', binary, ...words], {
    env: { ...environment, PENSTOCK_LOG_LEVEL: 'debug' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    child.said += text;
    if (words[0] === 'serve') keep(`${child.pid}.log`, text);
  });
  child.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  return child;
}

// A new directory that is removed when the test is over.
export async function scratchDirectory(t) {
  const path = await mkdtemp(join(tmpdir(), 'penstock-sdk-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

// What the daemon says and with which code it ends, when it is started with words that it must refuse.
export async function refused(...words) {
  const child = launch(words);
  child.stdout.resume();
  const { code } = await child.ended;
  return { code, said: child.said };
}

// How a command ends, what it prints, and what it says on standard error.
export async function outcome(...words) {
  const child = launch(words);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
  const { code } = await child.ended;
  const secret = /^secret_access_key: (\S+)$/m.exec(text)?.[1];
  if (secret) keep(`${process.pid}.secrets`, `${JSON.stringify(secret)}\n`);
  return { code, text, said: child.said };
}

// What the binary prints for these words.
export async function printed(...words) {
  const { code, text, said } = await outcome(...words);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${said}`);
  return text;
}

// A daemon with a directory of its own, which both end with the test (or with the file, for `after`).
export async function ownDaemon(after) {
  const data = await mkdtemp(join(tmpdir(), 'penstock-sdk-'));
  const daemon = await Daemon.start(data);
  after(async () => {
    await daemon.stop();
    await rm(data, { recursive: true, force: true });
  });
  return daemon;
}

export class Daemon {
  #child;
  #clients = [];

  static async start(data, ...flags) {
    const daemon = new Daemon();
    const admin = flags.includes('--admin-listen') ? [] : ['--admin-listen', 'off'];
    const words = ['serve', '--listen', '127.0.0.1:0', ...admin, '--data', data, ...flags];
    daemon.#child = launch(words);
    const lines = createInterface({ input: daemon.#child.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      daemon.#child.ended.then(({ code }) => `ended with ${code}: ${daemon.#child.said}`),
    ]);
    const ready = /^penstock ready: api (http:\/\/127\.0\.0\.1:\d+)(?:,(https:\/\/127\.0\.0\.1:\d+))? admin (off|http:\/\/[\d.]+:\d+)?,?(https:\/\/[\d.]+:\d+)?$/.exec(first);
    daemon.endpoint = ready?.[1];
    daemon.tlsEndpoint = ready?.[2];
    daemon.admin = ready?.[3]?.replace('0.0.0.0', '127.0.0.1'); // 'off': there is none
    daemon.tlsAdmin = ready?.[4];
    if (!daemon.endpoint) {
      await daemon.kill();
      throw new Error(`not the ready line: ${first}`);
    }
    return daemon;
  }

  // A client with connections of its own.
  client(credentials = { accessKeyId: 'local', secretAccessKey: 'local' }) {
    const client = new SQSClient({
      endpoint: this.endpoint,
      region: 'us-east-1',
      credentials,
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: 200 } },
    });
    this.#clients.push(client);
    return client;
  }

  // What it wrote to standard error until now.
  get said() {
    return this.#child.said;
  }

  // Has it read anew what can change.
  hangUp() {
    this.#child.kill('SIGHUP');
  }

  stop() {
    return this.#end('SIGTERM');
  }

  kill() {
    return this.#end('SIGKILL');
  }

  async #end(signal) {
    for (const client of this.#clients.splice(0)) client.destroy();
    this.#child.kill(signal);
    return this.#child.ended;
  }
}
