// Provisioning, on the real daemon.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand, ListTopicsCommand, SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { filterPolicy, provision, queuePolicy, unprovision } from '../src/queues/provision.js';
import { findTopology, Topology } from '../src/queues/topology.js';
import { readSettings } from '../src/settings.js';
import { ownDaemon } from './daemon.js';

const clients = (await ownDaemon(after)).clients(after);
const { sqs, sns } = clients;

function planned(environment = {}) {
  const settings = readSettings({ APP_PREFIX: `p${randomUUID().slice(0, 8)}-`, ...environment });
  return { settings, topology: new Topology(settings) };
}

// Everything that is set, as one thing to compare.
async function described(found) {
  const queues = {};
  for (const { name, url, deadUrl } of found.queues) {
    for (const [key, QueueUrl] of [[name, url], [`${name} dead`, deadUrl]]) {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const { LastModifiedTimestamp, ...rest } = Attributes;
      queues[key] = rest;
    }
  }
  const subscriptions = {};
  for (const { type } of found.topology.topics()) {
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: found.topicArn(type) }));
    for (const { SubscriptionArn, Endpoint } of Subscriptions) {
      const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      subscriptions[`${type} ${Endpoint.split(':').at(-1)}`] = Attributes;
    }
  }
  return { queues, subscriptions };
}

test('Provisioning twice changes nothing, and again brings back what was altered', async () => {
  const { settings, topology } = planned();
  const found = await provision(topology, clients, settings);
  const before = await described(found);
  assert.deepEqual(await provision(topology, clients, settings), found);
  assert.deepEqual(await described(found), before);

  const { url } = found.queues[0];
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '1' } }));
  const TopicArn = found.topicArn('deposit-completed');
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  for (const { SubscriptionArn } of Subscriptions) {
    await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'false' }));
  }
  assert.notDeepEqual(await described(found), before);
  await provision(topology, clients, settings);
  assert.deepEqual(await described(found), before);
});

test('Each queue has its dead-letter queue, its topics may send to it, and only marketing has a filter', async () => {
  const { settings, topology } = planned({ WORKER_ATTEMPTS: '4', APP_TRANSFERS: 'fifo' });
  const found = await provision(topology, clients, settings);
  const { queues, subscriptions } = await described(found);
  assert.equal(found.queues.length, 6);
  for (const { name, arn, deadArn, fifo } of found.queues) {
    assert.deepEqual(JSON.parse(queues[name].RedrivePolicy), { deadLetterTargetArn: deadArn, maxReceiveCount: 4 });
    const senders = topology.topics().filter((topic) => topic.fifo === fifo).map(({ type }) => found.topicArn(type));
    assert.deepEqual(JSON.parse(queues[name].Policy), JSON.parse(queuePolicy(arn, senders)));
  }
  assert.equal(Object.keys(subscriptions).length, 9);
  for (const [name, attributes] of Object.entries(subscriptions)) {
    assert.equal(attributes.RawMessageDelivery, 'true', name);
    const filter = attributes.FilterPolicy && JSON.parse(attributes.FilterPolicy);
    assert.deepEqual(filter, name.includes('marketing') ? JSON.parse(filterPolicy) : undefined, name);
  }
});

test('What was provisioned is found by its names, and is gone when it was removed', async () => {
  const { settings, topology } = planned();
  const made = await provision(topology, clients, settings);
  const found = await findTopology(topology, clients);
  assert.equal(found.here, made.here);
  assert.deepEqual(found.queues.map(({ url, deadUrl }) => [url, deadUrl]), made.queues.map(({ url, deadUrl }) => [url, deadUrl]));
  await unprovision(topology, clients);
  await unprovision(topology, clients);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: topology.prefix }));
  assert.deepEqual(QueueUrls, []);
  const { Topics } = await sns.send(new ListTopicsCommand({}));
  assert.deepEqual(Topics.filter(({ TopicArn }) => TopicArn.includes(topology.prefix)), []);
});

test('Whoever looks for what is not provisioned yet waits for it', async () => {
  const { settings, topology } = planned();
  const said = [];
  const found = findTopology(topology, clients, { log: (line) => said.push(line) });
  while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await provision(topology, clients, settings);
  assert.equal((await found).queues.length, 3);
  const never = findTopology(new Topology({ APP_PREFIX: 'never-' }), clients, { signal: AbortSignal.timeout(50) });
  await assert.rejects(never);
});
