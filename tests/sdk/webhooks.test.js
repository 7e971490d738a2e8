// Receivers by HTTP: what an application behind an endpoint sees, verified as AWS's own validator does it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import * as sns from '@aws-sdk/client-sns';
import MessageValidator from 'sns-validator';

import { Daemon, printed, scratchDirectory } from './daemon.js';
import { httpsFront, ownCertificate } from './https_front.js';
import { Queue } from './queue.js';
import { arnOf, topicStage } from './topic_stage.js';

// A receiver that keeps what it was sent; `answer(request, number)` says with which status, and with what head.
class Receiver {
  requests = [];
  #waiting = [];

  static async start(t, answer = () => 200, server = createServer()) {
    const receiver = new Receiver();
    server.on('request', (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece) => (body += piece));
      request.on('end', () => {
        const seen = { headers: request.headers, url: request.url, method: request.method, body, at: Date.now() };
        receiver.requests.push(seen);
        const said = answer(seen, receiver.requests.length);
        if (said === 'silence') return;
        const [status, head] = Array.isArray(said) ? said : [said, {}];
        response.writeHead(status, head).end();
        for (const wake of receiver.#waiting.splice(0)) wake();
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    receiver.port = server.address().port;
    receiver.url = `http://127.0.0.1:${receiver.port}/hook?a=b`;
    return receiver;
  }

  // The requests, as soon as there are so many.
  async seen(count, within = 30_000) {
    const deadline = Date.now() + within;
    while (this.requests.length < count) {
      assert.ok(Date.now() < deadline, `${this.requests.length} requests of ${count}`);
      await new Promise((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 100).unref();
      });
    }
    return this.requests;
  }
}

async function stage(t, ...flags) {
  const stage = await topicStage(t, ...flags);
  const { TopicArn } = await stage.topics.send(new sns.CreateTopicCommand({ Name: 'news' }));
  return { ...stage, TopicArn };
}

const subscribe = (topics, TopicArn, Endpoint, Attributes = {}) =>
  topics.send(
    new sns.SubscribeCommand({
      TopicArn,
      Protocol: Endpoint.slice(0, Endpoint.indexOf(':')),
      Endpoint,
      Attributes,
      ReturnSubscriptionArn: true,
    }),
  );

// Subscribes, and confirms as a browser would: by visiting the URL.
async function confirmed(topics, TopicArn, receiver, Attributes, Endpoint = receiver.url) {
  const before = receiver.requests.length;
  const { SubscriptionArn } = await subscribe(topics, TopicArn, Endpoint, Attributes);
  const confirmation = JSON.parse((await receiver.seen(before + 1)).at(-1).body);
  const answer = await fetch(confirmation.SubscribeURL);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), new RegExp(`<SubscriptionArn>${SubscriptionArn}</SubscriptionArn>`));
  return SubscriptionArn;
}

const policy = (retry, more = {}) => JSON.stringify({ healthyRetryPolicy: retry, ...more });

// SNS-601 SNS-602 SNS-605 SNS-607
test('A receiver confirms by its URL and hears what is published, with all headers', async (t) => {
  const { topics, TopicArn } = await stage(t);
  const receiver = await Receiver.start(t);
  const { SubscriptionArn } = await subscribe(topics, TopicArn, receiver.url);
  const [asked] = await receiver.seen(1);
  const confirmation = JSON.parse(asked.body);
  assert.deepEqual(Object.keys(confirmation), [
    'Type', 'MessageId', 'Token', 'TopicArn', 'Message', 'SubscribeURL', 'Timestamp', 'SignatureVersion', 'Signature', 'SigningCertURL',
  ]);
  assert.equal(asked.method, 'POST');
  assert.equal(asked.url, '/hook?a=b');
  assert.equal(asked.headers['x-amz-sns-message-type'], 'SubscriptionConfirmation');
  assert.equal(asked.headers['x-amz-sns-message-id'], confirmation.MessageId);
  assert.equal(asked.headers['x-amz-sns-topic-arn'], TopicArn);
  assert.equal(asked.headers['x-amz-sns-subscription-arn'], undefined);
  assert.equal(asked.headers['content-type'], 'text/plain; charset=UTF-8');
  assert.equal(asked.headers['user-agent'], 'Amazon Simple Notification Service Agent');
  const listed = await topics.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.equal(listed.Subscriptions[0].SubscriptionArn, 'PendingConfirmation');
  await topics.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token: confirmation.Token }));

  const { MessageId } = await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello €', Subject: 's' }));
  const [, told] = await receiver.seen(2);
  const notification = JSON.parse(told.body);
  assert.equal(notification.Message, 'hello €');
  assert.equal(notification.MessageId, MessageId);
  assert.equal(told.headers['x-amz-sns-message-type'], 'Notification');
  assert.equal(told.headers['x-amz-sns-message-id'], MessageId);
  assert.equal(told.headers['x-amz-sns-subscription-arn'], SubscriptionArn);
  assert.equal(told.headers['x-amz-sns-rawdelivery'], undefined);
});

// SNS-606 SNS-607 SNS-608 SNS-609
test('Raw delivery is the message alone, of the type that the policy says and in the form of the protocol', async (t) => {
  const { topics, TopicArn } = await stage(t);
  const receiver = await Receiver.start(t);
  await confirmed(topics, TopicArn, receiver, {
    RawMessageDelivery: 'true',
    DeliveryPolicy: JSON.stringify({ requestPolicy: { headerContentType: 'application/xml' } }),
  });
  const Message = JSON.stringify({ default: 'd', sqs: 'q', http: '<h/>' });
  await topics.send(new sns.PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
  const [, told] = await receiver.seen(2);
  assert.equal(told.body, '<h/>');
  assert.equal(told.headers['x-amz-sns-rawdelivery'], 'true');
  assert.equal(told.headers['content-type'], 'application/xml');
});

for (const version of ['1', '2']) {
  // SNS-601 SNS-622
  test(`sns-validator accepts confirmation and notification and refuses an altered body; version ${version}`, async (t) => {
    const certificate = await ownCertificate(t);
    const front = await httpsFront(t, certificate);
    const { daemon, topics, TopicArn } = await stage(t, '--notification-url-base', front.base, '--webhook-ca-file', certificate.certFile);
    front.endpoint = daemon.endpoint;
    await topics.send(new sns.SetTopicAttributesCommand({ TopicArn, AttributeName: 'SignatureVersion', AttributeValue: version }));

    // The receiver speaks https itself, with a certificate that the daemon was told to trust.
    const server = createTlsServer(certificate);
    const receiver = await Receiver.start(t, () => 200, server);
    await subscribe(topics, TopicArn, `https://localhost:${receiver.port}/`);
    const validator = new MessageValidator(/^localhost:\d+$/);
    const validate = (message) =>
      new Promise((resolve) => validator.validate(message, (error) => resolve(error?.message ?? 'genuine')));
    const confirmation = JSON.parse((await receiver.seen(1))[0].body);
    assert.equal(await validate({ ...confirmation }), 'genuine');
    assert.equal(await validate({ ...confirmation, Token: `${confirmation.Token}0` }), 'The message signature is invalid.');
    assert.ok(confirmation.SubscribeURL.startsWith(`${front.base}/?Action=ConfirmSubscription&TopicArn=`));
    assert.equal((await fetch(confirmation.SubscribeURL.replace(front.base, front.endpoint))).status, 200);

    await topics.send(new sns.PublishCommand({ TopicArn, Message: 'lines\nand €, \\' }));
    const notification = JSON.parse((await receiver.seen(2))[1].body);
    assert.equal(notification.SignatureVersion, version);
    assert.equal(await validate({ ...notification }), 'genuine');
    assert.equal(await validate({ ...notification, Message: 'other' }), 'The message signature is invalid.');
  });
}

// SNS-618
test('A receiver by https whose certificate nobody vouches for gets nothing', async (t) => {
  const certificate = await ownCertificate(t);
  const { daemon, topics, TopicArn } = await stage(t);
  const server = createTlsServer(certificate);
  const receiver = await Receiver.start(t, () => 200, server);
  await subscribe(topics, TopicArn, `https://user:secret@localhost:${receiver.port}/`, {
    DeliveryPolicy: policy({ minDelayTarget: 1, maxDelayTarget: 1, numRetries: 0 }),
  });
  const deadline = Date.now() + 20_000;
  while (!daemon.said.includes('could not be told of its subscription') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.match(daemon.said, /could not be told of its subscription/);
  assert.ok(!daemon.said.includes('secret'));
  assert.equal(receiver.requests.length, 0);
});

// SNS-605 SNS-610 SNS-611
test('After 503 it is tried again at the pace of the policy, under the same id', async (t) => {
  const { topics, TopicArn } = await stage(t);
  const receiver = await Receiver.start(t, ({ headers }) =>
    headers['x-amz-sns-message-type'] === 'Notification' && receiver.requests.length < 5 ? 503 : 200,
  );
  await confirmed(topics, TopicArn, receiver, {
    DeliveryPolicy: policy({ minDelayTarget: 1, maxDelayTarget: 2, numRetries: 3, numNoDelayRetries: 1, numMinDelayRetries: 1, numMaxDelayRetries: 1 }),
  });
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello' }));
  const attempts = (await receiver.seen(5)).slice(1);
  // No sooner; how much later is the machine's.
  for (const [retry, least] of [[2, 1], [3, 2]]) {
    assert.ok(attempts[retry].at - attempts[retry - 1].at + 50 >= least * 1000, `retry ${retry}`);
  }
  assert.equal(new Set(attempts.map(({ headers }) => headers['x-amz-sns-message-id'])).size, 1);
});

// SNS-610 SNS-615
test('4xx and redirects are final, and the dead-letter queue has the very message', async (t) => {
  const { topics, TopicArn, queues } = await stage(t);
  for (const status of [404, 302]) {
    const receiver = await Receiver.start(t, ({ headers }) =>
      headers['x-amz-sns-message-type'] === 'Notification' ? [status, { Location: 'http://127.0.0.1:1/' }] : 200,
    );
    const lost = await Queue.create(queues);
    const SubscriptionArn = await confirmed(topics, TopicArn, receiver, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(lost) }),
    });
    const { MessageId } = await topics.send(new sns.PublishCommand({ TopicArn, Message: `hello ${status}` }));
    const [dead] = await lost.receive({ WaitTimeSeconds: 20, MessageAttributeNames: ['All'] });
    const body = JSON.parse(dead.Body);
    assert.deepEqual([body.Message, body.MessageId], [`hello ${status}`, MessageId]);
    assert.equal(receiver.requests.length, 2);
    await topics.send(new sns.UnsubscribeCommand({ SubscriptionArn }));
  }
});

// SNS-615
test('A dead receiver ends in the dead-letter queue, raw as it would have been, and across kills', async (t) => {
  const { data, daemon, topics, TopicArn, queues } = await stage(t);
  const receiver = await Receiver.start(t, ({ headers }) =>
    headers['x-amz-sns-message-type'] === 'Notification' ? 503 : 200,
  );
  const lost = await Queue.create(queues);
  await confirmed(topics, TopicArn, receiver, {
    RawMessageDelivery: 'true',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(lost) }),
    DeliveryPolicy: policy({ minDelayTarget: 2, maxDelayTarget: 2, numRetries: 3 }),
  });
  await topics.send(
    new sns.PublishCommand({ TopicArn, Message: 'hello', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } }),
  );
  await receiver.seen(2);
  await daemon.kill();
  const second = await Daemon.start(data);
  await receiver.seen(3);
  await second.kill();
  const third = await Daemon.start(data);
  t.after(() => third.stop());
  lost.client = third.client();
  lost.url = lost.url.replace(daemon.endpoint, third.endpoint);
  const [dead] = await lost.receive({ WaitTimeSeconds: 20, MessageAttributeNames: ['All'] });
  assert.equal(dead.Body, 'hello');
  assert.equal(dead.MessageAttributes.a.StringValue, 'b');
  // A kill between an attempt and its report costs one; there are never more than the policy says.
  assert.ok(receiver.requests.length >= 3 && receiver.requests.length <= 5, `${receiver.requests.length}`);
});

test('A silent receiver does not delay another', async (t) => {
  const { topics, TopicArn } = await stage(t);
  const silent = await Receiver.start(t, ({ headers }) =>
    headers['x-amz-sns-message-type'] === 'Notification' ? 'silence' : 200,
  );
  const quick = await Receiver.start(t);
  await confirmed(topics, TopicArn, silent);
  await confirmed(topics, TopicArn, quick);
  for (let number = 0; number < 30; ++number) {
    await topics.send(new sns.PublishCommand({ TopicArn, Message: `m${number}` }));
  }
  await quick.seen(31);
  // Before one of its deliveries was given up, for then it would hear the next.
  assert.ok(silent.requests.length <= 1 + 8, `${silent.requests.length}`);
});

// SNS-617
test('Credentials in the URL are given when they are asked for, and never shown', async (t) => {
  const { daemon, topics, TopicArn } = await stage(t);
  const md5 = (text) => createHash('md5').update(text).digest('hex');
  for (const scheme of ['Basic', 'Digest']) {
    const good = ({ headers, method, url }) => {
      const given = headers.authorization;
      if (!given) return false;
      if (scheme === 'Basic') return given === `Basic ${Buffer.from('me:pass word').toString('base64')}`;
      const said = Object.fromEntries([...given.matchAll(/(\w+)=(?:"([^"]*)"|([^ ,]+))/g)].map(([, k, a, b]) => [k, a ?? b]));
      const [one, two] = [md5('me:r:pass word'), md5(`${method}:${url}`)];
      return said.response === md5(`${one}:n1:${said.nc}:${said.cnonce}:auth:${two}`) && said.opaque === 'o';
    };
    const challenge = scheme === 'Basic' ? 'Basic realm="r"' : 'Digest realm="r", nonce="n1", qop="auth", opaque="o"';
    const receiver = await Receiver.start(t, (request) => (good(request) ? 200 : [401, { 'WWW-Authenticate': challenge }]));
    const { SubscriptionArn } = await subscribe(topics, TopicArn, `http://me:pass%20word@127.0.0.1:${receiver.port}/x`);
    const [first, second] = await receiver.seen(2);
    assert.equal(first.headers.authorization, undefined);
    assert.ok(good(second));
    await topics.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token: JSON.parse(second.body).Token }));
    const { Attributes } = await topics.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn }));
    assert.equal(Attributes.Endpoint, `http://me:****@127.0.0.1:${receiver.port}/x`);
  }
  assert.ok(!daemon.said.includes('pass'));
});

// SNS-619
test('Whoever visits the UnsubscribeURL has the receiver told, who can undo it', async (t) => {
  const { topics, TopicArn } = await stage(t);
  const receiver = await Receiver.start(t);
  const SubscriptionArn = await confirmed(topics, TopicArn, receiver);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'one' }));
  const { UnsubscribeURL } = JSON.parse((await receiver.seen(2))[1].body);
  assert.equal((await fetch(UnsubscribeURL)).status, 200);
  const goodbye = (await receiver.seen(3))[2];
  assert.equal(goodbye.headers['x-amz-sns-message-type'], 'UnsubscribeConfirmation');
  assert.equal(goodbye.headers['x-amz-sns-subscription-arn'], SubscriptionArn);
  await assert.rejects(topics.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn })), sns.NotFoundException);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'unheard' }));
  assert.equal((await fetch(JSON.parse(goodbye.body).SubscribeURL)).status, 200);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'two' }));
  assert.equal(JSON.parse((await receiver.seen(4))[3].body).Message, 'two');
});

test('Nothing is sent to link-local addresses, and to private ones only where that is permitted', async (t) => {
  const { topics, TopicArn } = await stage(t, '--webhook-targets', 'public');
  for (const host of ['127.0.0.1:1', '10.0.0.1', '[::1]', '[fd00::1]', '169.254.169.254', 'localhost', '[::ffff:10.0.0.1]']) {
    await assert.rejects(subscribe(topics, TopicArn, `http://${host}/`), {
      name: /InvalidParameter/,
      message: 'Invalid parameter: Unreachable Endpoint',
    });
  }
  const open = await stage(t);
  await assert.rejects(subscribe(open.topics, open.TopicArn, 'http://169.254.169.254/latest'), /Unreachable Endpoint/);
});

// SNS-602 SNS-619 SNS-620
test('Where callers are verified private receivers are a choice, and a receiver needs no name to confirm', async (t) => {
  const directory = await scratchDirectory(t);
  const file = join(directory, 'credentials.yaml');
  const drawn = await printed('credentials', 'add', '--credentials', file, '--user', 'alice');
  const credentials = {
    accessKeyId: /^access_key_id: (\S+)$/m.exec(drawn)[1],
    secretAccessKey: /^secret_access_key: (\S+)$/m.exec(drawn)[1],
  };
  const begin = async (...flags) => {
    const daemon = await Daemon.start(join(directory, 'data'), '--credentials', file, ...flags);
    t.after(() => daemon.stop());
    const topics = new sns.SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials });
    t.after(() => topics.destroy());
    const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: 'news' }));
    return { daemon, topics, TopicArn };
  };
  const receiver = await Receiver.start(t);
  const closed = await begin();
  await assert.rejects(subscribe(closed.topics, closed.TopicArn, receiver.url), /Unreachable Endpoint/);
  // 127.0.0.1 in a form that only the resolver understands.
  await subscribe(closed.topics, closed.TopicArn, `http://2130706433:${receiver.port}/`);
  const deadline = Date.now() + 20_000;
  while (!closed.daemon.said.includes('nothing may be sent to its address') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.match(closed.daemon.said, /nothing may be sent to its address/);
  assert.equal(receiver.requests.length, 0);
  await closed.daemon.stop();

  const { topics, TopicArn } = await begin('--webhook-targets', 'any');
  const SubscriptionArn = await confirmed(topics, TopicArn, receiver);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello' }));
  const { UnsubscribeURL, Message } = JSON.parse((await receiver.seen(2))[1].body);
  assert.equal(Message, 'hello');
  assert.equal((await fetch(UnsubscribeURL)).status, 200);
  const { SubscribeURL, Token } = JSON.parse((await receiver.seen(3))[2].body);
  assert.equal((await fetch(SubscribeURL.replace(Token, '0'.repeat(64)))).status, 400);
  assert.equal((await fetch(SubscribeURL)).status, 200);
  await topics.send(new sns.GetSubscriptionAttributesCommand({ SubscriptionArn }));

  // Confirmed with a name that is to be asked for.
  const strict = await subscribe(topics, TopicArn, `${receiver.url}&strict`);
  const asked = JSON.parse((await receiver.seen(4))[3].body);
  await topics.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token: asked.Token, AuthenticateOnUnsubscribe: 'true' }));
  const url = UnsubscribeURL.replace(SubscriptionArn, strict.SubscriptionArn);
  assert.equal((await fetch(url)).status, 403);
  await topics.send(new sns.UnsubscribeCommand({ SubscriptionArn: strict.SubscriptionArn }));
});
