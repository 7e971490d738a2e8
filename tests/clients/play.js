// A client that is a program of its own, in its own language: it is run against a daemon of its own, which verifies its
// signatures, and says in TAP what held. Each of its lines becomes a test here, and so does that it came to its end.
//
// The program finds the daemon in ENDPOINT, and a directory that is its own in HOME; nothing that happens to be
// configured for AWS where the tests run reaches it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { verifyingDaemon } from './daemon.js';

const longestMs = 600_000;

// What a client needs to know, and nothing else.
export function environmentFor({ endpoint, keys }, home, more = {}) {
  return {
    PATH: `/usr/bin:/bin:${process.env.PATH}`, // Debian's programs, whatever else is installed
    LC_ALL: 'C.UTF-8',
    HOME: home,
    TMPDIR: home,
    ENDPOINT: endpoint,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: keys?.accessKeyId ?? 'local',
    AWS_SECRET_ACCESS_KEY: keys?.secretAccessKey ?? 'local',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    ...more,
  };
}

// A directory that is removed when the file's tests are over.
export async function ownDirectory(after) {
  const path = await mkdtemp(join(tmpdir(), 'penstock-client-'));
  after(() => rm(path, { recursive: true, force: true }));
  return path;
}

// Runs a program to its end: {code, signal, output, said}. One that outlives its time is killed, with all that
// it started.
export function run(command, words, { cwd, env, input = '', longest = longestMs }) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...words], { cwd, env, detached: true });
  const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), longest);
  let output = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  child.stdin.on('error', () => {}); // one that reads nothing may be gone
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(late);
      resolve({ code, signal, output, said });
    });
  });
}

// [{name, held, why}] and the number that the plan promises, or undefined.
function readTap(output) {
  const cases = [];
  let planned;
  for (const line of output.split('\n')) {
    const result = /^(not )?ok \d+ - (.*)$/.exec(line);
    if (result) cases.push({ name: result[2], held: !result[1], why: '' });
    else if (/^1\.\.\d+$/.test(line)) planned = Number(line.slice(3));
    else if (line.startsWith('# ') && cases.length > 0) cases.at(-1).why += `${line.slice(2)}\n`;
  }
  return { cases, planned };
}

export async function play(command, words, { cwd, more = {} }) {
  await tell(command, words, { cwd, daemon: await verifyingDaemon(after), more });
}

// The same against a daemon that the caller has started.
export async function tell(command, words, { cwd, daemon, more = {} }) {
  const home = await ownDirectory(after);
  const env = environmentFor(daemon, home, more);
  const { code, signal, output, said } = await run(command, words, { cwd, env });
  const { cases, planned } = readTap(output);
  for (const { name, held, why } of cases) test(name, () => assert.ok(held, why));
  test(`${words[0]} comes to its end`, () => {
    assert.ok(cases.length > 0, `no case at all:\n${output}\n${said}`);
    assert.equal(planned, cases.length, `fewer cases than planned:\n${output}\n${said}`);
    assert.deepEqual({ code, signal }, { code: cases.every(({ held }) => held) ? 0 : 1, signal: null }, said);
  });
}
