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
  // What the two processes of its pool have just done. The main process of Celery 5.2 may end without reading that
  // from them; each of them then waits half a minute for it before it ends too.
  repeatedMax: 2,
  more: { PYTHONDONTWRITEBYTECODE: '1', C_FORCE_ROOT: '1' },
});
