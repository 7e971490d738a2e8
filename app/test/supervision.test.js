// Workers under Debian's supervisord, with the program file that is shipped: asked to restart under load they
// lose nothing and do nothing twice, with Redis from Debian as the cache and without.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Application, until } from './application.js';
import { scratchDirectory } from './daemon.js';
import { ada, deposit } from './people.js';

const app = join(import.meta.dirname, '..');
const total = 150;

// A directory that looks like app/ and has its own var/.
async function installed(after) {
  const directory = await scratchDirectory(after);
  await symlink(join(app, 'src'), join(directory, 'src'));
  for (const name of ['supervision', 'var']) await mkdir(join(directory, name));
  const configuration = join(directory, 'supervision/supervisord.conf');
  await copyFile(join(app, 'supervision/supervisord.conf'), configuration);
  return { directory, configuration };
}

function supervised(t, { configuration, directory }, environment) {
  const words = ['--pdeathsig', 'TERM', 'supervisord', '-n', '-c', configuration];
  const child = spawn('setpriv', words, {
    env: { ...environment, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
    cwd: directory,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  t.after(stop);
  const status = async () => {
    const told = await promisify(execFile)('supervisorctl', ['-c', configuration, 'status']).catch((error) => error);
    return [...String(told.stdout).matchAll(/RUNNING +pid (\d+)/g)].map(([, pid]) => pid);
  };
  return { status, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Debian's redis-tools has the server under another name; the first word says what it is to be.
async function startRedis(t) {
  const port = await freePort();
  const child = spawn('redis-check-rdb', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    argv0: 'redis-server',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  await until(() => said.includes('Ready to accept connections'), 'Redis is ready', 20);
  return `redis://127.0.0.1:${port}`;
}

async function restartsSafely(t, more) {
  const application = await Application.start((hook) => t.after(hook), { WORKER_VISIBILITY: '600', ...more });
  await application.outside.disturb('email', { latencyMs: 50 });
  const place = await installed((hook) => t.after(hook));
  const { status, stop } = supervised(t, place, application.environment);
  await until(async () => (await status()).length === 2, 'two workers run', 30);
  const before = await status();
  await application.send(Array.from({ length: total }, () => deposit(ada)));
  await until(async () => (await application.outside.summary()).counts.mails > 5, 'work has begun');

  assert.equal((await application.run('restart_workers.js')).code, 0);
  await until(async () => (await status()).filter((pid) => !before.includes(pid)).length === 2, 'both are new', 30);

  await until(async () => (await application.left()) === 0, 'everything is deleted', 60);
  const { records, steps, mails } = await application.outside.ledger();
  assert.deepEqual([records.length, steps.length, mails.length], [total, total, total]);
  for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);

  await stop();
  const logs = await readdir(join(place.directory, 'var'));
  assert.ok(logs.includes('worker-0.log') && logs.includes('supervisord.log'), logs.join(' '));
  const told = await readFile(join(place.directory, 'var/worker-0.log'), 'utf8');
  assert.match(told, /stopped, asked to restart at \S+; nothing is held/);
  assert.match(told, /stopped, told to by SIGTERM; nothing is held/);
}

test('Supervised workers restart safely when asked to through a file', (t) => restartsSafely(t, {}));

test('Supervised workers restart safely when asked to through Redis', async (t) => {
  await restartsSafely(t, { REDIS_URL: await startRedis(t) });
});

test('A worker does its work while Redis is away', async (t) => {
  const port = await freePort();
  const application = await Application.start((hook) => t.after(hook), { REDIS_URL: `redis://127.0.0.1:${port}` });
  await application.send([deposit(ada)]);
  const place = await installed((hook) => t.after(hook));
  const { status } = supervised(t, place, application.environment);
  await until(async () => (await application.left()) === 0 && (await status()).length === 2, 'done without a cache', 30);
  assert.equal((await application.outside.ledger()).mails.length, 1);
});
