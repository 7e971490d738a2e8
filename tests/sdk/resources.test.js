// Declared resources, on the real daemon: there before it is ready, read again on SIGHUP, refused as a whole.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';

import { Daemon, printed, refused, scratchDirectory } from './daemon.js';

const attributesOf = async (sqs, QueueName) => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return answer.Attributes;
};

// Looks again until it holds, at most so often.
async function until(holds) {
  for (let look = 0; look < 500; ++look) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('it never held');
}

async function file(t, name, text) {
  const path = join(await scratchDirectory(t), name);
  await writeFile(path, text);
  return path;
}

test('What is declared is there when the daemon says that it is ready, and a topic delivers', async (t) => {
  const resources = await file(t, 'r.yaml', `
topics:
  events:
    subscriptions: [{queue: orders, RawMessageDelivery: true}]
queues:
  orders: {VisibilityTimeout: 61, deadLetterQueue: dead, maxReceiveCount: 4}
  dead:
`);
  const data = await scratchDirectory(t);
  let daemon = await Daemon.start(data, '--resources', resources);
  t.after(() => daemon.stop());
  const sqs = daemon.client();
  const attributes = await attributesOf(sqs, 'orders');
  assert.equal(attributes.VisibilityTimeout, '61');
  assert.equal(JSON.parse(attributes.RedrivePolicy).maxReceiveCount, 4);
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:events',
    Message: 'hello',
  });
  const answer = await fetch(daemon.endpoint, { method: 'POST', body: form });
  assert.equal(answer.status, 200);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  assert.equal(Messages[0].Body, 'hello');
  assert.match(daemon.said, /what is declared is there queues=2 topics=1 subscriptions=1 changes=5/);
  await daemon.stop();
  daemon = await Daemon.start(data, '--resources', resources);
  assert.match(daemon.said, /what is declared is there queues=2 topics=1 subscriptions=1 changes=0/);
});

test('SIGHUP has the file read again; one with a fault changes nothing and the log says why', async (t) => {
  const resources = await file(t, 'r.yaml', 'queues: {a: {DelaySeconds: 1}}\n');
  const daemon = await Daemon.start(await scratchDirectory(t), '--resources', resources);
  t.after(() => daemon.stop());
  const sqs = daemon.client();
  await writeFile(resources, 'queues:\n  a: {DelaySeconds: 2}\n  b: {DelaySeconds: 901}\n');
  daemon.hangUp();
  await until(() => daemon.said.includes('what was read anew cannot be used'));
  assert.ok(daemon.said.includes('r.yaml:3:21: Invalid value for the parameter DelaySeconds.'), daemon.said);
  assert.equal((await attributesOf(sqs, 'a')).DelaySeconds, '1');
  assert.equal((await sqs.send(new ListQueuesCommand({}))).QueueUrls.length, 1);
  await writeFile(resources, 'queues:\n  a: {DelaySeconds: 2}\n  b: {DelaySeconds: 900}\n');
  daemon.hangUp();
  await until(async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls.length === 2);
  await until(async () => (await attributesOf(sqs, 'a')).DelaySeconds === '2');
  assert.equal((await attributesOf(sqs, 'b')).DelaySeconds, '900');
});

test('A daemon does not start with a file that has a fault, and check-config says the same before', async (t) => {
  const data = await scratchDirectory(t);
  for (const [text, code, says] of [
    ['queues: {a: {DelaySeconds: x}}\n', 78, 'r.yaml:1:28: Invalid value for the parameter DelaySeconds.'],
    ['queues: [\n', 78, 'this is not YAML'],
    ['queues: {a: {deadLetterQueue: b, maxReceiveCount: 1}}\n', 78, 'there is no queue b'],
  ]) {
    const resources = await file(t, 'r.yaml', text);
    for (const command of [['check-config'], ['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', data]]) {
      const end = await refused(...command, '--resources', resources);
      assert.equal(end.code, code, end.said);
      assert.ok(end.said.includes(says), end.said);
    }
  }
  const missing = await refused('check-config', '--resources', join(data, 'none.yaml'));
  assert.equal(missing.code, 66);
  assert.match(missing.said, /none\.yaml \(--resources\) cannot be read: No such file/);
  const settings = await file(t, 'penstock.yaml', 'no_such_key: 1\n');
  assert.equal((await refused('check-config', '--config', settings)).code, 78);
  assert.equal((await refused('check-config', '--subscriptions', 'events')).code, 64);
  assert.equal((await refused('check-config', '--subscriptions', 'events=orders')).code, 64);
  assert.equal((await refused('check-config', '--queues', 'a b')).code, 64);
  assert.equal((await refused('check-config', '--queues', 'a', '--queues', 'a')).code, 64);
  const all = ['--queues', 'orders,pay.fifo', '--topics', 'events', '--subscriptions', 'events=orders'];
  assert.equal(await printed('check-config', ...all), 'ok: 2 queues, 1 topics, 1 subscriptions\n');
});

test('A name that was deleted a moment ago is refused with what helps', async (t) => {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data, '--queues', 'orders');
  const sqs = daemon.client();
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  await daemon.stop();
  const serve = ['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', data, '--queues', 'orders'];
  const end = await refused(...serve);
  assert.equal(end.code, 64);
  assert.match(end.said, /--queues orders: You must wait 60 seconds .* With --recreate-wait 0 it can be had at once\./);
  const again = await Daemon.start(data, '--queues', 'orders', '--recreate-wait', '0');
  await again.stop();
});

test('Names on the command line and a file are declared together', async (t) => {
  const resources = await file(t, 'r.yaml', 'topics: {events: }\n');
  const more = ['--queues', 'orders,pay.fifo', '--subscriptions', 'events=orders,events=http://127.0.0.1:9/x'];
  const daemon = await Daemon.start(await scratchDirectory(t), '--resources', resources, ...more);
  t.after(() => daemon.stop());
  const { QueueUrls } = await daemon.client().send(new ListQueuesCommand({}));
  assert.deepEqual(QueueUrls.map((url) => url.split('/').at(-1)), ['orders', 'pay.fifo']);
  assert.match(daemon.said, /queues=2 topics=1 subscriptions=2/);
});

test('An export is declared to another daemon and is the same there', async (t) => {
  const page = await readFile(join(import.meta.dirname, '../../docs/resources.md'), 'utf8');
  const resources = await file(t, 'r.yaml', /```yaml\n([^`]+)```/.exec(page)[1]);
  // Of a daemon that has it from a file, and to which its own export was declared again.
  const exported = async (from, ...more) => {
    const daemon = await Daemon.start(await scratchDirectory(t), '--admin-listen', '127.0.0.1:0', '--resources', from);
    try {
      const text = await printed('export', '--admin-listen', new URL(daemon.admin).host, ...more);
      await writeFile(from, text);
      daemon.hangUp();
      await until(() => daemon.said.match(/what is declared is there/g).length === 2);
      assert.match(daemon.said, /what is declared is there [^\n]*changes=0\n/);
      return text;
    } finally {
      await daemon.stop();
    }
  };
  const first = await exported(resources);
  assert.match(first, /deadLetterQueue: orders-dead/);
  assert.match(first, /account: '111122223333'/);
  const again = await file(t, 'r.yaml', first);
  assert.match(await printed('check-config', '--resources', again), /^ok: 5 queues, 2 topics, 4 subscriptions/);
  assert.equal(await exported(again), first);
  const one = await exported(again, '--account', '111122223333', '--region', 'eu-west-1');
  assert.match(one, /^queues:\n {2}orders:/m);
  assert.doesNotMatch(one, /000000000000/);
  const nobody = await refused('export', '--admin-listen', '127.0.0.1:1');
  assert.equal(nobody.code, 69);
  assert.match(nobody.said, /is the daemon running/);
  assert.equal((await refused('export', '--admin-listen', 'off')).code, 64);
  assert.equal((await refused('export', '--account', '12')).code, 64);
});

test('What the guides import is what they say, and a daemon starts with it', async (t) => {
  for (const [peer, environment] of [['elasticmq'], ['goaws']]) {
    const page = await readFile(join(import.meta.dirname, `../../docs/from-${peer}.md`), 'utf8');
    const blocks = [...page.matchAll(/^```(?:yaml)?\n((?:queues|Local|account)[^`]+)```/gm)].map((match) => match[1]);
    assert.equal(blocks.length, 2, peer);
    const text = await printed('import', peer, await file(t, 'their.conf', blocks[0]), ...(environment ?? []));
    assert.equal(text.replace(/^#.*\n/gm, ''), blocks[1]);
    const daemon = await Daemon.start(await scratchDirectory(t), '--resources', await file(t, 'r.yaml', text));
    await daemon.stop();
  }
  const page = await readFile(join(import.meta.dirname, '../../docs/from-localstack.md'), 'utf8');
  const block = /^ {3}```yaml\n([^`]+)```/m.exec(page)[1].replace(/^ {3}/gm, '');
  assert.match(await printed('check-config', '--resources', await file(t, 'r.yaml', block)), /^ok: 2 queues, 1 topics/);
});

test('An import says on standard error what it leaves out, and refuses what it cannot read', async (t) => {
  const theirs = await file(t, 'e.conf', 'queues {\n  a { copyTo = b }\n  b { }\n}\n');
  const binary = process.env.PENSTOCK_BINARY ?? join(import.meta.dirname, '../../build/release/penstock');
  const { stdout, stderr } = await promisify(execFile)(binary, ['import', 'elasticmq', theirs]);
  assert.match(stderr, /^penstock: not carried over: .*e\.conf:2: copyTo = b of a/);
  assert.match(stdout, /^# Not carried over: .*e\.conf:2: copyTo = b of a/m);
  assert.equal((await refused('import', 'goaws', theirs)).code, 65);
  assert.equal((await refused('import', 'goaws', join(theirs, 'none'))).code, 66);
});

test('The log says where a queue is that is asked for in another region', async (t) => {
  const resources = await file(t, 'r.yaml', 'region: eu-west-1\nqueues: {lost: }\n');
  const daemon = await Daemon.start(await scratchDirectory(t), '--resources', resources);
  t.after(() => daemon.stop());
  const sqs = daemon.client();
  for (let count = 0; count < 20; ++count) {
    await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: 'lost' })), { name: 'QueueDoesNotExist' });
  }
  await until(() => daemon.said.includes('a queue was asked for that is in another account or region'));
  const told = daemon.said.match(/asked=arn:aws:sqs:us-east-1:000000000000:lost there_is=arn:aws:sqs:eu-west-1:000000000000:lost/g);
  assert.ok(told.length >= 1 && told.length <= 5, `told ${told.length} times`);
});

test('The pages that users of LocalStack wait for answer on the port of the API', async (t) => {
  const daemon = await Daemon.start(await scratchDirectory(t));
  t.after(() => daemon.stop());
  const page = async (path) => (await fetch(daemon.endpoint + path)).json();
  for (const path of ['/_localstack/health', '/health']) {
    assert.deepEqual((await page(path)).services, { sns: 'running', sqs: 'running', sts: 'running' });
  }
  assert.equal((await page('/health')).status, 'ready');
  assert.deepEqual(await page('/_localstack/init/ready'), { completed: true, scripts: [] });
  assert.deepEqual(await page('/_localstack/init/start'), { completed: true, scripts: [] });
  assert.deepEqual(await page('/_localstack/init/shutdown'), { completed: false, scripts: [] });
  assert.equal((await page('/_localstack/init')).completed.READY, true);
});
