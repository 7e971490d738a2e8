import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';

const sqs = new SQSClient({ endpoint: process.env.ENDPOINT });
const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: process.env.QUEUE }));

// Every seventh fails, the first time that it is tried.
async function failsNow(number) {
  if (number % 7 !== 3) return false;
  try {
    await (await open(join(process.env.HOME, `failed-${number}`), 'wx')).close();
    return true;
  } catch {
    return false;
  }
}

const consumer = Consumer.create({
  queueUrl: QueueUrl,
  sqs,
  batchSize: 10,
  waitTimeSeconds: 20,
  visibilityTimeout: 20,
  heartbeatInterval: 5,
  terminateVisibilityTimeout: true,
  pollingCompleteWaitTimeMs: 10_000,
  handleMessage: async (message) => {
    const number = Number(message.Body);
    if (await failsNow(number)) {
      console.log(`failed ${number}`);
      throw new Error('the ledger is away');
    }
    console.log(`handled ${number}`);
    return message;
  },
});
consumer.on('error', (error) => console.error(error.message));
consumer.on('processing_error', () => {}); // the message is visible again at once
consumer.on('stopped', () => sqs.destroy());
process.once('SIGTERM', () => consumer.stop({ abort: true }));
consumer.start();
