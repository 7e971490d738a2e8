// Daemon: the real penstock on a port that the kernel chooses, with a directory of its own, for the tests of this
// application. The binary is the one that PENSTOCK_BINARY names, or the released one of this repository.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

const binary = process.env.PENSTOCK_BINARY ?? join(import.meta.dirname, '../../build/release/penstock');
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PENSTOCK_')));

// A directory that goes with the test (or with the file, for `after`).
export async function scratchDirectory(after) {
  const path = await mkdtemp(join(tmpdir(), 'penstock-app-'));
  after(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

export class Daemon {
  #child;
  #ended;

  // Starts on the address that an earlier one had, if it is given.
  static async start(data, address = '127.0.0.1:0') {
    const daemon = new Daemon();
    const words = ['serve', '--listen', address, '--admin-listen', 'off', '--recreate-wait', '0s', '--data', data];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', binary, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    daemon.#child = child;
    daemon.#ended = new Promise((resolve) => child.once('close', resolve));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      daemon.#ended.then((code) => `ended with ${code}: ${said}`),
    ]);
    daemon.endpoint = /^penstock ready: api (http:\/\/\S+)/.exec(first)?.[1];
    if (!daemon.endpoint) throw new Error(`not the ready line: ${first}`);
    return daemon;
  }

  get environment() {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
  }

  // Clients that are closed with the test.
  clients(after) {
    const options = { endpoint: this.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    const clients = { sqs: new SQSClient(options), sns: new SNSClient(options) };
    after(() => Object.values(clients).forEach((client) => client.destroy()));
    return clients;
  }

  end(signal = 'SIGTERM') {
    this.#child.kill(signal);
    return this.#ended;
  }
}

export async function ownDaemon(after) {
  const data = await scratchDirectory(after);
  const daemon = await Daemon.start(data);
  after(() => daemon.end('SIGKILL'));
  return daemon;
}
