import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Daemon, refused, scratchDirectory } from './daemon.js';

const kUsage = 64; // EX_USAGE of sysexits.h
const kUnavailable = 69; // EX_UNAVAILABLE

// Starts a daemon that must refuse to serve, with flags in addition to those that would be fine.
async function serveRefused(t, { listen = '127.0.0.1:0', data } = {}, ...flags) {
  const directory = data ?? (await scratchDirectory(t));
  return refused('serve', '--listen', listen, '--admin-listen', 'off', '--data', directory, ...flags);
}

test('A flag that does not exist ends the start and is named', async (t) => {
  const { code, said } = await serveRefused(t, {}, '--colour', 'red');
  assert.equal(code, kUsage);
  assert.match(said, /--colour/);
});

test('A setting that means nothing without another is refused and names both', async (t) => {
  const { code, said } = await serveRefused(t, {}, '--tls-client-ca', 'clients.pem');
  assert.equal(code, kUsage);
  assert.match(said, /--tls-client-ca .*--tls-listen/);
});

test('Listening beyond this machine needs to be said explicitly', async (t) => {
  const { code, said } = await serveRefused(t, { listen: '0.0.0.0:0' });
  assert.equal(code, kUsage);
  assert.match(said, /--auth none/);
});

test('A port in use ends the start and is named', async (t) => {
  const daemon = await Daemon.start(await scratchDirectory(t));
  t.after(() => daemon.stop());
  const listen = new URL(daemon.endpoint).host;
  const { code, said } = await serveRefused(t, { listen });
  assert.equal(code, kUnavailable);
  assert.ok(said.includes(listen), said);
});

test('A data directory in use ends the start and is named', async (t) => {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data);
  t.after(() => daemon.stop());
  const { code, said } = await serveRefused(t, { data });
  assert.notEqual(code, 0);
  assert.ok(said.includes(data), said);
});
