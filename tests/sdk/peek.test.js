// Looking at messages without receiving them, by our own page and by the one that LocalStack made known.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient,
  SendMessageBatchCommand, SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';

import { Daemon, printed, scratchDirectory } from './daemon.js';
import { asked, controlled } from './test_controls.js';

async function collected(messages) {
  const all = [];
  for await (const message of messages) all.push(message);
  return all;
}

async function stage(t, attributes = {}, ...flags) {
  const { daemon, penstock } = await controlled(t, ...flags);
  const client = daemon.client();
  const name = attributes.FifoQueue ? 'mail.fifo' : 'mail';
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return { daemon, penstock, client, QueueUrl, name };
}

test('Messages are shown with their state and attributes, and nothing is consumed or counted', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one', MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' }, raw: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) } } }));
  await client.send(new ReceiveMessageCommand({ QueueUrl }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'two' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'three', DelaySeconds: 600 }));
  for (let round = 0; round < 2; ++round) {
    const [one, two, three, ...more] = await collected(penstock.peek('mail'));
    assert.deepEqual(more, []);
    assert.deepEqual([one.Body, one.State, one.Attributes.ApproximateReceiveCount], ['one', 'in-flight', '1']);
    assert.deepEqual([two.Body, two.State, two.Attributes.ApproximateReceiveCount], ['two', 'visible', '0']);
    assert.deepEqual([three.Body, three.State], ['three', 'delayed']);
    assert.deepEqual(one.MessageAttributes, { kind: { StringValue: 'order', DataType: 'String' }, raw: { BinaryValue: 'AP8=', DataType: 'Binary' } });
    assert.ok(Number(one.VisibleAt) > Number(one.Attributes.SentTimestamp));
    assert.ok(Number(three.VisibleAt) - Number(three.Attributes.SentTimestamp) === 600_000);
    assert.ok(!JSON.stringify([one, two, three]).includes('ReceiptHandle'));
  }
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }));
  assert.equal(Messages[0].Body, 'two');
  assert.equal(Messages[0].Attributes.ApproximateReceiveCount, '1');
});

test('Messages are found by text, attribute and state', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t);
  const attribute = (StringValue) => ({ kind: { DataType: 'String', StringValue } });
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a red fox', MessageAttributes: attribute('animal') }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a red rose', MessageAttributes: attribute('plant') }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a stone' }));
  const bodies = async (look) => (await collected(penstock.peek(QueueUrl, look))).map((message) => message.Body);
  assert.deepEqual(await bodies({ Text: 'red' }), ['a red fox', 'a red rose']);
  assert.deepEqual(await bodies({ Attribute: 'kind', Value: 'plant' }), ['a red rose']);
  assert.deepEqual(await bodies({ Attribute: 'kind' }), ['a red fox', 'a red rose']);
  assert.deepEqual(await bodies({ Text: 'red', Attribute: 'kind', Value: 'animal' }), ['a red fox']);
  assert.deepEqual(await bodies({ State: 'in-flight,delayed' }), []);
});

test('A deep queue is shown page by page, each message once, while others go on', async (t) => {
  const { daemon, penstock, client, QueueUrl } = await stage(t, {}, '--window-memory-max', '1MiB');
  const batches = 60;
  for (let batch = 0; batch < batches; ++batch) {
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: `${batch * 10 + at} ${'x'.repeat(6000)}` })) }));
  }
  const first = await asked(daemon, '/messages?Queue=mail&MaxMessages=1000');
  assert.ok(first.json.NextToken, 'one answer holds about a mebibyte');
  assert.ok(first.text.length < 4 << 20);
  const seen = (await collected(penstock.peek('mail'))).map((message) => Number(message.Body.split(' ')[0]));
  assert.deepEqual(seen, Array.from({ length: batches * 10 }, (_, at) => at));
  assert.deepEqual((await collected(penstock.peek('mail', { Text: '599 x' }))).length, 1);
});

test('A FIFO queue is shown in order, with groups and sequence numbers', async (t) => {
  const { penstock, client, QueueUrl } = await stage(t, { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  for (const MessageBody of ['one', 'two']) await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'] }));
  const seen = await collected(penstock.peek('mail.fifo'));
  assert.deepEqual(seen.map(({ Body, State }) => [Body, State]), [['one', 'in-flight'], ['two', 'visible']]);
  assert.equal(seen[0].Attributes.SequenceNumber, Messages[0].Attributes.SequenceNumber);
  assert.equal(seen[1].Attributes.MessageGroupId, 'g');
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0].ReceiptHandle }));
  assert.deepEqual((await collected(penstock.peek('mail.fifo'))).map(({ Body }) => Body), ['two']);
});

test('A notification is shown in its envelope, or unwrapped if that is asked for', async (t) => {
  const { daemon, penstock, client, QueueUrl } = await stage(t);
  const sns = new SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  t.after(() => sns.destroy());
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:mail' }));
  await sns.send(new PublishCommand({ TopicArn, Message: 'hello', Subject: 'greeting', MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } }));
  const [wrapped] = await collected(penstock.peek('mail'));
  assert.equal(JSON.parse(wrapped.Body).Message, 'hello');
  assert.equal(JSON.parse(wrapped.Body).Type, 'Notification');
  const [plain] = await collected(penstock.peek('mail', { Unwrap: true }));
  assert.equal(plain.Body, 'hello');
  assert.deepEqual([plain.Notification.TopicArn, plain.Notification.Subject], [TopicArn, 'greeting']);
  assert.equal(plain.MessageAttributes.kind.StringValue, 'x');
  assert.equal((await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes.ApproximateNumberOfMessages, '1');
});

test('A queue that is not there is refused by name', async (t) => {
  const { daemon } = await controlled(t);
  const { status, json } = await asked(daemon, '/messages?Queue=nobody');
  assert.equal(status, 404);
  assert.match(json.error, /does not exist/);
});

// ---- LocalStack's page

test('The page of LocalStack answers in XML and JSON, by QueueUrl and by path', async (t) => {
  const { daemon, client, QueueUrl } = await stage(t);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one <&>', MessageAttributes: { kind: { DataType: 'String', StringValue: 'order' } } }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'two' }));
  const page = async (path, headers = {}) => {
    const response = await fetch(`${daemon.endpoint}/_aws/sqs/messages${path}`, { headers });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  const byUrl = `?QueueUrl=${encodeURIComponent(QueueUrl)}`;
  for (const path of [byUrl, '/us-east-1/000000000000/mail']) {
    const xml = await page(path);
    assert.equal(xml.status, 200);
    assert.match(xml.type, /^text\/xml/);
    assert.match(xml.text, /<ReceiveMessageResponse xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"><ReceiveMessageResult><Message>/);
    assert.match(xml.text, /<Body>one &lt;&amp;&gt;<\/Body>/);
    assert.match(xml.text, /<Attribute><Name>ApproximateReceiveCount<\/Name><Value>0<\/Value><\/Attribute>/);
    const json = JSON.parse((await page(path, { Accept: 'application/json' })).text);
    const { Message } = json.ReceiveMessageResponse.ReceiveMessageResult;
    assert.deepEqual(Message.map(({ Body }) => Body), ['one <&>', 'two']);
    assert.deepEqual(Message[0].MessageAttribute, [{ Name: 'kind', Value: { StringValue: 'order', DataType: 'String' } }]);
    assert.ok(Message[0].Attribute.some(({ Name, Value }) => Name === 'SenderId' && Value === 'local'));
    assert.ok(json.ReceiveMessageResponse.ResponseMetadata.RequestId);
  }
  const missing = await page('/us-east-1/000000000000/nobody');
  assert.equal(missing.status, 400);
  assert.match(missing.text, /AWS.SimpleQueueService.NonExistentQueue/);
  assert.equal((await page('')).status, 400);
  assert.equal((await page('/us-east-1')).status, 404);
});

test('Hidden and delayed messages are on the page of LocalStack if they are asked for', async (t) => {
  const { daemon, client, QueueUrl } = await stage(t);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  await client.send(new ReceiveMessageCommand({ QueueUrl }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'two', DelaySeconds: 600 }));
  const bodies = async (more) => {
    const response = await fetch(`${daemon.endpoint}/_aws/sqs/messages?QueueUrl=${QueueUrl}${more}`, { headers: { Accept: 'application/json' } });
    return (await response.json()).ReceiveMessageResponse.ReceiveMessageResult.Message.map(({ Body }) => Body);
  };
  assert.deepEqual(await bodies(''), []);
  assert.deepEqual(await bodies('&ShowInvisible=true'), ['one']);
  assert.deepEqual(await bodies('&ShowDelayed=true'), ['two']);
  assert.deepEqual(await bodies('&ShowInvisible=true&ShowDelayed=true'), ['one', 'two']);
});

test('An SDK whose endpoint is the page of LocalStack sees messages without receiving them', async (t) => {
  const { daemon, client, QueueUrl } = await stage(t);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }));
  const peeking = new SQSClient({ endpoint: `${daemon.endpoint}/_aws/sqs/messages`, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' }, useQueueUrlAsEndpoint: false });
  t.after(() => peeking.destroy());
  for (let round = 0; round < 2; ++round) {
    const { Messages } = await peeking.send(new ReceiveMessageCommand({ QueueUrl }));
    assert.deepEqual(Messages.map(({ Body }) => Body), ['one']);
  }
});

test('Where signatures are verified, messages are shown by the admin side alone', async (t) => {
  const data = await scratchDirectory(t);
  const file = join(data, 'credentials.yaml');
  await printed('credentials', 'add', '--credentials', file, '--user', 'alice');
  const daemon = await Daemon.start(join(data, 'store'), '--admin-listen', '127.0.0.1:0', '--credentials', file);
  t.after(() => daemon.stop());
  assert.equal((await fetch(`${daemon.endpoint}/_aws/sqs/messages?QueueUrl=mail`)).status, 403);
  assert.equal((await asked(daemon, '/_aws/sqs/messages?QueueUrl=mail')).status, 400); // no such queue
});
