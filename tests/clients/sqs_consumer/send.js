import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

const sqs = new SQSClient({ endpoint: process.env.ENDPOINT });
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: process.env.QUEUE }));
const numbers = Array.from({ length: Number(process.argv[2]) }, (_, number) => String(number));
while (numbers.length > 0) {
  const Entries = numbers.splice(0, 10).map((number) => ({ Id: number, MessageBody: number }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}
sqs.destroy();
