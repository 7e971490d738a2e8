// Topology: which topics and queues there are, and what they are called. It names them and finds them; it
// makes none (provision.js).
//
//   registration-completed --+--> crm        --> crm-dead
//   transfer-completed     --+--> marketing  --> marketing-dead    (only of visitors who agreed)
//   deposit-completed      --+--> email      --> email-dead
//
// With transfers on FIFO there is a second, ordered way beside it: transfer-completed.fifo and a queue
// NAME.fifo for each service, in which an account is a message group.
import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { eventTypes } from '../events.js';

export const serviceNames = ['crm', 'marketing', 'email'];

export class Topology {
  constructor({ APP_PREFIX: prefix = '', APP_TRANSFERS: transfers = 'standard' } = {}) {
    this.prefix = prefix;
    this.ordered = transfers === 'fifo';
  }

  // Whether events of this type keep their order within an account.
  isOrdered(type) {
    return this.ordered && type === 'transfer-completed';
  }

  queueName = (service, fifo = false) => `${this.prefix}${service}${fifo ? '.fifo' : ''}`;
  deadName = (service, fifo = false) => `${this.prefix}${service}-dead${fifo ? '.fifo' : ''}`;
  topicName = (type) => `${this.prefix}${type}${this.isOrdered(type) ? '.fifo' : ''}`;

  // Of the experiment on the page that counts; made when it is done first.
  get smallQueueName() {
    return `${this.prefix}small-queue`;
  }

  // What is there of each: {service, fifo, name, deadName}.
  queues() {
    return [false, ...(this.ordered ? [true] : [])].flatMap((fifo) =>
      serviceNames.map((service) => ({
        service,
        fifo,
        name: this.queueName(service, fifo),
        deadName: this.deadName(service, fifo),
      })),
    );
  }

  topics() {
    return eventTypes.map((type) => ({ type, fifo: this.isOrdered(type), name: this.topicName(type) }));
  }
}

// The queues with their URLs and ARNs, and the ARNs of the topics, which follow from those: one account has
// them all. Waits for what was not provisioned yet; `signal` ends the wait with an error.
export async function findTopology(topology, { sqs }, { signal, log = () => {} } = {}) {
  const urlOf = async (QueueName) => (await sqs.send(new GetQueueUrlCommand({ QueueName }), { abortSignal: signal })).QueueUrl;
  const find = async (queue) => ({ ...queue, url: await urlOf(queue.name), deadUrl: await urlOf(queue.deadName) });
  for (let said = ''; ; await pause(1000, undefined, { signal })) {
    try {
      const queues = await Promise.all(topology.queues().map(find));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queues[0].url, AttributeNames: ['QueueArn'] }),
        { abortSignal: signal },
      );
      return new FoundTopology(topology, queues, topicPrefix(Attributes.QueueArn));
    } catch (error) {
      signal?.throwIfAborted();
      if (error.message !== said) log(`the queues are not there yet: ${error.message}`);
      said = error.message;
    }
  }
}

// How the ARN of every topic begins that is where this queue is: arn:aws:sns:REGION:ACCOUNT.
export const topicPrefix = (queueArn) => queueArn.split(':').slice(0, 5).with(2, 'sns').join(':');

export class FoundTopology {
  // `here` as topicPrefix gives it.
  constructor(topology, queues, here) {
    this.topology = topology;
    this.queues = queues;
    this.here = here;
  }

  queueFor(service, type) {
    const fifo = this.topology.isOrdered(type);
    return this.queues.find((queue) => queue.service === service && queue.fifo === fifo);
  }

  topicArn(type) {
    return `${this.here}:${this.topology.topicName(type)}`;
  }
}
