// The helper for Python on the controls for tests, with boto3 for what the application does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { Daemon } from '../sdk/daemon.js';
import { tell } from './play.js';

const data = await mkdtemp(join(tmpdir(), 'penstock-controls-'));
const daemon = await Daemon.start(data, '--admin-listen', '127.0.0.1:0', '--test-controls');
after(async () => {
  await daemon.stop();
  await rm(data, { recursive: true, force: true });
});
await tell('/usr/bin/python3', ['controls.py'], {
  cwd: join(import.meta.dirname, 'controls'),
  daemon,
  more: { PENSTOCK_ADMIN_URL: daemon.admin, PYTHONDONTWRITEBYTECODE: '1' },
});
