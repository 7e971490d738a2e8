// Topics by the official SDK: what applications see of publishing, and a receiver that verifies signatures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sns from '@aws-sdk/client-sns';
import MessageValidator from 'sns-validator';

import { Daemon } from './daemon.js';
import { httpsFront, ownCertificate } from './https_front.js';
import { Queue } from './queue.js';
import { arnOf, topicStage } from './topic_stage.js';

const subscribe = (topics, TopicArn, queue, Attributes = {}) =>
  topics.send(
    new sns.SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arnOf(queue), Attributes, ReturnSubscriptionArn: true }),
  );

test('A publication reaches the queues whose filters want it, raw or in an envelope', async (t) => {
  const { topics, queues } = await topicStage(t);
  const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: 'news', Tags: [{ Key: 'a', Value: 'b' }] }));
  const [all, red, raw] = [await Queue.create(queues), await Queue.create(queues), await Queue.create(queues)];
  await subscribe(topics, TopicArn, all);
  await subscribe(topics, TopicArn, red, { FilterPolicy: '{"color":["red"]}' });
  await subscribe(topics, TopicArn, raw, { RawMessageDelivery: 'true' });

  const { MessageId } = await topics.send(
    new sns.PublishCommand({
      TopicArn,
      Message: 'hello €',
      Subject: 'greeting',
      MessageAttributes: {
        color: { DataType: 'String', StringValue: 'blue' },
        bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
      },
    }),
  );
  const [enveloped] = await all.receive();
  const body = JSON.parse(enveloped.Body);
  assert.equal(body.MessageId, MessageId);
  assert.equal(body.Message, 'hello €');
  assert.equal(body.Subject, 'greeting');
  assert.deepEqual(body.MessageAttributes, {
    bytes: { Type: 'Binary', Value: 'AP8=' },
    color: { Type: 'String', Value: 'blue' },
  });
  assert.deepEqual(await red.receive(), []);
  const [plain] = await raw.receive({ MessageAttributeNames: ['All'] });
  assert.equal(plain.Body, 'hello €');
  assert.deepEqual([...plain.MessageAttributes.bytes.BinaryValue], [0, 255]);
});

test('Every action of topics and subscriptions is understood by the SDK', async (t) => {
  const { topics, queues } = await topicStage(t);
  const ask = (command, input) => topics.send(new sns[`${command}Command`](input));
  const { TopicArn } = await ask('CreateTopic', { Name: 'news', Attributes: { DisplayName: 'News' } });
  const queue = await Queue.create(queues);
  const { SubscriptionArn } = await subscribe(topics, TopicArn, queue);
  assert.deepEqual((await ask('ListTopics', {})).Topics, [{ TopicArn }]);
  assert.equal((await ask('GetTopicAttributes', { TopicArn })).Attributes.SubscriptionsConfirmed, '1');
  await ask('SetTopicAttributes', { TopicArn, AttributeName: 'SignatureVersion', AttributeValue: '2' });
  await ask('TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'k', Value: 'v' }] });
  assert.deepEqual((await ask('ListTagsForResource', { ResourceArn: TopicArn })).Tags, [{ Key: 'k', Value: 'v' }]);
  await ask('UntagResource', { ResourceArn: TopicArn, TagKeys: ['k'] });
  await ask('AddPermission', { TopicArn, Label: 'l', AWSAccountId: ['123456789012'], ActionName: ['Publish'] });
  await ask('RemovePermission', { TopicArn, Label: 'l' });
  await ask('PutDataProtectionPolicy', { ResourceArn: TopicArn, DataProtectionPolicy: '{}' });
  assert.equal((await ask('GetDataProtectionPolicy', { ResourceArn: TopicArn })).DataProtectionPolicy, '{}');
  assert.equal((await ask('ListSubscriptions', {})).Subscriptions[0].SubscriptionArn, SubscriptionArn);
  assert.equal((await ask('ListSubscriptionsByTopic', { TopicArn })).Subscriptions[0].Endpoint, arnOf(queue));
  await ask('SetSubscriptionAttributes', { SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' });
  assert.equal((await ask('GetSubscriptionAttributes', { SubscriptionArn })).Attributes.RawMessageDelivery, 'true');
  const { Successful, Failed } = await ask('PublishBatch', {
    TopicArn,
    PublishBatchRequestEntries: [
      { Id: 'a', Message: 'one' },
      { Id: 'b', Message: 'two' },
    ],
  });
  assert.deepEqual([Successful.map(({ Id }) => Id), Failed], [['a', 'b'], []]);
  assert.deepEqual((await queue.receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body), ['one', 'two']);
  await ask('Unsubscribe', { SubscriptionArn });
  await ask('DeleteTopic', { TopicArn });
  await assert.rejects(ask('Publish', { TopicArn, Message: 'x' }), sns.NotFoundException);
  await assert.rejects(ask('Publish', { TopicArn: 'x', Message: 'x' }), sns.InvalidParameterException);
  await assert.rejects(ask('TagResource', { ResourceArn: TopicArn, Tags: [] }), { name: /ValidationException|ValidationError|ResourceNotFoundException/ });
});

test('A FIFO topic keeps order and takes each message once', async (t) => {
  const { topics, queues } = await topicStage(t);
  const { TopicArn } = await topics.send(
    new sns.CreateTopicCommand({ Name: 'pay.fifo', Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' } }),
  );
  const queue = await Queue.create(queues);
  await subscribe(topics, TopicArn, queue, { RawMessageDelivery: 'true' });
  const publish = (Message) => topics.send(new sns.PublishCommand({ TopicArn, Message, MessageGroupId: 'g' }));
  const first = await publish('one');
  const second = await publish('two');
  const again = await publish('one');
  assert.ok(BigInt(first.SequenceNumber) < BigInt(second.SequenceNumber));
  assert.deepEqual([again.MessageId, again.SequenceNumber], [first.MessageId, first.SequenceNumber]);
  assert.deepEqual((await queue.receive({ MaxNumberOfMessages: 10 })).map(({ Body }) => Body), ['one', 'two']);
});

test('Topics and subscriptions are there after a kill, and a hundred queues have what was acknowledged', async (t) => {
  const { data, daemon, topics, queues } = await topicStage(t, '--recreate-wait', '0');
  const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: 'news' }));
  const all = [];
  for (let number = 0; number < 100; ++number) {
    const queue = await Queue.create(queues);
    await subscribe(topics, TopicArn, queue, { RawMessageDelivery: 'true' });
    all.push(queue);
  }
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'first' }));
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'second' }));
  await daemon.kill();
  const again = await Daemon.start(data);
  t.after(() => again.stop());
  const client = again.client();
  for (const queue of all) {
    queue.client = client;
    queue.url = queue.url.replace(daemon.endpoint, again.endpoint);
    const bodies = [];
    while (bodies.length < 2) {
      const messages = await queue.receive({ MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
      assert.notEqual(messages.length, 0, `${queue.name} has ${bodies}`);
      bodies.push(...messages.map(({ Body }) => Body));
    }
    assert.deepEqual(bodies.sort(), ['first', 'second']);
    assert.deepEqual(await queue.receive(), []);
  }
});

for (const version of ['1', '2']) {
  test(`sns-validator accepts what a queue receives, and nothing that was altered; version ${version}`, async (t) => {
    const certificate = await ownCertificate(t);
    const front = await httpsFront(t, certificate);
    const { daemon, topics, queues } = await topicStage(t, '--notification-url-base', front.base);
    front.endpoint = daemon.endpoint;

    const { TopicArn } = await topics.send(
      new sns.CreateTopicCommand({ Name: 'news', Attributes: { SignatureVersion: version } }),
    );
    const queue = await Queue.create(queues);
    await subscribe(topics, TopicArn, queue);
    const validator = new MessageValidator(/^localhost:\d+$/);
    const validate = (message) =>
      new Promise((resolve) => validator.validate(message, (error) => resolve(error?.message ?? 'genuine')));
    for (const more of [{}, { Subject: 'a "subject"' }]) {
      await topics.send(new sns.PublishCommand({ TopicArn, Message: 'lines\nand €, 😀, \\', ...more }));
      const [received] = await queue.receive();
      await queue.delete(received);
      const body = JSON.parse(received.Body);
      assert.equal(body.SignatureVersion, version);
      assert.equal(await validate({ ...body }), 'genuine');
      assert.equal(await validate({ ...body, Message: 'other' }), 'The message signature is invalid.');
    }
  });
}

test('Signatures can be left out', async (t) => {
  const { topics, queues } = await topicStage(t, '--sign-notifications', 'false');
  const { TopicArn } = await topics.send(new sns.CreateTopicCommand({ Name: 'news' }));
  const queue = await Queue.create(queues);
  await subscribe(topics, TopicArn, queue);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'm' }));
  const [received] = await queue.receive();
  assert.deepEqual(Object.keys(JSON.parse(received.Body)), ['Type', 'MessageId', 'TopicArn', 'Message', 'Timestamp', 'UnsubscribeURL']);
});
