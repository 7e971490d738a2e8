// The newest AWS SDK for JavaScript 3.
import { createRequire } from 'node:module';

import { serveCalls } from './serve_calls.js';
import { byVersion3 } from './version_3.js';

const installed = createRequire(new URL('../../sdk/', import.meta.url));
serveCalls(byVersion3({ sqs: installed('@aws-sdk/client-sqs'), sns: installed('@aws-sdk/client-sns') }, 'json'));
