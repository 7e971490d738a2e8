// Daemon: the real penstock on a port that the kernel chooses, with a directory of its own, for the tests of this
// application. The binary is the one that PENSTOCK_BINARY names, or the released one of this repository.
//
// Strict is how it runs in earnest: only by TLS, with every signature verified and every policy enforced.
import { execFile, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

const binary = process.env.PENSTOCK_BINARY ?? join(import.meta.dirname, '../../build/release/penstock');
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PENSTOCK_')));

// What daemons log is kept, to be searched for what does not belong there (tests/logs).
const logs = join(import.meta.dirname, '../../build/logs/daemons');
mkdirSync(logs, { recursive: true });

// A directory that goes with the test (or with the file, for `after`).
export async function scratchDirectory(after) {
  const path = await mkdtemp(join(tmpdir(), 'penstock-app-'));
  after(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

// A certificate for 127.0.0.1 that vouches for itself: {certificate, key}, both PEM files.
export async function drawCertificate(directory) {
  const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
  const words = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=penstock'];
  await promisify(execFile)('openssl', ['req', ...words, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate]);
  return { certificate, key };
}

// Draws a pair of keys for the user, who may do what the policy says; what the SDK wants of it.
export async function addUser(file, user, policy) {
  const document = `${file}.${user}.json`;
  await writeFile(document, JSON.stringify(policy));
  const words = ['credentials', 'add', '--credentials', file, '--user', user, '--policy', document];
  const { stdout } = await promisify(execFile)(binary, words, { env: environment });
  const value = (name) => new RegExp(`^${name}: (\\S+)$`, 'm').exec(stdout)[1];
  return { accessKeyId: value('access_key_id'), secretAccessKey: value('secret_access_key') };
}

export class Daemon {
  #child;
  #ended;

  // Starts on the address that an earlier one had, if it is given. strict: {certificate, key, credentials}, all files.
  static async start(data, { address = '127.0.0.1:0', strict, flags = [] } = {}) {
    const daemon = new Daemon();
    const words = ['serve', '--admin-listen', 'off', '--recreate-wait', '0s', '--data', data, ...flags];
    if (strict) {
      words.push('--listen', '127.0.0.1:0', '--auth', 'verify', '--credentials', strict.credentials);
      words.push('--tls-listen', address, '--tls-certificate', strict.certificate, '--tls-key', strict.key);
    } else {
      words.push('--listen', address);
    }
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', binary, ...words], {
      env: { ...environment, PENSTOCK_LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      appendFileSync(join(logs, `${child.pid}.log`), text);
    });
    daemon.#child = child;
    daemon.#ended = new Promise((resolve) => child.once('close', resolve));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      daemon.#ended.then((code) => `ended with ${code}: ${said}`),
    ]);
    // With TLS the plain address comes first, and is not used.
    daemon.endpoint = /^penstock ready: api (http:\/\/\S+) /.exec(first)?.[1].split(',').at(-1);
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

  // Clients that are closed with the test. A strict one wants keys, and its certificate trusted.
  clients(after, { keys = { accessKeyId: 'local', secretAccessKey: 'local' }, ca } = {}) {
    const requestHandler = ca && { httpsAgent: new Agent({ ca, keepAlive: true }) };
    const options = { endpoint: this.endpoint, region: 'us-east-1', credentials: keys, requestHandler };
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
