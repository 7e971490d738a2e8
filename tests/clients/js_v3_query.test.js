// The AWS SDK for JavaScript 3 of the time when it spoke AWS Query.
import { createRequire } from 'node:module';
import { after } from 'node:test';

import { verifyingDaemon } from './daemon.js';
import { everyAction } from './every_action.js';

const sdk = createRequire(new URL('js_v3_query/', import.meta.url))('@aws-sdk/client-sqs');
const daemon = await verifyingDaemon(after);
const client = new sdk.SQSClient({
  endpoint: daemon.endpoint,
  region: 'us-east-1',
  credentials: daemon.keys,
  maxAttempts: 1,
});
after(() => client.destroy());

everyAction({
  endpoint: daemon.endpoint,
  call: (action, input) => client.send(new sdk[`${action}Command`](input)),
  codeOf: (error) => error.Code ?? error.Error?.Code ?? error.name,
  classes: sdk,
  // A body of white space with a line feed it takes for indentation, reads as empty and refuses by its digest;
  // and it has the class of a missing queue in GetQueueUrl and PurgeQueue only.
  everywhere: false,
});
