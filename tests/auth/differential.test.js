// What AWS's own signer for JavaScript signs is let in, whatever the request looks like; what is changed on
// the way is not. The requests are made up from a seed, which PENSTOCK_SEED sets and a failure names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { account, Sha256, startAuth } from './auth.js';

const seed = Number(process.env.PENSTOCK_SEED ?? 1);
const requests = Number(process.env.PENSTOCK_REQUESTS ?? 1500);
const date = new Date('2026-11-22T12:00:00Z');
const now = '20261122T120000Z';
const lasting = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const session = { accessKeyId: 'AKIDSESSION', secretAccessKey: 'bPxRfiCY/wJalrXUtnFEMI+EXAMPLEKEYKEYKEY', sessionToken: 'FwoGZXIv//+YXdz==' };
const entry = (pair, user) => ({
  access_key_id: pair.accessKeyId,
  secret_access_key: pair.secretAccessKey,
  account,
  user,
  ...(pair.sessionToken && { session_token: pair.sessionToken }),
});

// Numbers of a sequence that the seed gives (mulberry32).
function chance(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const letters = [...'abcXYZ019-._~ /+%=&;:,!*\'()@$#?"<>[]{}|\\^`', 'ä', '€', '😀', '\u0001', '\u007f'];
const text = (random, length) => Array.from({ length: random(length + 1) }, () => letters[random(letters.length)]).join('');
const word = (random) => `p${text(random, 6)}`;

function madeUp(random) {
  const segments = Array.from({ length: random(4) }, () => ['a', '.', '..', '', '123456789012', encodeURIComponent(text(random, 5))][random(6)]);
  const query = {};
  for (let i = random(4); i > 0; --i) {
    query[word(random)] = random(4) === 0 ? [text(random, 6), text(random, 6)] : text(random, 8);
  }
  const headers = { host: ['localhost:4566', '127.0.0.1', '[::1]:4566'][random(3)] };
  if (random(2)) headers['content-type'] = 'application/x-amz-json-1.0';
  if (random(2)) headers['X-Amz-Target'] = 'AmazonSQS.SendMessage';
  if (random(3) === 0) headers['x-blanks'] = '  a   b \t c  ';
  if (random(3) === 0) headers['X-Empty'] = '';
  if (random(3) === 0) headers['user-agent'] = 'not signed';
  const body = random(3) === 0 ? undefined : text(random, 200);
  return { protocol: 'http:', hostname: 'localhost', port: 4566, method: ['GET', 'POST'][random(2)], path: `/${segments.join('/')}`, query, headers, body };
}

// As a client writes it to the wire.
function onTheWire(signed) {
  const escape = (part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = Object.entries(signed.query ?? {})
    .flatMap(([name, values]) => [values].flat().map((value) => `${escape(name)}=${escape(value)}`))
    .join('&');
  return {
    method: signed.method,
    target: signed.path + (query && `?${query}`),
    headers: Object.entries(signed.headers).map(([name, value]) => [name, value]),
    body: signed.body ?? '',
  };
}

function changed(random, wire) {
  const copy = structuredClone(wire);
  const [what, where] = [random(4), random(1000)];
  if (what === 0) copy.method = copy.method === 'GET' ? 'POST' : 'GET';
  else if (what === 1) copy.body += 'x';
  else if (what === 2) copy.target += copy.target.includes('?') ? '&x=y' : '?x=y';
  else {
    const signed = copy.headers.filter(([name]) => ['host', 'content-type', 'X-Amz-Target', 'x-blanks'].includes(name));
    signed[where % signed.length][1] += 'x';
  }
  return copy;
}

for (const form of ['header', 'query']) {
  test(`${requests} requests that the SDK's signer signed in the ${form}`, async (t) => {
    const ask = await startAuth(t, [entry(lasting, 'alice'), entry(session, 'bob')]);
    const random = chance(seed);
    for (let i = 0; i < requests; ++i) {
      const service = ['sqs', 'sns'][random(2)];
      const region = ['us-east-1', 'eu-central-1', 'ap-southeast-2'][random(3)];
      const pair = random(3) === 0 ? session : lasting;
      const signer = new SignatureV4({ service, region, credentials: pair, sha256: Sha256, applyChecksum: random(2) === 0 });
      const request = madeUp(random);
      const made = form === 'header'
        ? await signer.sign(request, { signingDate: date })
        : await signer.presign(request, { signingDate: date, expiresIn: 1 + random(604800) });
      const wire = onTheWire(made);
      const where = `seed ${seed}, request ${i}: ${JSON.stringify(wire)}`;
      assert.deepEqual(
        await ask({ verify: { ...wire, service, now } }),
        { arn: `arn:aws:iam::${account}:user/${pair === session ? 'bob' : 'alice'}`, region },
        where,
      );
      const answer = await ask({ verify: { ...changed(random, wire), service, now } });
      assert.ok(['SignatureDoesNotMatch'].includes(answer.code), `${where} -> ${JSON.stringify(answer)}`);
    }
  });
}
