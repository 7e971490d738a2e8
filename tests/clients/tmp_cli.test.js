// The AWS command line of Debian 12, which speaks AWS Query.
import { join } from 'node:path';

import { play } from './play.js';

await play('bash', ['tmp_every.sh'], { cwd: join(import.meta.dirname, 'cli') });
