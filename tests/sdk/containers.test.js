// The daemon as containers run it: as whatever user, as process 1, on a root that cannot be written to, with its data on
// a volume, and with a limit of memory. There is no container engine here; the kernel's namespaces are what it would use.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, after, test } from 'node:test';
import { promisify } from 'node:util';
import * as sqs from '@aws-sdk/client-sqs';

const run = promisify(execFile);
const source = process.env.PENSTOCK_BINARY ?? join(import.meta.dirname, '../../build/release/penstock');
// Below chroot the root is mostly a plain directory, which nothing can be mounted over.
const rootIsMounted = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').some((line) => line.split(' ')[4] === '/');
const skip =
  process.getuid() !== 0 ? 'only root can become somebody else and mount something'
  : !rootIsMounted ? 'the root is no mount point'
  : false;

let place; // what every user may read: the program, and below it the volumes
before(async () => {
  place = await mkdtemp(join(tmpdir(), 'penstock-container-'));
  await chmod(place, 0o755);
  await copyFile(source, join(place, 'penstock'));
  await chmod(join(place, 'penstock'), 0o755);
});
after(() => rm(place, { recursive: true, force: true }));

const program = () => join(place, 'penstock');

// A volume of that owner and mode.
async function volume(t, owner, group, mode) {
  const path = await mkdtemp(join(place, 'volume-'));
  await chown(path, owner, group);
  await chmod(path, mode);
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const as = (user, group, others = '') => [
  'setpriv', `--reuid=${user}`, `--regid=${group}`, others ? `--groups=${others}` : '--clear-groups', '--no-new-privs',
  '--bounding-set=-all', '--inh-caps=-all',
];

// The daemon behind these words, in namespaces of its own in which `prepare`, a piece of shell, was run first. It is
// process 1 there. Resolves once it is ready or has ended.
async function container(t, prepare, words, variables = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--',
    'sh', '-euc', `${prepare}\nexec "$@"`, 'sh', ...words], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const daemon = { said: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => (daemon.said += text));
  daemon.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  // Of process 1, seen from here.
  daemon.id = async () => Number(await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  daemon.stop = async () => {
    process.kill(await daemon.id(), 'SIGTERM');
    return daemon.ended;
  };
  t.after(() => child.kill('SIGKILL'));
  const first = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    daemon.ended.then(() => ''),
  ]);
  daemon.url = /^penstock ready: api (\S+) /.exec(first)?.[1];
  return daemon;
}

const serve = (data, ...flags) => [program(), 'serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', data,
  '--disk-reserve', '0', ...flags];

// Everything that was mounted cannot be written to any more, but for the volume.
const readOnly = (volume) =>
  `mount --bind ${volume} ${volume}; mount -o remount,bind,ro /; mount -o remount,bind,ro ${tmpdir()} 2>/dev/null || true
if touch ${place}/probe 2>/dev/null; then echo 'the root can be written to' >&2; exit 1; fi`;

async function keepsAMessage(daemon) {
  assert.ok(daemon.url, daemon.said);
  const client = new sqs.SQSClient({ endpoint: daemon.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const { QueueUrl } = await client.send(new sqs.CreateQueueCommand({ QueueName: 'orders' }));
  await client.send(new sqs.SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const { Messages } = await client.send(new sqs.ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  assert.equal(Messages[0].Body, 'hello');
  client.destroy();
}

test('Any user of group 0 runs it as process 1 on a read-only root, and it stops when it is asked', { skip }, async (t) => {
  for (const user of [10001, 12345]) {
    const data = await volume(t, 10001, 0, 0o770);
    const daemon = await container(t, readOnly(data), [...as(user, 0), ...serve(join(data, 'penstock'))]);
    await keepsAMessage(daemon);
    const status = await readFile(`/proc/${await daemon.id()}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\s+${user}\\s`, 'm'));
    assert.match(status, /^NSpid:\s+\d+\s+1$/m);
    assert.match(status, /^CapEff:\s+0+$/m);
    assert.equal(await daemon.stop(), 0, daemon.said);
  }
});

test('A volume that a group may write to is enough for a user who is in the group', { skip }, async (t) => {
  const data = await volume(t, 0, 2000, 0o2770);
  const daemon = await container(t, readOnly(data), [...as(1001, 1001, '2000'), ...serve(join(data, 'penstock'))]);
  await keepsAMessage(daemon);
  assert.equal(await daemon.stop(), 0);
  const made = await stat(join(data, 'penstock'));
  assert.equal(made.uid, 1001);
  assert.equal(made.mode & 0o077, 0, 'what lies on it is for that user alone');
});

test('A volume that is root\'s ends the start with a command, and the command mends it', { skip }, async (t) => {
  const data = await volume(t, 0, 0, 0o755);
  for (const directory of [join(data, 'penstock'), data]) {
    const words = [...as(10001, 10001), ...serve(directory)];
    const refused = await container(t, ':', words);
    assert.equal(await refused.ended, 70);
    const command = /\(as root: ([^)]+)\)/.exec(refused.said);
    assert.ok(command, refused.said);
    await run('sh', ['-euc', command[1]]);
    const daemon = await container(t, ':', words);
    await keepsAMessage(daemon);
    assert.equal(await daemon.stop(), 0);
    if (directory !== data) await rm(directory, { recursive: true });
  }
});

test('With a limit of memory it says what its bounds are, and a bound that is set keeps its value', { skip }, async (t) => {
  const data = await volume(t, 10001, 0, 0o770);
  const groups = await volume(t, 0, 0, 0o755);
  await writeFile(join(groups, 'memory.max'), `${512 << 20}\n`);
  const limited = `mount --bind ${groups} /sys/fs/cgroup`;
  const words = [...as(10001, 0), ...serve(join(data, 'penstock'), '--deduplication-memory-max', '48MiB')];
  const daemon = await container(t, limited, words);
  await keepsAMessage(daemon);
  assert.match(daemon.said, new RegExp(`limit_bytes=${512 << 20} from=cgroup `));
  const bound = (name) => Number(new RegExp(` ${name}=(\\d+)`).exec(daemon.said)[1]);
  assert.equal(bound('deduplication_memory_max'), 48 << 20);
  assert.ok(bound('window_memory_max') < 64 << 20);
  assert.ok(bound('connections_max') < 16384);
  const sum = ['request', 'answer', 'mailbox', 'window', 'deduplication', 'recorded_deliveries', 'store']
    .reduce((bytes, name) => bytes + bound(`${name}_memory_max`), 0);
  assert.ok(sum < 384 << 20, `${sum}`);
  assert.equal(await daemon.stop(), 0);

  const free = await container(t, limited, words, { PENSTOCK_MEMORY_MAX: 'off' });
  await keepsAMessage(free);
  assert.doesNotMatch(free.said, /limit_bytes/);
  assert.equal(await free.stop(), 0);
});
