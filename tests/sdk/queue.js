// Queue: one queue of a daemon, by the calls of the SDK. Each test makes one for itself.
import * as sqs from '@aws-sdk/client-sqs';

export class Queue {
  static #made = 0;

  constructor(client, url) {
    this.client = client;
    this.url = url;
  }

  static async create(client, attributes = {}) {
    const QueueName = `queue-${process.pid}-${++Queue.#made}`;
    const created = await client.send(new sqs.CreateQueueCommand({ QueueName, Attributes: attributes }));
    const queue = new Queue(client, created.QueueUrl);
    queue.name = QueueName;
    return queue;
  }

  static async named(client, QueueName) {
    const found = await client.send(new sqs.GetQueueUrlCommand({ QueueName }));
    return new Queue(client, found.QueueUrl);
  }

  send(body, more = {}) {
    return this.#call(sqs.SendMessageCommand, { MessageBody: body, ...more });
  }

  // The messages; none is an empty array.
  async receive(more = {}, options = {}) {
    const input = { MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'], ...more };
    return (await this.#call(sqs.ReceiveMessageCommand, input, options)).Messages ?? [];
  }

  delete({ ReceiptHandle }) {
    return this.#call(sqs.DeleteMessageCommand, { ReceiptHandle });
  }

  hide({ ReceiptHandle }, seconds) {
    return this.#call(sqs.ChangeMessageVisibilityCommand, { ReceiptHandle, VisibilityTimeout: seconds });
  }

  purge() {
    return this.#call(sqs.PurgeQueueCommand, {});
  }

  remove() {
    return this.#call(sqs.DeleteQueueCommand, {});
  }

  async attributes(...names) {
    return (await this.#call(sqs.GetQueueAttributesCommand, { AttributeNames: names })).Attributes;
  }

  // [visible, received and not deleted, delayed]
  async counts() {
    const all = await this.attributes('All');
    return ['', 'NotVisible', 'Delayed'].map((kind) => Number(all[`ApproximateNumberOfMessages${kind}`]));
  }

  #call(Command, input, options) {
    return this.client.send(new Command({ QueueUrl: this.url, ...input }), options);
  }
}
