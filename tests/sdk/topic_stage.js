// A daemon of a test's own, with a client for topics and one for queues; all end with the test.
import { SNSClient } from '@aws-sdk/client-sns';

import { Daemon, scratchDirectory } from './daemon.js';

export const identity = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

export const arnOf = (queue) => `arn:aws:sqs:us-east-1:000000000000:${queue.name}`;

export async function topicStage(t, ...flags) {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data, ...flags);
  t.after(() => daemon.stop());
  const topics = new SNSClient({ endpoint: daemon.endpoint, ...identity });
  t.after(() => topics.destroy());
  return { data, daemon, topics, queues: daemon.client() };
}
