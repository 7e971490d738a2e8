// The official SDK, signing for real, against a daemon that verifies.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SignatureV4 } from '@smithy/signature-v4';

import { Daemon, printed, refused, scratchDirectory } from './daemon.js';

const account = '111111111111';
const mayOnlySend = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: `arn:aws:sqs:*:${account}:*` }],
});

// Draws a pair for the user with the product's own command; what the SDK wants of it.
async function addUser(file, user, ...words) {
  const text = await printed('credentials', 'add', '--credentials', file, '--user', user, ...words);
  return {
    accessKeyId: /^access_key_id: (\S+)$/m.exec(text)[1],
    secretAccessKey: /^secret_access_key: (\S+)$/m.exec(text)[1],
  };
}

// A daemon that knows alice, who may do everything in her account, and carol, who may only send.
async function stage(t, ...flags) {
  const directory = await scratchDirectory(t);
  const file = join(directory, 'credentials.yaml');
  const policy = join(directory, 'policy.json');
  await writeFile(policy, mayOnlySend);
  const alice = await addUser(file, 'alice', '--account', account);
  const carol = await addUser(file, 'carol', '--account', account, '--policy', policy);
  const daemon = await Daemon.start(join(directory, 'data'), '--auth', 'verify', '--credentials', file, ...flags);
  t.after(() => daemon.stop());
  return { daemon, file, alice, carol, directory };
}

function clientOf(t, daemon, credentials, more = {}) {
  const client = new SQSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...more });
  t.after(() => client.destroy());
  return client;
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return assert.fail('it was not refused');
}

test('Real signatures are let in, and the account is the one of the credentials', async (t) => {
  const { daemon, alice } = await stage(t);
  const client = clientOf(t, daemon, alice);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'mail' }));
  assert.equal(new URL(QueueUrl).pathname, `/${account}/mail`);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'größe ✓ & "quoted"' }));
  const { Messages } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['SenderId'] }),
  );
  assert.equal(Messages[0].Body, 'größe ✓ & "quoted"');
  assert.equal(Messages[0].Attributes.SenderId, `${account}:alice`);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
});

test('A wrong secret and an unknown key are refused by their names', async (t) => {
  const { daemon, alice } = await stage(t);
  const wrong = clientOf(t, daemon, { ...alice, secretAccessKey: 'x'.repeat(40) });
  const first = await refusal(wrong.send(new ListQueuesCommand({})));
  assert.match(first.message, /^The request signature we calculated does not match/);
  assert.equal(first.$metadata.httpStatusCode, 403);
  const unknown = clientOf(t, daemon, { ...alice, accessKeyId: 'AKIDNOBODY' });
  const second = await refusal(unknown.send(new ListQueuesCommand({})));
  assert.equal(second.message, 'The security token included in the request is invalid.');
});

test('A clock that is off by more than a quarter of an hour is told so', async (t) => {
  const { daemon, alice } = await stage(t);
  const hour = 3_600_000;
  const late = await refusal(
    clientOf(t, daemon, alice, { systemClockOffset: -hour }).send(new ListQueuesCommand({})),
  );
  assert.match(late.message, /^Signature expired: \d{8}T\d{6}Z is now earlier than /);
  const early = await refusal(
    clientOf(t, daemon, alice, { systemClockOffset: hour }).send(new ListQueuesCommand({})),
  );
  assert.match(early.message, /^Signature not yet current: /);
});

test('What policies do not allow is denied in the words of AWS', async (t) => {
  const { daemon, alice, carol } = await stage(t);
  const { QueueUrl } = await clientOf(t, daemon, alice).send(new CreateQueueCommand({ QueueName: 'mail' }));
  const client = clientOf(t, daemon, carol);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const denied = await refusal(client.send(new ReceiveMessageCommand({ QueueUrl })));
  assert.equal(denied.$metadata.httpStatusCode, 403);
  assert.equal(
    denied.message,
    `User: arn:aws:iam::${account}:user/carol is not authorized to perform: sqs:receivemessage on resource: ` +
      `arn:aws:sqs:us-east-1:${account}:mail because no identity-based policy allows the sqs:receivemessage action`,
  );
});

test('Another account is let in by a permission', async (t) => {
  const { daemon, file, alice } = await stage(t);
  const bob = await addUser(file, 'bob', '--account', '222222222222');
  const client = clientOf(t, daemon, bob);
  await refusal(client.send(new ListQueuesCommand({})));
  daemon.hangUp();
  await until(async () => (await client.send(new ListQueuesCommand({}))).$metadata.httpStatusCode === 200);

  const owner = clientOf(t, daemon, alice);
  const { QueueUrl } = await owner.send(new CreateQueueCommand({ QueueName: 'mail' }));
  assert.match((await refusal(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).message,
    /because no resource-based policy allows the sqs:sendmessage action$/);
  await owner.send(
    new AddPermissionCommand({
      QueueUrl,
      Label: 'bob',
      AWSAccountIds: ['222222222222'],
      Actions: ['SendMessage'],
    }),
  );
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
});

// What the signer wants of a digest, with the name that it gives to secrets.
class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return this.hash.digest();
  }
}

test('A presigned URL of AWS Query is good by itself, and refused once it was altered', async (t) => {
  const { daemon, alice } = await stage(t);
  const client = clientOf(t, daemon, alice);
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'mail' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  const signer = new SignatureV4({ credentials: alice, region: 'us-east-1', service: 'sqs', sha256: Sha256 });
  const { hostname, port, pathname } = new URL(QueueUrl);
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: pathname,
      query: { Action: 'ReceiveMessage', Version: '2012-11-05' },
      headers: { host: `${hostname}:${port}` },
    },
    { expiresIn: 60 },
  );
  const url = new URL(QueueUrl);
  for (const [name, value] of Object.entries(signed.query)) url.searchParams.set(name, value);
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /<Body>hello<\/Body>/);
  url.searchParams.set('Action', 'PurgeQueue');
  const altered = await fetch(url);
  assert.equal(altered.status, 403);
  assert.match(await altered.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
});

// Asks again until it is so; what fails meanwhile does not count.
async function until(holds) {
  const end = Date.now() + 10_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) assert.fail('it never held');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('A key that was revoked is refused after SIGHUP, on the same connection', async (t) => {
  const { daemon, file, alice } = await stage(t);
  const client = clientOf(t, daemon, alice);
  await client.send(new ListQueuesCommand({}));
  await printed('credentials', 'revoke', alice.accessKeyId, '--credentials', file);
  daemon.hangUp();
  await until(async () => {
    const denied = await refusal(client.send(new ListQueuesCommand({})));
    return denied.message === 'The security token included in the request is invalid.';
  });
  const listed = await printed('credentials', 'list', '--credentials', file);
  assert.ok(!listed.includes(alice.accessKeyId));
  assert.match(listed, /carol/);
  assert.ok(!listed.includes('secret_access_key:'));
});

test('A credentials file that others can read is warned of, and refused where permissions are strict', async (t) => {
  const { daemon, file, directory } = await stage(t);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(!daemon.said.includes('chmod'));
  await chmod(file, 0o644);
  const other = await Daemon.start(join(directory, 'other'), '--credentials', file);
  t.after(() => other.stop());
  assert.match(other.said, new RegExp(`chmod 600 ${file}`));
  const { code, said } = await refused(
    ...['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', join(directory, 'third')],
    ...['--credentials', file, '--strict-permissions'],
  );
  assert.equal(code, 78);
  assert.match(said, new RegExp(`chmod 600 ${file}`));
});

test('By TLS too, with a certificate that was made on request', async (t) => {
  const { daemon, alice, directory } = await stage(t, '--tls-listen', '127.0.0.1:0', '--tls-self-signed');
  const ca = await readFile(join(directory, 'data', 'tls-certificate.pem'));
  assert.match(daemon.tlsEndpoint, /^https:/);
  const client = clientOf(t, { endpoint: daemon.tlsEndpoint }, alice, {
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  });
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'mail' }));
  assert.equal(new URL(QueueUrl).origin, daemon.tlsEndpoint);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
  // Who does not trust it is not talked to.
  const untrusting = await new Promise((resolve) => {
    request(daemon.tlsEndpoint, { method: 'GET' }, resolve).on('error', resolve).end();
  });
  assert.match(String(untrusting.code), /SELF_SIGNED|UNABLE_TO_VERIFY/);
});

test('Logs hold no secret, signature, body or receipt handle, not even at the level of debugging', async (t) => {
  const { daemon, alice, carol } = await stage(t, '--log-level', 'debug');
  const client = clientOf(t, daemon, alice);
  const secrets = [alice.secretAccessKey, carol.secretAccessKey, 'a-body-that-nobody-may-see'];
  client.middlewareStack.add(
    (next) => (args) => {
      secrets.push(/Signature=([0-9a-f]{64})/.exec(args.request.headers.authorization)[1]);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'mail' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a-body-that-nobody-may-see' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  secrets.push(Messages[0].ReceiptHandle);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
  await refusal(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'a-forged-handle' })));
  await refusal(clientOf(t, daemon, carol).send(new ReceiveMessageCommand({ QueueUrl })));
  await refusal(clientOf(t, daemon, { ...carol, secretAccessKey: 'y'.repeat(40) }).send(new ListQueuesCommand({})));
  daemon.hangUp();
  await daemon.stop();
  assert.match(daemon.said, /stopped/);
  assert.ok(secrets.length >= 8);
  for (const secret of [...secrets, 'a-forged-handle', 'y'.repeat(40), 'Signature=', 'AWS4-HMAC-SHA256']) {
    assert.ok(!daemon.said.includes(secret), 'a secret is in the log');
  }
});
