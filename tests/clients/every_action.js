// Everything that the daemon offers, by one of the SDKs for JavaScript. What differs between them is handed in:
//
//   call(action, input)  performs it: call('SendMessage', {QueueUrl, MessageBody})
//   topics(action, input) the same of SNS, if the SDK is here with it: topics('Publish', {TopicArn, Message})
//   codeOf(error)        the code as AWS Query has it, in whichever place the SDK puts it
//   classes              the SDK's error classes by name, if it has such
//   everywhere           false if the SDK has its classes in some actions only
//   more                 further bodies that it must read as they are
//
// All of them compare the digest of each body, at the send and at the receive, and fail if it differs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

// As the developer guide describes it: by name, each part behind its length, a byte for the kind of the value.
function attributesMd5(attributes) {
  const sized = (bytes) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return [size, bytes];
  };
  const parts = Object.keys(attributes)
    .sort()
    .flatMap((name) => {
      const { DataType, StringValue, BinaryValue } = attributes[name];
      const value = Buffer.from(BinaryValue ?? StringValue);
      const kind = Buffer.from([BinaryValue ? 2 : 1]);
      return [...sized(Buffer.from(name)), ...sized(Buffer.from(DataType)), kind, ...sized(value)];
    });
  return md5(Buffer.concat(parts));
}

const attributes = {
  kind: { DataType: 'String', StringValue: 'deposit, große' },
  amount: { DataType: 'Number', StringValue: '-12.50' },
  'labelled.one': { DataType: 'String.customer', StringValue: '<Ada> & "co"' },
  numbered: { DataType: 'Number.int', StringValue: '7' },
  bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
  picture: { DataType: 'Binary.png', BinaryValue: Uint8Array.of(0x89, 0x50) },
};
const trace = {
  AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
};

const texts = [
  'hello',
  'Grüße, 你好, 🚰',
  ' \t\r ',
  'a\r\n b\n',
  '<a>&"\'</a>',
  ']]>',
  'a+b%20c=d&e',
  'x'.repeat(1 << 20),
];

export function everyAction({ endpoint, call, topics, codeOf, classes = {}, everywhere = true, more = [] }) {
  const make = async (QueueName, Attributes = {}) =>
    (await call('CreateQueue', { QueueName, Attributes })).QueueUrl;
  const send = (QueueUrl, MessageBody, more = {}) => call('SendMessage', { QueueUrl, MessageBody, ...more });
  const receive = async (QueueUrl, more = {}) => {
    const wanted = { AttributeNames: ['All'], MessageAttributeNames: ['All'], ...more };
    return (await call('ReceiveMessage', { QueueUrl, ...wanted })).Messages ?? [];
  };
  const remove = (QueueUrl, { ReceiptHandle }) => call('DeleteMessage', { QueueUrl, ReceiptHandle });
  const described = async (QueueUrl, ...AttributeNames) =>
    (await call('GetQueueAttributes', { QueueUrl, AttributeNames })).Attributes;
  const counts = async (url) => {
    const all = await described(url, 'All');
    return ['', 'NotVisible', 'Delayed'].map((kind) => Number(all[`ApproximateNumberOfMessages${kind}`]));
  };
  const bodies = (messages) => messages.map(({ Body }) => Body);
  const refused = (promise, code, name) =>
    assert.rejects(promise, (error) => {
      assert.equal(codeOf(error), code, `${error.name}: ${error.message}`);
      if (name && classes[name]) assert.ok(error instanceof classes[name], `${error.name} is no ${name}`);
      return true;
    });
  const query = (code) => `AWS.SimpleQueueService.${code}`;

  test('A queue is created with attributes and tags, found and described', async () => {
    const Attributes = {
      DelaySeconds: '0',
      MaximumMessageSize: '2048',
      MessageRetentionPeriod: '86400',
      ReceiveMessageWaitTimeSeconds: '1',
      VisibilityTimeout: '41',
    };
    const tags = { team: 'ledger', größe: '1 = eins' };
    const { QueueUrl } = await call('CreateQueue', { QueueName: 'created', Attributes, tags });
    assert.equal(QueueUrl, `${endpoint}/000000000000/created`);
    assert.equal((await call('GetQueueUrl', { QueueName: 'created' })).QueueUrl, QueueUrl);
    assert.equal(await make('created', Attributes), QueueUrl);
    const all = await described(QueueUrl, 'All');
    for (const [name, value] of Object.entries(Attributes)) assert.equal(all[name], value, name);
    assert.equal(all.QueueArn, 'arn:aws:sqs:us-east-1:000000000000:created');
    assert.deepEqual({ ...(await call('ListQueueTags', { QueueUrl })).Tags }, tags);
  });

  test('Attributes are changed, and only those that are named are given', async () => {
    const QueueUrl = await make('changed');
    await call('SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '77', DelaySeconds: '3' } });
    const some = await described(QueueUrl, 'VisibilityTimeout', 'DelaySeconds');
    assert.deepEqual({ ...some }, { VisibilityTimeout: '77', DelaySeconds: '3' });
  });

  test('Tags are added, replaced and taken away', async () => {
    const QueueUrl = await make('tagged');
    assert.deepEqual({ ...(await call('ListQueueTags', { QueueUrl })).Tags }, {});
    await call('TagQueue', { QueueUrl, Tags: { a: '1', b: '2', c: '3' } });
    await call('TagQueue', { QueueUrl, Tags: { b: 'two' } });
    await call('UntagQueue', { QueueUrl, TagKeys: ['a', 'never there'] });
    assert.deepEqual({ ...(await call('ListQueueTags', { QueueUrl })).Tags }, { b: 'two', c: '3' });
  });

  test('Queues are listed by prefix, and page by page', async () => {
    const wanted = [];
    for (let i = 0; i < 23; ++i) wanted.push(await make(`page-${String(i).padStart(2, '0')}`));
    const whole = await call('ListQueues', { QueueNamePrefix: 'page-' });
    assert.deepEqual(whole.QueueUrls.toSorted(), wanted);
    const paged = [];
    let NextToken;
    do {
      const page = await call('ListQueues', { QueueNamePrefix: 'page-', MaxResults: 10, NextToken });
      assert.ok(page.QueueUrls.length <= 10);
      paged.push(...page.QueueUrls);
      ({ NextToken } = page);
    } while (NextToken);
    assert.deepEqual(paged.toSorted(), wanted);
    assert.deepEqual((await call('ListQueues', { QueueNamePrefix: 'nothing' })).QueueUrls ?? [], []);
  });

  test('A message comes back as it was sent, with its digests', async () => {
    const url = await make('whole');
    for (const text of [...texts, ...more]) {
      const sent = await send(url, text);
      assert.equal(sent.MD5OfMessageBody, md5(text));
      const [message] = await receive(url);
      assert.ok(message.Body === text, message.Body.slice(0, 80));
      assert.equal(message.MessageId, sent.MessageId);
      await remove(url, message);
    }
    assert.deepEqual(await counts(url), [0, 0, 0]);
  });

  test('Message attributes of every type and the trace header come back, with their digests', async () => {
    const url = await make('attributes', { VisibilityTimeout: '0' });
    const sent = await send(url, 'x', { MessageAttributes: attributes, MessageSystemAttributes: trace });
    assert.equal(sent.MD5OfMessageAttributes, attributesMd5(attributes));
    assert.equal(sent.MD5OfMessageSystemAttributes, attributesMd5(trace));
    const [message] = await receive(url);
    assert.deepEqual(Object.keys(message.MessageAttributes).sort(), Object.keys(attributes).sort());
    for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
      const got = message.MessageAttributes[name];
      assert.equal(got.DataType, DataType);
      assert.equal(got.StringValue, StringValue);
      assert.deepEqual(got.BinaryValue && [...got.BinaryValue], BinaryValue && [...BinaryValue]);
    }
    assert.equal(message.MD5OfMessageAttributes, attributesMd5(attributes));
    assert.equal(message.Attributes.AWSTraceHeader, trace.AWSTraceHeader.StringValue);
    assert.equal(message.Attributes.ApproximateReceiveCount, '1');
    const [some] = await receive(url, { MessageAttributeNames: ['amount', 'labelled.*'] });
    assert.deepEqual(Object.keys(some.MessageAttributes).sort(), ['amount', 'labelled.one']);
    const { amount, 'labelled.one': labelled } = attributes;
    assert.equal(some.MD5OfMessageAttributes, attributesMd5({ amount, 'labelled.one': labelled }));
  });

  test('A long poll wakes when a message arrives, and one for nothing waits its time', async () => {
    const url = await make('polled');
    const began = Date.now();
    assert.deepEqual(await receive(url, { WaitTimeSeconds: 1 }), []);
    assert.ok(Date.now() - began >= 900);
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await pause(200);
    await send(url, 'at last');
    assert.deepEqual(bodies(await waiting), ['at last']);
  });

  test('Visibility is changed, and a deleted message does not come back', async () => {
    const QueueUrl = await make('hidden');
    await send(QueueUrl, 'hello');
    const [{ ReceiptHandle }] = await receive(QueueUrl);
    assert.deepEqual(await receive(QueueUrl), []);
    assert.deepEqual(await counts(QueueUrl), [0, 1, 0]);
    await call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
    const [again] = await receive(QueueUrl);
    assert.equal(again.Attributes.ApproximateReceiveCount, '2');
    await remove(QueueUrl, again);
    assert.deepEqual(await counts(QueueUrl), [0, 0, 0]);
  });

  test('Batches of each kind do each entry by itself, and say which failed and why', async () => {
    const QueueUrl = await make('batched');
    const Entries = Array.from({ length: 9 }, (_, i) => ({
      Id: `e${i}`,
      MessageBody: `body ${i}`,
      MessageAttributes: attributes,
    }));
    Entries.push({ Id: 'later', MessageBody: 'delayed', DelaySeconds: 900 });
    const sent = await call('SendMessageBatch', { QueueUrl, Entries });
    assert.deepEqual(sent.Successful.map(({ Id }) => Id).sort(), Entries.map(({ Id }) => Id).sort());
    assert.deepEqual(await counts(QueueUrl), [9, 0, 1]);
    const messages = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
    assert.deepEqual(bodies(messages).sort(), bodies(Entries.slice(0, 9).map((e) => ({ Body: e.MessageBody }))));
    const handles = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    const wrong = { Id: 'wrong', ReceiptHandle: 'no handle at all' };
    const hide = (entry) => ({ ...entry, VisibilityTimeout: 600 });
    const halves = [handles.map(hide), [hide(wrong)]];
    const changed = await call('ChangeMessageVisibilityBatch', { QueueUrl, Entries: halves.flat() });
    assert.equal(changed.Successful.length, 9);
    assert.deepEqual(
      changed.Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
      [['wrong', 'ReceiptHandleIsInvalid', true]],
    );
    const deleted = await call('DeleteMessageBatch', { QueueUrl, Entries: [...handles, wrong] });
    assert.equal(deleted.Successful.length, 9);
    assert.deepEqual(
      deleted.Failed.map(({ Id, Code }) => [Id, Code]),
      [['wrong', 'ReceiptHandleIsInvalid']],
    );
    assert.deepEqual(await counts(QueueUrl), [0, 0, 1]);
  });

  test('A batch that is wrong as a whole is refused as a whole', async () => {
    const QueueUrl = await make('refused-batches');
    const batch = (...Entries) => call('SendMessageBatch', { QueueUrl, Entries });
    const entry = (Id, MessageBody = 'x') => ({ Id, MessageBody });
    const eleven = Array.from({ length: 11 }, (_, i) => entry(String(i)));
    for (const [code, entries] of [
      ['EmptyBatchRequest', []],
      ['BatchEntryIdsNotDistinct', [entry('a'), entry('a')]],
      ['TooManyEntriesInBatchRequest', eleven],
      ['InvalidBatchEntryId', [entry('not an id!')]],
      ['BatchRequestTooLong', [entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))]],
    ]) {
      await refused(batch(...entries), query(code), code);
    }
    assert.deepEqual(await counts(QueueUrl), [0, 0, 0]);
  });

  test('Errors have the classes and the codes that applications catch', async () => {
    const gone = [query('NonExistentQueue'), 'QueueDoesNotExist'];
    await refused(call('GetQueueUrl', { QueueName: 'missing' }), ...gone);
    const missing = `${endpoint}/000000000000/missing`;
    for (const [action, more] of [
      ['SendMessage', { MessageBody: 'x' }],
      ['ReceiveMessage'],
      ['PurgeQueue'],
      ['DeleteQueue'],
      ['ListQueueTags'],
      ['GetQueueAttributes', { AttributeNames: ['All'] }],
    ]) {
      const typed = everywhere || action === 'PurgeQueue';
      await refused(call(action, { QueueUrl: missing, ...more }), ...gone.slice(0, typed ? 2 : 1));
    }
    const url = await make('errors', { VisibilityTimeout: '7' });
    await refused(make('errors', { VisibilityTimeout: '8' }), 'QueueAlreadyExists', 'QueueNameExists');
    const name = 'ReceiptHandleIsInvalid';
    await refused(remove(url, { ReceiptHandle: 'nonsense' }), name, name);
    await refused(send(url, 'a\ufffe'), 'InvalidMessageContents', 'InvalidMessageContents');
    const colour = 'InvalidAttributeName';
    await refused(make('errors-2', { Colour: 'red' }), colour, everywhere && colour);
    await refused(make('errors-3', { VisibilityTimeout: '43201' }), 'InvalidAttributeValue');
    await refused(send(url, 'x', { DelaySeconds: 901 }), 'InvalidParameterValue');
    await refused(send(url, 'x'.repeat((1 << 20) + 1)), 'InvalidParameterValue');
    await refused(make('not a name'), 'InvalidParameterValue');
  });

  test('A purge empties, a second one is refused; a deleted queue is gone and its name not yet free', async () => {
    const QueueUrl = await make('purged');
    for (let DelaySeconds = 0; DelaySeconds < 3; ++DelaySeconds) await send(QueueUrl, 'x', { DelaySeconds });
    await receive(QueueUrl);
    await call('PurgeQueue', { QueueUrl });
    assert.deepEqual(await counts(QueueUrl), [0, 0, 0]);
    const again = call('PurgeQueue', { QueueUrl });
    await refused(again, query('PurgeQueueInProgress'), 'PurgeQueueInProgress');
    await call('DeleteQueue', { QueueUrl });
    await refused(receive(QueueUrl), query('NonExistentQueue'), everywhere && 'QueueDoesNotExist');
    await refused(make('purged'), query('QueueDeletedRecently'), 'QueueDeletedRecently');
  });

  test('A FIFO queue keeps the order within each group, a group at a time', async () => {
    const QueueUrl = await make('ordered.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    const numbers = [];
    for (let i = 0; i < 6; ++i) {
      numbers.push(BigInt((await send(QueueUrl, `a${i}`, { MessageGroupId: 'a' })).SequenceNumber));
    }
    assert.ok(numbers.every((number, i) => i === 0 || number > numbers[i - 1]));
    const Entries = Array.from({ length: 4 }, (_, i) => ({
      Id: String(i),
      MessageBody: `b${i}`,
      MessageGroupId: 'b',
      MessageDeduplicationId: `b-${i}`,
    }));
    assert.equal((await call('SendMessageBatch', { QueueUrl, Entries })).Successful.length, 4);
    const first = await receive(QueueUrl, { MaxNumberOfMessages: 3 });
    assert.deepEqual(bodies(first), ['a0', 'a1', 'a2']);
    assert.equal(first[0].Attributes.MessageGroupId, 'a');
    assert.equal(first[0].Attributes.SequenceNumber, String(numbers[0]));
    const second = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
    assert.deepEqual(bodies(second), ['b0', 'b1', 'b2', 'b3']); // a is locked
    for (const message of [...first, ...second]) await remove(QueueUrl, message);
    const third = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
    assert.deepEqual(bodies(third), ['a3', 'a4', 'a5']);
    const handles = third.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    assert.equal((await call('DeleteMessageBatch', { QueueUrl, Entries: handles })).Successful.length, 3);
    assert.deepEqual(await counts(QueueUrl), [0, 0, 0]);
  });

  test('A FIFO queue takes a deduplication id once, and repeats an attempt to receive', async () => {
    const url = await make('once.fifo', { FifoQueue: 'true' });
    const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const one = await send(url, 'first', ids);
    const two = await call('SendMessage', { QueueUrl: url, MessageBody: 'first', ...ids });
    assert.deepEqual([two.MessageId, two.SequenceNumber], [one.MessageId, one.SequenceNumber]);
    assert.deepEqual(await counts(url), [1, 0, 0]);
    const got = await receive(url, { ReceiveRequestAttemptId: 'attempt' });
    const again = await receive(url, { ReceiveRequestAttemptId: 'attempt' });
    assert.deepEqual(bodies(got), ['first']);
    assert.equal(again[0].ReceiptHandle, got[0].ReceiptHandle);
    await refused(send(url, 'no group'), 'MissingParameter');
    await refused(send(url, 'no id', { MessageGroupId: 'g' }), 'InvalidParameterValue');
    await refused(make('no-suffix', { FifoQueue: 'true' }), 'InvalidParameterValue');
  });

  test('Permissions are added and taken away', async () => {
    const QueueUrl = await make('permitted');
    const AWSAccountIds = ['111111111111'];
    const Actions = ['SendMessage', 'ReceiveMessage'];
    await call('AddPermission', { QueueUrl, Label: 'partner', AWSAccountIds, Actions });
    const [{ Sid, Principal, Action }] = JSON.parse((await described(QueueUrl, 'Policy')).Policy).Statement;
    assert.deepEqual({ Sid, Principal, Action }, {
      Sid: 'partner',
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: ['SQS:SendMessage', 'SQS:ReceiveMessage'],
    });
    await call('RemovePermission', { QueueUrl, Label: 'partner' });
    await refused(call('RemovePermission', { QueueUrl, Label: 'partner' }), 'InvalidParameterValue');
  });

  const arnOf = async (url) => (await described(url, 'QueueArn')).QueueArn;

  test('What is received too often is a dead letter, its sources are listed, and a move task brings it back', async () => {
    const dead = await make('dead');
    const deadLetterTargetArn = await arnOf(dead);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const url = await make('alive', { VisibilityTimeout: '0', RedrivePolicy });
    assert.deepEqual(JSON.parse((await described(url, 'All')).RedrivePolicy), JSON.parse(RedrivePolicy));
    assert.deepEqual((await call('ListDeadLetterSourceQueues', { QueueUrl: dead })).queueUrls, [url]);
    await send(url, 'poison', { MessageAttributes: attributes });
    await receive(url);
    assert.deepEqual(await receive(url), []);
    const [letter] = await receive(dead, { VisibilityTimeout: 0 });
    assert.equal(letter.Body, 'poison');
    assert.equal(letter.Attributes.DeadLetterQueueSourceArn, await arnOf(url));
    assert.equal(letter.MD5OfMessageAttributes, attributesMd5(attributes));

    const list = async () => (await call('ListMessageMoveTasks', { SourceArn: deadLetterTargetArn })).Results;
    await call('StartMessageMoveTask', { SourceArn: deadLetterTargetArn, MaxNumberOfMessagesPerSecond: 100 });
    let [task] = await list();
    for (; task.Status === 'RUNNING'; [task] = await list()) await pause(20);
    assert.deepEqual([task.Status, Number(task.ApproximateNumberOfMessagesMoved)], ['COMPLETED', 1]);
    assert.deepEqual(bodies(await receive(url, { WaitTimeSeconds: 5 })), ['poison']);

    for (let i = 0; i < 3; ++i) await send(dead, `slow ${i}`);
    const slow = { SourceArn: deadLetterTargetArn, DestinationArn: await arnOf(url), MaxNumberOfMessagesPerSecond: 1 };
    const { TaskHandle } = await call('StartMessageMoveTask', slow);
    await refused(call('StartMessageMoveTask', slow), 'InvalidParameterValue');
    await call('CancelMessageMoveTask', { TaskHandle });
    assert.match((await list())[0].Status, /^CANCELL(ED|ING)$/);

    const missing = call('ListMessageMoveTasks', { SourceArn: `${deadLetterTargetArn}-not` });
    await refused(missing, 'ResourceNotFoundException', 'ResourceNotFoundException');
    const nowhere = JSON.stringify({ deadLetterTargetArn: `${deadLetterTargetArn}-not`, maxReceiveCount: 1 });
    await refused(make('nowhere', { RedrivePolicy: nowhere }), 'InvalidParameterValue');
    await call('SetQueueAttributes', {
      QueueUrl: dead,
      Attributes: { RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'denyAll' }) },
    });
    await refused(make('denied', { RedrivePolicy }), 'InvalidParameterValue');
    await call('SetQueueAttributes', { QueueUrl: url, Attributes: { RedrivePolicy: '' } });
    assert.equal((await described(url, 'All')).RedrivePolicy, undefined);
  });

  if (!topics) return;

  // A queue that takes what any topic of the account sends; {url, arn}.
  async function subscriber(name, Attributes = {}) {
    const url = await make(name, Attributes);
    const arn = await arnOf(url);
    const statement = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await call('SetQueueAttributes', { QueueUrl: url, Attributes: { Policy } });
    return { url, arn };
  }
  const subscribe = (TopicArn, { arn }, Attributes = {}) =>
    topics('Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes, ReturnSubscriptionArn: true });

  test('A publication reaches each subscribed queue whose filter lets it, in an envelope or raw', async () => {
    const { TopicArn } = await topics('CreateTopic', { Name: 'news' });
    const [all, some] = [await subscriber('news-all'), await subscriber('news-some')];
    await subscribe(TopicArn, all);
    await subscribe(TopicArn, some, { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ amount: [{ numeric: ['<', 0] }] }) });
    const { MessageId } = await topics('Publish', { TopicArn, Subject: 'größe', Message: texts[1], MessageAttributes: attributes });
    const [enveloped] = await receive(all.url, { WaitTimeSeconds: 5 });
    const body = JSON.parse(enveloped.Body);
    assert.deepEqual(
      [body.Type, body.MessageId, body.TopicArn, body.Subject, body.Message],
      ['Notification', MessageId, TopicArn, 'größe', texts[1]],
    );
    assert.deepEqual(Object.keys(body.MessageAttributes).sort(), Object.keys(attributes).sort());
    const [raw] = await receive(some.url, { WaitTimeSeconds: 5 });
    assert.equal(raw.Body, texts[1]);
    assert.equal(raw.MD5OfMessageAttributes, attributesMd5(attributes));
    await remove(some.url, raw);

    const PublishBatchRequestEntries = [
      { Id: 'a', Message: 'more', MessageAttributes: { amount: { DataType: 'Number', StringValue: '5' } } },
      { Id: 'b', Message: 'less', MessageAttributes: { amount: { DataType: 'Number', StringValue: '-5' } } },
    ];
    const { Successful, Failed } = await topics('PublishBatch', { TopicArn, PublishBatchRequestEntries });
    assert.deepEqual(Successful.map(({ Id }) => Id), ['a', 'b']);
    assert.deepEqual(Failed, []);
    assert.deepEqual(bodies(await receive(some.url, { WaitTimeSeconds: 5 })), ['less']);
    const same = [PublishBatchRequestEntries[0], { ...PublishBatchRequestEntries[1], Id: 'a' }];
    await refused(topics('PublishBatch', { TopicArn, PublishBatchRequestEntries: same }), 'BatchEntryIdsNotDistinct');
  });

  test('Topics and subscriptions are described, changed, tagged, permitted, listed and deleted', async () => {
    const tags = [{ Key: 'team', Value: 'ledger' }];
    const { TopicArn } = await topics('CreateTopic', { Name: 'kept', Attributes: { DisplayName: 'Kept' }, Tags: tags });
    assert.equal((await topics('CreateTopic', { Name: 'kept', Attributes: { DisplayName: 'Kept' }, Tags: tags })).TopicArn, TopicArn);
    assert.equal(TopicArn, 'arn:aws:sns:us-east-1:000000000000:kept');
    const queue = await subscriber('keeper');
    const { SubscriptionArn } = await subscribe(TopicArn, queue);
    const topic = async () => (await topics('GetTopicAttributes', { TopicArn })).Attributes;
    assert.deepEqual([(await topic()).DisplayName, (await topic()).SubscriptionsConfirmed], ['Kept', '1']);
    await topics('SetTopicAttributes', { TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Other' });
    assert.equal((await topic()).DisplayName, 'Other');
    const subscription = async () => (await topics('GetSubscriptionAttributes', { SubscriptionArn })).Attributes;
    const set = (AttributeName, AttributeValue) =>
      topics('SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
    await set('RawMessageDelivery', 'true');
    await set('FilterPolicyScope', 'MessageBody');
    await set('FilterPolicy', '{"kind":["deposit"]}');
    const dead = await subscriber('keeper-dead');
    await set('RedrivePolicy', JSON.stringify({ deadLetterTargetArn: dead.arn }));
    const got = await subscription();
    assert.deepEqual(
      [got.RawMessageDelivery, got.FilterPolicyScope, got.FilterPolicy, JSON.parse(got.RedrivePolicy).deadLetterTargetArn, got.Endpoint],
      ['true', 'MessageBody', '{"kind":["deposit"]}', dead.arn, queue.arn],
    );
    await topics('TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'stage', Value: 'größe' }] });
    await topics('UntagResource', { ResourceArn: TopicArn, TagKeys: ['team'] });
    const { Tags } = await topics('ListTagsForResource', { ResourceArn: TopicArn });
    assert.deepEqual(Tags.map(({ Key, Value }) => [Key, Value]), [['stage', 'größe']]);
    await topics('AddPermission', { TopicArn, Label: 'partner', AWSAccountId: ['111111111111'], ActionName: ['Publish'] });
    assert.match((await topic()).Policy, /"partner".*111111111111.*SNS:Publish|SNS:Publish.*111111111111.*"partner"/s);
    await topics('RemovePermission', { TopicArn, Label: 'partner' });
    assert.doesNotMatch((await topic()).Policy, /partner/);

    const listed = async (action, key, more = {}) => {
      const found = [];
      let NextToken;
      do {
        const page = await topics(action, { ...more, NextToken });
        found.push(...page[key]);
        ({ NextToken } = page);
      } while (NextToken);
      return found;
    };
    const many = [];
    for (let i = 0; i < 101; ++i) many.push((await topics('CreateTopic', { Name: `many-${i}` })).TopicArn);
    const arns = (await listed('ListTopics', 'Topics')).map((one) => one.TopicArn);
    assert.deepEqual(arns.filter((arn) => arn.includes(':many-')).sort(), many.sort());
    assert.deepEqual((await listed('ListSubscriptionsByTopic', 'Subscriptions', { TopicArn })).map((one) => one.Endpoint), [queue.arn]);
    assert.ok((await listed('ListSubscriptions', 'Subscriptions')).some((one) => one.SubscriptionArn === SubscriptionArn));
    await topics('Unsubscribe', { SubscriptionArn });
    await refused(subscription(), 'NotFound');
    await topics('DeleteTopic', { TopicArn });
    await topics('DeleteTopic', { TopicArn });
    await refused(topics('Publish', { TopicArn, Message: 'x' }), 'NotFound');
    await refused(topics('CreateTopic', { Name: 'not a name' }), 'InvalidParameter');
    await refused(subscribe(TopicArn, queue), 'NotFound');
  });

  test('A FIFO topic keeps the order within each group and takes each message once', async () => {
    const { TopicArn } = await topics('CreateTopic', { Name: 'pay.fifo', Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' } });
    const queue = await subscriber('pay.fifo', { FifoQueue: 'true' });
    await subscribe(TopicArn, queue, { RawMessageDelivery: 'true' });
    const publish = (Message) => topics('Publish', { TopicArn, Message, MessageGroupId: 'g' });
    const numbers = [];
    for (const text of ['one', 'two', 'three']) numbers.push(BigInt((await publish(text)).SequenceNumber));
    assert.ok(numbers[0] < numbers[1] && numbers[1] < numbers[2]);
    await publish('one');
    const got = await receive(queue.url, { MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    assert.deepEqual(bodies(got), ['one', 'two', 'three']);
    await refused(topics('Publish', { TopicArn, Message: 'no group' }), 'InvalidParameter');
  });
}
