// The AWS SDK for JavaScript 3 of the time when it spoke AWS Query.
import { createRequire } from 'node:module';

import { serveCalls } from './serve_calls.js';
import { byVersion3 } from './version_3.js';

const installed = createRequire(new URL('../js_v3_query/', import.meta.url));
const sdk = byVersion3({ sqs: installed('@aws-sdk/client-sqs') }, 'query');
serveCalls({
  ...sdk,
  // It knows the older name only, which means the same.
  call: (client, action, { MessageSystemAttributeNames, ...members }) =>
    sdk.call(client, action, { ...(MessageSystemAttributeNames && { AttributeNames: MessageSystemAttributeNames }), ...members }),
});
