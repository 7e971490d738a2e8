// Provisioning: makes the topics, queues and subscriptions that topology.js names, and sets what they should
// be set to. Doing it again changes nothing, and brings back what somebody altered by hand.
//
// Every queue is made bare and its attributes are set afterwards: CreateQueue refuses a queue that is there
// with other attributes. The policy of a queue lets the topics send to it, which AWS needs and Penstock
// checks once it verifies who sends.
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  paginateListSubscriptionsByTopic,
  paginateListTopics,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { FoundTopology, topicPrefix } from './topology.js';

const fourteenDays = String(14 * 24 * 3600);
const fourDays = String(4 * 24 * 3600);

// What a subscription's filter lets through to marketing.
export const filterPolicy = JSON.stringify({ marketing: ['yes'] });

export const queuePolicy = (queueArn, topicArns) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TopicsMaySend',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ],
  });

// Resolves to the FoundTopology.
export async function provision(topology, { sqs, sns }, { WORKER_VISIBILITY: visibility, WORKER_ATTEMPTS: attempts }) {
  const topics = await Promise.all(topology.topics().map((topic) => makeTopic(sns, topic)));
  const queues = await Promise.all(
    topology.queues().map(async (queue) => {
      const dead = await makeQueue(sqs, queue.deadName, queue.fifo);
      await setAttributes(sqs, dead.url, { MessageRetentionPeriod: fourteenDays });
      const made = await makeQueue(sqs, queue.name, queue.fifo);
      const senders = topics.filter((topic) => topic.fifo === queue.fifo);
      await setAttributes(sqs, made.url, {
        VisibilityTimeout: String(visibility),
        MessageRetentionPeriod: fourDays,
        Policy: queuePolicy(made.arn, senders.map(({ arn }) => arn)),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: attempts }),
      });
      await Promise.all(senders.map((topic) => subscribe(sns, topic, made.arn, queue.service)));
      return { ...queue, url: made.url, deadUrl: dead.url, arn: made.arn, deadArn: dead.arn };
    }),
  );
  return new FoundTopology(topology, queues, topicPrefix(queues[0].arn));
}

async function makeQueue(sqs, QueueName, fifo) {
  const Attributes = fifo ? { FifoQueue: 'true' } : undefined;
  const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const got = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
  return { url, arn: got.Attributes.QueueArn };
}

const setAttributes = (sqs, QueueUrl, Attributes) => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));

async function makeTopic(sns, topic) {
  const Attributes = topic.fifo ? { FifoTopic: 'true' } : undefined;
  const { TopicArn: arn } = await sns.send(new CreateTopicCommand({ Name: topic.name, Attributes }));
  return { ...topic, arn };
}

async function subscribe(sns, topic, queueArn, service) {
  const wanted = { RawMessageDelivery: 'true', ...(service === 'marketing' ? { FilterPolicy: filterPolicy } : {}) };
  for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topic.arn })) {
    const there = page.Subscriptions?.find(({ Endpoint }) => Endpoint === queueArn);
    if (!there) continue;
    for (const [AttributeName, AttributeValue] of Object.entries(wanted)) {
      const { SubscriptionArn } = there;
      await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    }
    return;
  }
  await sns.send(
    new SubscribeCommand({ TopicArn: topic.arn, Protocol: 'sqs', Endpoint: queueArn, Attributes: wanted }),
  );
}

// Deletes whatever there is of it; what was never made, or is gone, is no trouble. Deleting a topic deletes its
// subscriptions.
export async function unprovision(topology, { sqs, sns }) {
  const queues = [...topology.queues().flatMap(({ name, deadName }) => [name, deadName]), topology.smallQueueName];
  const topics = await topicArns(sns, topology.topics().map(({ name }) => name));
  const results = await Promise.allSettled([
    ...topics.map((TopicArn) => sns.send(new DeleteTopicCommand({ TopicArn }))),
    ...queues.map((name) => removeQueue(sqs, name)),
  ]);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

async function topicArns(sns, names) {
  const arns = [];
  for await (const { Topics = [] } of paginateListTopics({ client: sns }, {})) {
    arns.push(...Topics.map(({ TopicArn }) => TopicArn).filter((arn) => names.includes(arn.split(':').at(-1))));
  }
  return arns;
}

async function removeQueue(sqs, QueueName) {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  } catch (error) {
    if (error.name !== 'QueueDoesNotExist') throw error;
  }
}
