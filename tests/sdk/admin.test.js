// The admin side: who may ask it, and how it answers.
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import http from 'node:http';

import { CreateQueueCommand } from '@aws-sdk/client-sqs';

import { Daemon, refused, scratchDirectory } from './daemon.js';
import { asked, controlled } from './test_controls.js';

const token = 'correct-horse-battery-staple';
const changing = { 'X-Penstock-Admin': 'test', 'Content-Type': 'application/json' };

// fetch sets Host and Origin itself.
function raw(daemon, path, method, headers, body = '') {
  const { hostname, port } = new URL(daemon.admin);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject);
    request.end(body);
  });
}

test('What changes something needs a header that no form sends, and a JSON body', async (t) => {
  const { daemon } = await controlled(t);
  const reset = (headers, body = '{}') => asked(daemon, '/reset', { method: 'POST', headers, body });
  assert.equal((await reset({ 'Content-Type': 'application/json' })).status, 403);
  assert.equal((await reset({ 'X-Penstock-Admin': '1', 'Content-Type': 'text/plain' })).status, 415);
  assert.equal((await reset(changing)).status, 200);
});

test('Pages of another origin and names that strangers could have made up are refused', async (t) => {
  const { daemon } = await controlled(t);
  const { port } = new URL(daemon.admin);
  const own = `127.0.0.1:${port}`;
  const reset = (headers) => raw(daemon, '/reset', 'POST', { ...changing, ...headers }, '{}');
  assert.equal(await reset({ Host: own, Origin: `http://${own}` }), 200);
  assert.equal(await reset({ Host: own, Origin: 'http://evil.example' }), 403);
  assert.equal(await reset({ Host: own, Origin: 'null' }), 403);
  assert.equal(await reset({ Host: `localhost:${port}` }), 200);
  assert.equal(await reset({ Host: `evil.example:${port}` }), 403);
  assert.equal(await raw(daemon, '/messages?Queue=mail', 'GET', { Host: `evil.example:${port}` }), 403);
  assert.equal(await raw(daemon, '/metrics', 'GET', { Host: `evil.example:${port}` }), 200);
});

test('With a token everything but health and metrics needs it', async (t) => {
  const data = await scratchDirectory(t);
  const file = join(data, 'token');
  await writeFile(file, `${token}\n`);
  await chmod(file, 0o600);
  const daemon = await Daemon.start(join(data, 'store'), '--admin-listen', '127.0.0.1:0', '--admin-token-file', file, '--test-controls');
  t.after(() => daemon.stop());
  for (const open of ['/health', '/health/live', '/health/ready', '/metrics']) {
    assert.equal((await asked(daemon, open)).status, 200, open);
  }
  const bearing = (value) => asked(daemon, '/clock', { headers: { Authorization: value } });
  assert.equal((await asked(daemon, '/clock')).status, 401);
  assert.equal((await bearing(`Bearer ${token}x`)).status, 401);
  assert.equal((await bearing(`Bearer ${token.slice(0, -1)}`)).status, 401);
  assert.equal((await bearing(`Basic ${token}`)).status, 401);
  assert.equal((await bearing('Bearer')).status, 401);
  assert.equal((await bearing(`Bearer ${token}`)).status, 200);
  assert.equal((await bearing(`Bearer ${token}x`)).headers.get('www-authenticate'), 'Bearer realm="penstock admin"');
  assert.ok(!daemon.said.includes(token));
});

test('Beyond loopback nothing but health and metrics is answered without a token', async (t) => {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data, '--admin-listen', '0.0.0.0:0', '--auth', 'none', '--test-controls');
  t.after(() => daemon.stop());
  assert.equal((await asked(daemon, '/metrics')).status, 200);
  const { status, json } = await asked(daemon, '/messages?Queue=mail');
  assert.equal(status, 403);
  assert.match(json.error, /PENSTOCK_ADMIN_TOKEN/);
});

test('A token that is too short or cannot be read ends the start', async (t) => {
  const data = await scratchDirectory(t);
  const file = join(data, 'token');
  await writeFile(file, 'short\n');
  const short = await refused('serve', '--data', join(data, 'store'), '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--admin-token-file', file);
  assert.equal(short.code, 64);
  assert.match(short.said, /16 to 256/);
  assert.ok(!short.said.includes(' short'));
  const missing = await refused('serve', '--data', join(data, 'store'), '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--admin-token-file', `${file}x`);
  assert.equal(missing.code, 64);
});

test('Controls for tests are refused where the daemon was not started for tests', async (t) => {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data, '--admin-listen', '127.0.0.1:0');
  t.after(() => daemon.stop());
  for (const [method, path] of [['POST', '/reset'], ['POST', '/expect'], ['GET', '/clock'], ['POST', '/clock/advance'], ['POST', '/faults'], ['DELETE', '/faults']]) {
    const { status, json } = await asked(daemon, path, { method, headers: changing, body: method === 'POST' ? '{}' : undefined });
    assert.equal(status, 403, path);
    assert.match(json.error, /--test-controls/);
  }
});

test('Every answer tells browsers to take it for nothing else', async (t) => {
  const { daemon } = await controlled(t);
  for (const path of ['/health', '/metrics', '/messages', '/clock', '/nothing']) {
    const { headers } = await asked(daemon, path);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.match(headers.get('content-security-policy'), /default-src 'none'/);
    assert.equal(headers.get('cache-control'), 'no-store');
  }
});

test('Unknown paths are told what there is, and wrong methods which are right', async (t) => {
  const { daemon } = await controlled(t);
  const unknown = await asked(daemon, '/nothing');
  assert.equal(unknown.status, 404);
  assert.match(unknown.json.error, /GET \/messages/);
  const wrong = await asked(daemon, '/reset');
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get('allow'), 'POST');
});

test('Hostile bodies are answered 400, and nothing is lost', async (t) => {
  const { daemon, penstock } = await controlled(t);
  await daemon.client().send(new CreateQueueCommand({ QueueName: 'mail' }));
  const bodies = ['{', '[]', '1', '"x"', '{"Account":1}', '{"Account":"x"}', '{"Region":"U S"}', '{"Nothing":1}', '{"Account":{}}', '['.repeat(200), '\u0000', '{"Account":"000000000000","Account":[]}'];
  for (const path of ['/reset', '/expect', '/clock/advance', '/faults']) {
    for (const body of bodies) {
      const { status } = await asked(daemon, path, { method: 'POST', headers: changing, body });
      assert.equal(status, 400, `${path} ${body}`);
    }
  }
  for (const query of ['', '?', '?Queue=', '?Queue=a&QueueUrl=b', '?Queue=mail&State=x', '?Queue=mail&MaxMessages=0', '?Queue=mail&MaxMessages=1001', '?Queue=mail&NextToken=p1-', '?Queue=mail&NextToken=p1-1-9-0-0-0', '?Queue=mail&Value=x', '?Queue=mail&Nothing=1', '?Queue=mail&Text=%', '?Queue=mail&Account=12']) {
    const { status } = await asked(daemon, `/messages${query}`);
    assert.ok(status === 400 || status === 404, `${query} led to ${status}`);
  }
  for (const body of ['{"Seconds":-1}', '{"Seconds":1296001}', '{"Seconds":1,"Milliseconds":1}', '{}', '{"Seconds":1.5}', '{"Seconds":99999999999999999999}']) {
    assert.equal((await asked(daemon, '/clock/advance', { method: 'POST', headers: changing, body })).status, 400, body);
  }
  for await (const message of penstock.peek('mail')) assert.fail(`a message: ${message.Body}`);
});
