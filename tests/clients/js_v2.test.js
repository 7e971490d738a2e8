// The AWS SDK for JavaScript 2, in its last version, which speaks AWS JSON.
import { createRequire } from 'node:module';
import { after } from 'node:test';

import { verifyingDaemon } from './daemon.js';
import { everyAction } from './every_action.js';

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
const AWS = createRequire(new URL('js_v2/', import.meta.url))('aws-sdk');
const daemon = await verifyingDaemon(after);
const options = {
  endpoint: daemon.endpoint,
  region: 'us-east-1',
  credentials: new AWS.Credentials(daemon.keys),
  maxRetries: 0,
};
const by = (client) => (action, input) => client[action[0].toLowerCase() + action.slice(1)](input).promise();

everyAction({
  endpoint: daemon.endpoint,
  call: by(new AWS.SQS(options)),
  topics: by(new AWS.SNS(options)),
  codeOf: (error) => error.code,
  more: ['\n', ' \t\r\n '],
});
