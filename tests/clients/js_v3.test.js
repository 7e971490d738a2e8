// The newest AWS SDK for JavaScript 3, which speaks AWS JSON.
import { createRequire } from 'node:module';
import { after } from 'node:test';

import { verifyingDaemon } from './daemon.js';
import { everyAction } from './every_action.js';

const installed = createRequire(new URL('../sdk/', import.meta.url));
const [sdk, sns] = ['sqs', 'sns'].map((service) => installed(`@aws-sdk/client-${service}`));
const daemon = await verifyingDaemon(after);
const client = daemon.client(daemon.keys);
const topics = new sns.SNSClient({ endpoint: daemon.endpoint, region: 'us-east-1', credentials: daemon.keys, maxAttempts: 1 });
after(() => topics.destroy());

everyAction({
  endpoint: daemon.endpoint,
  call: (action, input) => client.send(new sdk[`${action}Command`](input)),
  topics: (action, input) => topics.send(new sns[`${action}Command`](input)),
  codeOf: (error) => error.Code ?? error.Error?.Code ?? error.name,
  classes: sdk,
  more: ['\n', ' \t\r\n '],
});
