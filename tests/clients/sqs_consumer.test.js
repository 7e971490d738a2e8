// sqs-consumer on the newest SDK: long polls, batches of ten, heartbeats, an aborted receive at the stop.
import { join } from 'node:path';

import { handlesEverything } from './workers.js';

await handlesEverything({
  name: 'sqs-consumer',
  queue: 'consumed',
  messages: 500,
  work: [process.execPath, ['worker.js']],
  send: [process.execPath, ['send.js']],
  cwd: join(import.meta.dirname, 'sqs_consumer'),
});
