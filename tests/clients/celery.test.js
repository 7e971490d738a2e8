// Celery of Debian 12 on its SQS transport: boto3 sends, pycurl receives, both in AWS Query.
import { join } from 'node:path';

import { handlesEverything } from './workers.js';

const python = '/usr/bin/python3';
const worker = ['-m', 'celery', '-A', 'ledger', 'worker', '--concurrency=2', '--without-gossip', '--without-mingle'];

await handlesEverything({
  name: 'Celery',
  queue: 'celery-ledger',
  messages: 300,
  work: [python, [...worker, '--without-heartbeat', '--loglevel=WARNING']],
  send: [python, ['send.py']],
  cwd: join(import.meta.dirname, 'celery'),
  // The main process of Celery 5.2 may end without reading from the two processes of its pool what they have just done,
  // or before it has deleted what it read of: some of the eight messages that it prefetches for them. Each of them then
  // waits half a minute for it before it ends too.
  repeatedMax: 8,
  more: { PYTHONDONTWRITEBYTECODE: '1', C_FORCE_ROOT: '1' },
});
