// Endpoints that are out of reach: what they would have been handed is on the admin address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sns from '@aws-sdk/client-sns';

import { Daemon } from './daemon.js';
import { identity, topicStage } from './topic_stage.js';

async function stage(t, ...flags) {
  const stage = await topicStage(t, '--admin-listen', '127.0.0.1:0', ...flags);
  const { TopicArn } = await stage.topics.send(new sns.CreateTopicCommand({ Name: 'news' }));
  return { ...stage, TopicArn };
}

const subscribe = (topics, TopicArn, Protocol, Endpoint, Attributes = {}) =>
  topics.send(new sns.SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }));

async function page(daemon, query = '') {
  const answer = await fetch(`${daemon.admin}/sns/deliveries${query}`);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  return { status: answer.status, ...(await answer.json()) };
}

// The page, as soon as it has so many.
async function pageOf(daemon, count, query) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await page(daemon, query);
    if (seen.deliveries.length >= count) return seen;
    assert.ok(Date.now() < deadline, `${seen.deliveries.length} deliveries of ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const lambda = 'arn:aws:lambda:us-east-1:000000000000:function:handle';
const firehose = 'arn:aws:firehose:us-east-1:000000000000:deliverystream/keep';

// SNS-801 SNS-802 SNS-803 SNS-804
test('Functions, streams and telephones are confirmed at once, and what they would get is recorded', async (t) => {
  const { topics, daemon, TopicArn } = await stage(t);
  const { SubscriptionArn } = await subscribe(topics, TopicArn, 'lambda', lambda);
  const role = { SubscriptionRoleArn: 'arn:aws:iam::000000000000:role/r' };
  await subscribe(topics, TopicArn, 'firehose', firehose, role);
  await subscribe(topics, TopicArn, 'firehose', `${firehose}-raw`, { ...role, RawMessageDelivery: 'true' });
  await subscribe(topics, TopicArn, 'sms', '+15550100');
  const listed = await topics.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.ok(listed.Subscriptions.every((one) => one.SubscriptionArn.startsWith(TopicArn)));

  const { MessageId } = await topics.send(
    new sns.PublishCommand({
      TopicArn,
      Message: 'hello',
      MessageAttributes: { n: { DataType: 'Number', StringValue: '7' } },
    }),
  );
  const { deliveries, recorded, dropped, next } = await pageOf(daemon, 4);
  assert.deepEqual([recorded, dropped, next], [4, 0, 4]);
  const of = (Endpoint) => deliveries.find((one) => one.Endpoint === Endpoint);
  assert.equal(of(lambda).MessageId, MessageId);
  const [{ Sns, ...record }] = JSON.parse(of(lambda).Payload).Records;
  assert.deepEqual(record, { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: SubscriptionArn });
  assert.equal(Sns.Subject, null);
  assert.equal(Sns.Message, 'hello');
  assert.equal(Sns.SignatureVersion, '1');
  assert.deepEqual(Sns.MessageAttributes, { n: { Type: 'String', Value: '7' } });
  assert.match(Sns.SigningCertUrl, /\/SimpleNotificationService-[0-9a-f]{32}\.pem$/);
  const line = of(firehose).Payload;
  assert.ok(line.endsWith('}\n'));
  assert.deepEqual(Object.keys(JSON.parse(line)), [
    'Type', 'MessageId', 'TopicArn', 'Message', 'Timestamp', 'UnsubscribeURL', 'MessageAttributes',
  ]);
  assert.equal(of(`${firehose}-raw`).Payload, 'hello');
  assert.equal(of('+15550100').Payload, 'hello');
});

// SNS-709
test('Without a mail server mails are recorded, confirmations with their token too', async (t) => {
  const { topics, daemon, TopicArn } = await stage(t);
  await subscribe(topics, TopicArn, 'email', 'reader@example.com');
  const [asked] = (await pageOf(daemon, 1)).deliveries;
  assert.equal(asked.Type, 'SubscriptionConfirmation');
  await topics.send(new sns.ConfirmSubscriptionCommand({ TopicArn, Token: asked.Token }));
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello', Subject: 's' }));
  const [, told] = (await pageOf(daemon, 2)).deliveries;
  assert.equal(told.Subject, 's');
  assert.match(told.Payload, /^hello\n\n--\n/);
});

// SNS-801
test('A page is filtered and goes on where the last one ended; older deliveries make room and are counted', async (t) => {
  const { topics, daemon, TopicArn } = await stage(t, '--recorded-deliveries-max', '5');
  await subscribe(topics, TopicArn, 'sms', '+15550100');
  await subscribe(topics, TopicArn, 'lambda', lambda);
  for (let n = 1; n <= 4; n += 1) {
    await topics.send(new sns.PublishCommand({ TopicArn, Message: `m${n}` }));
    await pageOf(daemon, 1, `?after=${2 * n - 1}`);
  }
  const all = await page(daemon);
  assert.deepEqual([all.recorded, all.dropped, all.deliveries.length], [8, 3, 5]);
  assert.equal((await page(daemon, '?protocol=sms')).deliveries.length + (await page(daemon, '?protocol=lambda')).deliveries.length, 5);
  const first = await page(daemon, `?limit=2&topic=${encodeURIComponent(TopicArn)}`);
  const second = await page(daemon, `?limit=3&after=${first.next}`);
  assert.deepEqual([...first.deliveries, ...second.deliveries].map((one) => one.number), [4, 5, 6, 7, 8]);
  assert.equal((await page(daemon, '?after=8')).deliveries.length, 0);
  const metrics = await (await fetch(`${daemon.admin}/metrics`)).text();
  assert.match(metrics, /^penstock_recorded_deliveries_total 8$/m);
  assert.match(metrics, /^penstock_recorded_deliveries_dropped_total 3$/m);
  assert.match(metrics, /^penstock_recorded_deliveries_kept 5$/m);
  for (const query of ['?limit=0', '?limit=101', '?after=x', '?protocol=pigeon', '?a=%zz']) {
    const refusal = await page(daemon, query);
    assert.equal(refusal.status, 400, query);
    assert.ok(refusal.error.length > 10);
  }
});

// SNS-802 SNS-806
test('Each protocol gets its own text, and a function\'s event claims the first version of signatures', async (t) => {
  const { topics, daemon, TopicArn } = await stage(t);
  await topics.send(new sns.SetTopicAttributesCommand({ TopicArn, AttributeName: 'SignatureVersion', AttributeValue: '2' }));
  await subscribe(topics, TopicArn, 'lambda', lambda);
  await subscribe(topics, TopicArn, 'sms', '+15550100');
  await subscribe(topics, TopicArn, 'firehose', firehose, { SubscriptionRoleArn: 'arn:aws:iam::000000000000:role/r' });
  const Message = JSON.stringify({ default: 'd', lambda: 'for functions', sms: 'for telephones', sqs: 'for queues' });
  await topics.send(
    new sns.PublishCommand({
      TopicArn,
      Message,
      MessageStructure: 'json',
      MessageAttributes: { list: { DataType: 'String.Array', StringValue: '["a"]' }, bytes: { DataType: 'Binary', BinaryValue: Buffer.from('b') } },
    }),
  );
  const { deliveries } = await pageOf(daemon, 3);
  const payloadOf = (protocol) => deliveries.find((one) => one.Protocol === protocol).Payload;
  const [{ Sns }] = JSON.parse(payloadOf('lambda')).Records;
  assert.deepEqual([Sns.Message, Sns.SignatureVersion], ['for functions', '1']);
  assert.deepEqual(Sns.MessageAttributes, { list: { Type: 'String', Value: '["a"]' }, bytes: { Type: 'Binary', Value: 'Yg==' } });
  assert.equal(payloadOf('sms'), 'for telephones');
  assert.equal(JSON.parse(payloadOf('firehose')).Message, 'd');
});

// SNS-801
test('A restart forgets what was recorded, and nobody is left to think that nothing was', async (t) => {
  const { topics, daemon, data, TopicArn } = await stage(t);
  await subscribe(topics, TopicArn, 'sms', '+15550100');
  for (const Message of ['one', 'two']) await topics.send(new sns.PublishCommand({ TopicArn, Message }));
  const before = await pageOf(daemon, 2);
  assert.equal(before.kept, 2);
  assert.match(before.note, /a restart forgets/);
  const began = encodeURIComponent(before.began);
  assert.equal((await page(daemon, `?after=${before.next}&began=${began}`)).status, 200);
  await daemon.stop();
  assert.match(daemon.said, /the record of deliveries .* ends here.*kept=2/);

  const again = await Daemon.start(data, '--admin-listen', '127.0.0.1:0');
  t.after(() => again.stop());
  const after = await page(again);
  assert.deepEqual([after.recorded, after.kept, after.deliveries], [0, 0, []]);
  assert.ok(after.began > before.began);
  // A reader who goes on where it was, by the number or by the beginning.
  for (const query of [`?after=${before.next}`, `?began=${began}`]) {
    const refusal = await page(again, query);
    assert.equal(refusal.status, 410);
    assert.ok(refusal.error.includes(after.began), refusal.error);
  }
});

// SNS-805 SNS-806
test('Mobile push: what an endpoint would be handed is its platform\'s text, directly and by a topic', async (t) => {
  const { topics, daemon, TopicArn } = await stage(t);
  const { PlatformApplicationArn } = await topics.send(
    new sns.CreatePlatformApplicationCommand({ Name: 'app', Platform: 'GCM', Attributes: { PlatformCredential: 'key' } }),
  );
  const { EndpointArn } = await topics.send(new sns.CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'token' }));
  const Message = JSON.stringify({ default: 'd', GCM: '{"notification":{"title":"t"}}' });
  await topics.send(new sns.PublishCommand({ TargetArn: EndpointArn, Message, MessageStructure: 'json' }));
  await topics.send(new sns.PublishCommand({ TargetArn: EndpointArn, Message: 'plain' }));
  await subscribe(topics, TopicArn, 'application', EndpointArn);
  await topics.send(new sns.PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
  const { deliveries } = await pageOf(daemon, 3);
  assert.deepEqual(deliveries.map((one) => one.Payload), [
    '{"notification":{"title":"t"}}', '{"data":{"default":"plain"}}', '{"notification":{"title":"t"}}',
  ]);
  assert.ok(deliveries.every((one) => one.Endpoint === EndpointArn && one.Protocol === 'application'));
  await topics.send(new sns.SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: 'false' } }));
  await assert.rejects(topics.send(new sns.PublishCommand({ TargetArn: EndpointArn, Message: 'm' })), sns.EndpointDisabledException);
});

// SNS-804 SNS-916
test('Telephones: directly published, opted out and in again, and proven in the sandbox; all of it survives a kill', async (t) => {
  const { topics, daemon, data, TopicArn } = await stage(t);
  const phone = '+15550100';
  await topics.send(new sns.PublishCommand({ PhoneNumber: phone, Message: 'hello' }));
  assert.equal((await pageOf(daemon, 1)).deliveries[0].Payload, 'hello');

  const optOut = (body, type = 'application/json') =>
    fetch(`${daemon.admin}/sns/opted-out-numbers`, {
      method: 'POST',
      headers: { 'content-type': type, 'x-penstock-admin': '1' },
      body,
    });
  assert.equal((await optOut(JSON.stringify({ PhoneNumber: '+1-555-0100' }))).status, 200);
  assert.equal((await optOut('PhoneNumber=1', 'application/x-www-form-urlencoded')).status, 415);
  for (const body of ['[]', '{"PhoneNumber":1}', '{"PhoneNumber":"x"}', '{"Nobody":"x"}', '{}']) {
    assert.equal((await optOut(body)).status, 400, body);
  }
  assert.equal((await fetch(`${daemon.admin}/sns/opted-out-numbers`)).status, 405);
  await assert.rejects(topics.send(new sns.PublishCommand({ PhoneNumber: phone, Message: 'm' })), sns.OptedOutException);
  await subscribe(topics, TopicArn, 'sms', '+1-555-0100');
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'unheard' }));

  await topics.send(new sns.CreateSMSSandboxPhoneNumberCommand({ PhoneNumber: '+15550111' }));
  const [, coded] = (await pageOf(daemon, 2)).deliveries;
  assert.equal(coded.Endpoint, '+15550111');
  const [OneTimePassword] = coded.Payload.match(/[0-9]{6}/);
  await topics.send(new sns.SetSMSAttributesCommand({ attributes: { DefaultSMSType: 'Transactional' } }));
  await topics.send(new sns.VerifySMSSandboxPhoneNumberCommand({ PhoneNumber: '+15550111', OneTimePassword }));

  await daemon.kill();
  const again = await Daemon.start(data);
  t.after(() => again.stop());
  const later = new sns.SNSClient({ endpoint: again.endpoint, ...identity });
  t.after(() => later.destroy());
  const { PhoneNumbers } = await later.send(new sns.ListSMSSandboxPhoneNumbersCommand({}));
  assert.deepEqual(PhoneNumbers, [{ PhoneNumber: '+15550111', Status: 'Verified' }]);
  const { attributes } = await later.send(new sns.GetSMSAttributesCommand({}));
  assert.deepEqual(attributes, { MonthlySpendLimit: '1', DefaultSMSType: 'Transactional' });
  const { phoneNumbers } = await later.send(new sns.ListPhoneNumbersOptedOutCommand({}));
  assert.deepEqual(phoneNumbers, [phone]);
  assert.equal((await later.send(new sns.CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber: phone }))).isOptedOut, true);
  await later.send(new sns.OptInPhoneNumberCommand({ phoneNumber: phone }));
  await later.send(new sns.PublishCommand({ PhoneNumber: phone, Message: 'again' }));
});
