// The newest AWS SDK for JavaScript 3, which speaks AWS JSON.
import { createRequire } from 'node:module';
import { after } from 'node:test';

import { verifyingDaemon } from './daemon.js';
import { everyAction } from './every_action.js';

const sdk = createRequire(new URL('../sdk/', import.meta.url))('@aws-sdk/client-sqs');
const daemon = await verifyingDaemon(after);
const client = daemon.client(daemon.keys);

everyAction({
  endpoint: daemon.endpoint,
  call: (action, input) => client.send(new sdk[`${action}Command`](input)),
  codeOf: (error) => error.Code ?? error.Error?.Code ?? error.name,
  classes: sdk,
  more: ['\n', ' \t\r\n '],
});
