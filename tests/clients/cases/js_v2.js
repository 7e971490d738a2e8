// The AWS SDK for JavaScript 2, in its last version.
import { createRequire } from 'node:module';

import { serveCalls } from './serve_calls.js';

process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
const AWS = createRequire(new URL('../js_v2/', import.meta.url))('aws-sdk');
const maker = (Client) => (key, region) =>
  new Client({
    endpoint: process.env.ENDPOINT,
    region,
    credentials: new AWS.Credentials(key, 'secret'),
    maxRetries: 0,
    paramValidation: false, // what is wrong the daemon is to say
  });

// Of SQS. It makes a list of every list that an answer might have and does not.
function withoutEmptyLists(value) {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  const kept = Object.entries(value).filter(([, inner]) => !Array.isArray(inner) || inner.length > 0);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutEmptyLists(inner)]));
}

serveCalls({
  protocol: 'json',
  clients: { sqs: maker(AWS.SQS), sns: maker(AWS.SNS) },
  call: async (client, action, members) => {
    const answer = await client[action[0].toLowerCase() + action.slice(1)](members).promise();
    return client instanceof AWS.SQS ? withoutEmptyLists(answer) : answer;
  },
  refusal: (error) =>
    error.statusCode >= 400 ? { status: error.statusCode, code: error.code, text: error.message } : undefined,
});
