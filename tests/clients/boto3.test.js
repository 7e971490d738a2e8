// boto3 of Debian 12, which speaks AWS Query.
import { join } from 'node:path';

import { play } from './play.js';

await play('/usr/bin/python3', ['every_action.py'], { cwd: join(import.meta.dirname, 'boto3') });
