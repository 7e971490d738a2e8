// TLS as an operator sets it up: certificates of clients, and an admin side that is reached by TLS alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';

import { Daemon, outcome, printed, scratchDirectory } from './daemon.js';

const openssl = (...words) => promisify(execFile)('openssl', words);
const ofCurve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

// Somebody who vouches for others: {certificate, key}, PEM files, and `issue`, which gives the same for a name.
async function authority(directory, name) {
  const file = (what) => join(directory, `${name}.${what}.pem`);
  const own = { certificate: file('certificate'), key: file('key') };
  await openssl('req', '-x509', ...ofCurve, '-days', '2', '-subj', `/CN=${name}`, '-keyout', own.key, '-out', own.certificate);
  own.issue = async (whom, extensions) => {
    const issued = { certificate: join(directory, `${whom}.certificate.pem`), key: join(directory, `${whom}.key.pem`) };
    const [request, more] = [join(directory, `${whom}.request.pem`), join(directory, `${whom}.extensions`)];
    await openssl('req', ...ofCurve, '-subj', `/CN=${whom}`, '-keyout', issued.key, '-out', request);
    await writeFile(more, extensions);
    const words = ['-req', '-in', request, '-days', '2', '-CA', own.certificate, '-CAkey', own.key, '-CAcreateserial'];
    await openssl('x509', ...words, '-extfile', more, '-out', issued.certificate);
    return issued;
  };
  return own;
}

// A daemon that wants certificates of the clients that connect by TLS, and whose admin side is reached by TLS alone.
async function stage(t) {
  const directory = await scratchDirectory(t);
  const ca = await authority(directory, 'ca');
  const server = await ca.issue('server', 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth');
  const client = await ca.issue('client', 'extendedKeyUsage=clientAuth');
  const stranger = await (await authority(directory, 'strangers')).issue('stranger', 'extendedKeyUsage=clientAuth');
  const tls = ['--tls-certificate', server.certificate, '--tls-key', server.key];
  const backups = join(directory, 'backups');
  await mkdir(backups);
  const daemon = await Daemon.start(
    join(directory, 'data'), ...tls, '--tls-client-ca', ca.certificate, '--tls-listen', '127.0.0.1:0',
    '--admin-listen', 'off', '--admin-tls-listen', '127.0.0.1:0', '--backup-directory', backups,
  );
  t.after(() => daemon.stop());
  return { daemon, directory, ca, client, stranger, tls, backups };
}

const shown = ({ certificate, key }) => ['--client-certificate', certificate, '--client-key', key];

test('Commands reach an admin side by TLS, and show their certificate', async (t) => {
  const { daemon, ca, client, backups } = await stage(t);
  const url = daemon.tlsAdmin.replace('127.0.0.1', 'localhost');
  const words = ['--url', url, '--ca-file', ca.certificate, ...shown(client)];
  assert.match(await printed('healthcheck', ...words), /ready/);
  assert.match(await printed('export', ...words), /^/);
  assert.match(await printed('backup', backups, ...words), /^point 1 /);
});

test('Who shows no certificate, or one that nobody vouches for, is told so by both sides', async (t) => {
  const { daemon, ca, stranger } = await stage(t);
  const url = daemon.tlsAdmin.replace('127.0.0.1', 'localhost');
  const without = await outcome('export', '--url', url, '--ca-file', ca.certificate);
  assert.equal(without.code, 69);
  assert.match(without.said, /TLS: tlsv13 alert certificate required/);
  const strange = await outcome('healthcheck', '--url', url, '--ca-file', ca.certificate, ...shown(stranger));
  assert.equal(strange.code, 1);
  assert.match(strange.said, /TLS: tlsv1 alert unknown ca/);
  assert.match(daemon.said, /warning a TLS handshake failed peer=127\.0\.0\.1 why="it shows no certificate"/);
  assert.match(daemon.said, /a TLS handshake failed peer=127\.0\.0\.1 why="its certificate: [^"]*\(\/CN=stranger\)"/);
});

test('A daemon that cannot prove to be the one that was meant is not talked to', async (t) => {
  const { daemon, directory, ca, client } = await stage(t);
  const byAddress = await outcome('healthcheck', '--url', daemon.tlsAdmin, '--ca-file', ca.certificate, ...shown(client));
  assert.equal(byAddress.code, 1);
  assert.match(byAddress.said, /its certificate: IP address mismatch/i);
  const others = await authority(directory, 'others');
  const url = daemon.tlsAdmin.replace('127.0.0.1', 'localhost');
  const untrusted = await outcome('healthcheck', '--url', url, '--ca-file', others.certificate, ...shown(client));
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.said, /its certificate: unable to get local issuer certificate/);
  const missing = await outcome('healthcheck', '--url', url, '--ca-file', join(directory, 'none.pem'));
  assert.match(missing.said, /none\.pem holds no certificate to trust/);
});

test('Beside its daemon a command needs the same settings and nothing else', async (t) => {
  const { daemon, tls, client, ca } = await stage(t);
  const settings = ['--admin-listen', 'off', '--admin-tls-listen', new URL(daemon.tlsAdmin).host, ...tls];
  // The certificate names localhost alone: it is known by itself.
  assert.match(await printed('export', ...settings, ...shown(client)), /^/);
  const other = await ca.issue('other', 'extendedKeyUsage=serverAuth');
  const wrong = ['--tls-certificate', other.certificate, '--tls-key', other.key];
  const { code, said } = await outcome('export', ...settings.slice(0, 4), ...wrong, ...shown(client));
  assert.equal(code, 69);
  assert.match(said, /its certificate: /);
});

test('The SDK shows its certificate, and new ones are vouched for after SIGHUP', async (t) => {
  const { daemon, directory, ca, client } = await stage(t);
  const sdk = async ({ certificate, key }) => {
    const httpsAgent = new Agent({
      ca: await readFile(ca.certificate), cert: await readFile(certificate), key: await readFile(key), keepAlive: true,
    });
    const made = new SQSClient({
      endpoint: daemon.tlsEndpoint.replace('127.0.0.1', 'localhost'), region: 'us-east-1', maxAttempts: 1,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, requestHandler: { httpsAgent },
    });
    t.after(() => made.destroy());
    return made;
  };
  const old = await sdk(client);
  await old.send(new CreateQueueCommand({ QueueName: 'mail' }));
  const next = await authority(directory, 'next');
  await writeFile(ca.certificate, (await readFile(ca.certificate, 'utf8')) + (await readFile(next.certificate, 'utf8')));
  daemon.hangUp();
  const fresh = await sdk(await next.issue('fresh', 'extendedKeyUsage=clientAuth'));
  const end = Date.now() + 10_000;
  while (!(await fresh.send(new ListQueuesCommand({})).catch(() => false))) assert.ok(Date.now() < end, 'it never was');
  await old.send(new ListQueuesCommand({}));
});
