// Signed SNS messages as a receiver sees them: the certificate comes over https, and the validator that
// applications use says whether the message is genuine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, globalAgent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import MessageValidator from 'sns-validator';
import { startAuth } from './auth.js';

const now = '20261122T120000Z';
const today = new Date().toISOString().replace(/[-:]|\.\d+/g, '');

const notification = {
  Type: 'Notification',
  MessageId: 'e3b1f1a0-0000-4000-8000-000000000001',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:news',
  Message: 'a "quoted" line\nand another, with €, 😀 and \\ in it\r\n',
  Timestamp: '2026-11-22T12:00:00.000Z',
};
const confirmation = {
  ...notification,
  Type: 'SubscriptionConfirmation',
  Message: 'You have chosen to subscribe to the topic.',
  Token: '2336412f37fb687f5d51e6e2425dacbba',
  SubscribeURL: 'https://localhost/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:123456789012:news',
};

// A key for `localhost`, whose certificate also serves the https server that hands it out.
async function stage(t) {
  const ask = await startAuth(t);
  const key = await ask({ generate_key: { common_name: 'localhost', now: today } });
  const server = createServer({ key: key.pem, cert: key.certificate }, (request, response) => {
    const known = request.url === `/${key.file}`;
    response.writeHead(known ? 200 : 404).end(known ? key.certificate : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  globalAgent.options.ca = key.certificate;
  t.after(() => {
    globalAgent.destroy();
    server.close();
  });
  const url = `https://localhost:${server.address().port}/${key.file}`;
  const validator = new MessageValidator(/^localhost:\d+$/);
  return {
    validate: (message) =>
      new Promise((resolve) => validator.validate({ ...message }, (error) => resolve(error?.message ?? 'genuine'))),
    sign: async (message, version) => ({
      ...message,
      SignatureVersion: version,
      SigningCertURL: url,
      UnsubscribeURL: 'https://localhost/?Action=Unsubscribe',
      Signature: (await ask({ sign: { pem: key.pem, version, message } })).signature,
    }),
  };
}

for (const version of ['1', '2']) {
  for (const [name, message] of [
    ['a notification', notification],
    ['a notification with a subject', { ...notification, Subject: 'greeting' }],
    ['a confirmation of a subscription', confirmation],
  ]) {
    test(`${name} is genuine, signature version ${version}`, async (t) => {
      const { sign, validate } = await stage(t);
      const signed = await sign(message, version);
      assert.equal(await validate(signed), 'genuine');
      for (const member of Object.keys(message).filter((key) => key !== 'Type')) {
        const forged = { ...signed, [member]: `${signed[member]}.` };
        assert.equal(await validate(forged), 'The message signature is invalid.', member);
      }
      const other = version === '1' ? '2' : '1';
      assert.equal(await validate({ ...signed, SignatureVersion: other }), 'The message signature is invalid.');
    });
  }
}

test('the certificate and the signature are what OpenSSL expects', async (t) => {
  const ask = await startAuth(t);
  const key = await ask({ generate_key: { common_name: 'sns.us-east-1.amazonaws.com', now } });
  assert.match(key.file, /^SimpleNotificationService-[0-9a-f]{32}\.pem$/);
  const directory = await mkdtemp(join(tmpdir(), 'penstock-auth-'));
  t.after(() => rm(directory, { recursive: true }));
  const file = (name, content) => writeFile(join(directory, name), content).then(() => join(directory, name));
  const openssl = (...words) => execFileSync('openssl', words, { encoding: 'utf8', cwd: directory });

  const certificate = await file('certificate.pem', key.certificate);
  const described = openssl('x509', '-in', certificate, '-noout', '-subject', '-dates', '-ext', 'keyUsage,basicConstraints');
  assert.match(described, /CN = sns\.us-east-1\.amazonaws\.com/);
  assert.match(described, /notBefore=Nov 21 12:00:00 2026 GMT/);
  assert.match(described, /notAfter=Nov 19 12:00:00 2036 GMT/);
  assert.match(described, /CA:FALSE/);
  assert.equal(openssl('verify', '-attime', '1795348800', '-CAfile', certificate, certificate).trim(), `${certificate}: OK`);

  await file('public.pem', openssl('x509', '-in', certificate, '-noout', '-pubkey'));
  await file('text', `Message\n${notification.Message}\nMessageId\n${notification.MessageId}\nTimestamp\n${notification.Timestamp}\nTopicArn\n${notification.TopicArn}\nType\nNotification\n`);
  for (const [version, digest] of [['1', '-sha1'], ['2', '-sha256']]) {
    const { signature } = await ask({ sign: { pem: key.pem, version, message: notification } });
    await file('signature', Buffer.from(signature, 'base64'));
    assert.equal(openssl('dgst', digest, '-verify', 'public.pem', '-signature', 'signature', 'text').trim(), 'Verified OK');
  }
});
