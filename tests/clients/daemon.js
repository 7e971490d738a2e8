// A daemon that verifies signatures, and `keys`, a pair that it knows and that may do everything in the account
// 000000000000. Both end with the tests of the file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Daemon, printed } from '../sdk/daemon.js';

export async function verifyingDaemon(after) {
  const directory = await mkdtemp(join(tmpdir(), 'penstock-clients-'));
  const file = join(directory, 'credentials.yaml');
  const user = ['--user', 'client', '--account', '000000000000'];
  const text = await printed('credentials', 'add', '--credentials', file, ...user);
  const flags = ['--auth', 'verify', '--credentials', file];
  const daemon = await Daemon.start(join(directory, 'data'), ...flags);
  daemon.keys = {
    accessKeyId: /^access_key_id: (\S+)$/m.exec(text)[1],
    secretAccessKey: /^secret_access_key: (\S+)$/m.exec(text)[1],
  };
  after(async () => {
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return daemon;
}
