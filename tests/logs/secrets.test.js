// What all daemons of the rings in JavaScript have logged, at the level of debugging, after those rings: no secret, no
// signature, no body and no receipt handle is in it.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const directory = join(import.meta.dirname, '../../build/logs/daemons');

async function lines(ending) {
  const names = (await readdir(directory)).filter((name) => name.endsWith(ending));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return { files: names.length, lines: texts.flatMap((text) => text.split('\n')).filter((line) => line !== '') };
}

const wide = 16; // so much of a secret is never there by chance

test('Nothing that a client has sent in confidence is in the log of any daemon', async (t) => {
  const logs = await lines('.log');
  const secrets = await lines('.secrets');
  assert.ok(logs.files > 50 && logs.lines.length > 150, `${logs.files} daemons have logged ${logs.lines.length} lines`);
  assert.ok(secrets.lines.length > 500, `only ${secrets.lines.length} secrets were noted down`);
  assert.ok(logs.lines.some((line) => line.includes('a TLS handshake failed')), 'what goes wrong is logged, too');

  const windows = new Set();
  for (const line of new Set(logs.lines)) {
    for (let at = 0; at + wide <= line.length; ++at) windows.add(line.slice(at, at + wide));
  }
  const kinds = new Set();
  for (const line of secrets.lines) {
    const secret = JSON.parse(line);
    kinds.add(/^[0-9a-f]{64}$/.test(secret) ? 'signature' : 'text');
    assert.ok(!windows.has(secret.slice(0, wide)), `a log has what begins with ${secret.slice(0, 4)}...`);
    assert.ok(!windows.has(secret.slice(-wide)), `a log has what ends with ...${secret.slice(-4)}`);
  }
  assert.equal(kinds.size, 2);
  t.diagnostic(`size: ${secrets.lines.length} secrets, ${logs.lines.length} lines of ${logs.files} daemons`);
});

test('Nothing in the logs has the form of a secret', async () => {
  const { lines: said } = await lines('.log');
  const forms = [
    /Signature/, /AWS4-HMAC-SHA256/, /PRIVATE KEY/, /Bearer /, /secret_access_key/i,
    /\b[0-9a-f]{64}\b/, // a signature or a digest
    /(?<![A-Za-z0-9+])(?=[A-Za-z0-9+]*[0-9])(?=[A-Za-z0-9+]*[a-z])(?=[A-Za-z0-9+]*[A-Z])[A-Za-z0-9+]{28,}/, // a key, a handle
  ];
  for (const line of said) {
    for (const form of forms) assert.doesNotMatch(line, form);
  }
});
