// Symfony Messenger of Debian 12 on its SQS transport: async-aws, which speaks AWS Query.
import { join } from 'node:path';

import { handlesEverything } from './workers.js';

await handlesEverything({
  name: 'Symfony Messenger',
  queue: 'symfony-ledger',
  messages: 300,
  work: ['php', ['ledger.php', 'work']],
  send: ['php', ['ledger.php', 'send']],
  cwd: join(import.meta.dirname, 'symfony'),
});
