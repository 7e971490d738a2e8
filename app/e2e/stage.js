// Stage: the whole application, running, for the plays of the suite.
//
// On Penstock (the default): a daemon of its own behind the recording proxy, by TLS, with signatures verified and
// the application allowed what docs/aws.md says that it needs. On AWS (E2E_TARGET=aws): whatever endpoint, region and
// credentials the environment names. Everything is made under a random prefix and deleted at the end, also after a
// failure or a Ctrl-C.
//
// E2E_WITHOUT names a statement of that policy that is left out, and E2E_DENIED a file in which is noted what was not
// allowed: for the test that the suite fails then (policy.test.js).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { readSettings } from '../src/settings.js';
import { OutsideView } from '../src/web/outside_view.js';
import { addUser, Daemon, drawCertificate, scratchDirectory } from '../test/daemon.js';
import { policyOf, publishedPolicy } from '../test/published_policy.js';
import { RecordingProxy } from './recording_proxy.js';

const source = join(import.meta.dirname, '../src');
export const onAws = process.env.E2E_TARGET === 'aws';

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Stage {
  #daemon;
  #daemonOptions;
  #proxy;
  #closed;
  #children = new Set();

  // `more` are further variables of the application.
  static async open(after, more = {}) {
    const stage = new Stage();
    after(() => stage.close()); // before the directory goes, in which the removal still writes
    for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => void stage.close().finally(() => process.exit(1)));
    stage.data = await scratchDirectory(after);
    stage.broker = join(stage.data, 'broker');
    const prefix = `e2e-${randomBytes(4).toString('hex')}-`;
    const [http, smtp] = [await freePort(), await freePort()];
    const own = {
      APP_DATA: join(stage.data, 'app'),
      APP_DEMO: 'yes',
      APP_LISTEN: '127.0.0.1:0',
      APP_PREFIX: prefix,
      OUTSIDE_LISTEN: `127.0.0.1:${http}`,
      OUTSIDE_SMTP_LISTEN: `127.0.0.1:${smtp}`,
      CRM_URL: `http://127.0.0.1:${http}/salesforce`,
      MARKETING_URL: `http://127.0.0.1:${http}/mailchimp`,
      SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      OUTSIDE_URL: `http://127.0.0.1:${http}/control`,
      ...more,
    };
    if (onAws) {
      stage.requests = join(stage.data, 'requests');
      await writeFile(stage.requests, '');
      const recorder = `--import=${join(import.meta.dirname, 'record_requests.js')}`;
      stage.environment = { ...process.env, ...own, NODE_OPTIONS: recorder, E2E_REQUESTS: stage.requests };
    } else {
      const { certificate, key } = await drawCertificate(stage.data);
      const credentials = join(stage.data, 'credentials.yaml');
      const statements = (await publishedPolicy(prefix)).filter(({ Sid }) => Sid !== process.env.E2E_WITHOUT);
      const keys = await addUser(credentials, 'bank', policyOf(statements));
      const flags = ['--aws-weaknesses', `short-polls@${prefix}small-queue`];
      stage.#daemonOptions = { strict: { certificate, key, credentials }, flags };
      await stage.startDaemon();
      stage.#proxy = await RecordingProxy.start(() => stage.#daemon.endpoint, { certificate, key });
      stage.environment = {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: certificate,
        AWS_ENDPOINT_URL: stage.#proxy.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        ...own,
      };
    }
    stage.outside = new OutsideView(readSettings(own));
    return stage;
  }

  async startDaemon() {
    const address = this.#daemon ? new URL(this.#daemon.endpoint).host : undefined;
    this.#daemon = await Daemon.start(this.broker, { ...this.#daemonOptions, address });
  }

  killDaemon() {
    return this.#daemon.end('SIGKILL');
  }

  // Starts a program of src/. `ready` resolves with its first line, `ended` when it has ended.
  start(program, environment = {}) {
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, join(source, program)], {
      env: { ...this.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = [];
    child.ready = new Promise((resolve) => createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const [, page] = /(http:\S+)$/.exec(line) ?? [];
      if (program !== 'run.js' || line.startsWith('ready: ')) resolve(page);
    }));
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    child.said = said;
    this.#children.add(child);
    child.ended = new Promise((resolve) => child.once('close', (code) => {
      this.#children.delete(child);
      resolve(code);
    }));
    return child;
  }

  // Starts all of it; resolves with where its pages are.
  async run() {
    const application = this.start('run.js');
    const ended = application.ended.then((code) => Promise.reject(new Error(`ended with ${code}:\n${application.said.join('\n')}`)));
    return Promise.race([application.ready, ended]);
  }

  // What was asked for that AWS does not offer.
  async refused() {
    if (!onAws) return this.#proxy.refused;
    const local = /^\w+ http:\/\/127\.0\.0\.1(:\d+)?\//;
    const offered = /^POST https:\/\/([^/]+)\/(\d{12}\/[\w-]+(\.fifo)?)?$/;
    const isOffered = (line) => isAws(offered.exec(line)?.[1]);
    const lines = (await readFile(this.requests, 'utf8')).split('\n').filter(Boolean);
    assert.ok(lines.some(isOffered), 'the requests are noted');
    return lines.filter((line) => !local.test(line) && !isOffered(line));
  }

  // The actions that the broker did not allow, and how often each was asked for.
  get denied() {
    return this.#proxy?.denied ?? [];
  }

  get counts() {
    return this.#proxy?.counts ?? {};
  }

  close() {
    return (this.#closed ??= this.#close());
  }

  async #close() {
    for (const child of this.#children) child.kill('SIGTERM');
    await Promise.all([...this.#children].map(({ ended }) => ended));
    const words = [join(source, 'provision.js'), '--remove'];
    const remove = this.environment && spawn(process.execPath, words, { env: this.environment, stdio: ['ignore', 'ignore', 'inherit'] });
    const code = remove && (await new Promise((resolve) => remove.once('close', resolve)));
    await this.#proxy?.end();
    await this.#daemon?.end();
    if (code) throw new Error(`not everything that begins with ${this.environment.APP_PREFIX} is deleted`);
  }
}

// Whether SQS or SNS answers there: by AWS's own names, or by the endpoint that the environment names.
function isAws(host) {
  const own = process.env.AWS_ENDPOINT_URL;
  return /^(sqs|sns)\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host) || (own && host === new URL(own).hostname);
}

// Has `prepare(after)` done before the tests of a file, and what it hands to `after` at their end, in order, also when it
// fails itself: what node:test's own `after` is given within a hook belongs to that hook, and what is thrown outside
// of hooks and tests ends the process before anything is undone.
export function prepared(prepare) {
  const hooks = [];
  before(() => prepare((hook) => hooks.push(hook)));
  after(async () => {
    const errors = [];
    for (const hook of hooks) await Promise.resolve(hook()).catch((error) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  });
}

// Resolves with what `condition` gives when it has become true; fails if that takes too long.
export async function until(condition, what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const given = await condition();
    if (given) return given;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
