// What should be secret and can be read by others: said with the command that mends it, and refused where permissions are
// strict.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Daemon, printed, refused, scratchDirectory } from './daemon.js';

// What is secret, and the flags by which a daemon is told of it.
async function secrets(directory) {
  const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
  const words = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=penstock'];
  await promisify(execFile)('openssl', ['req', ...words, '-keyout', key, '-out', certificate]);
  const credentials = join(directory, 'credentials.yaml');
  await printed('credentials', 'add', '--credentials', credentials, '--user', 'alice');
  const token = join(directory, 'token');
  await writeFile(token, 'a-token-of-enough-characters');
  const password = join(directory, 'password');
  await writeFile(password, 'a-password');
  const [data, backups] = [join(directory, 'data'), join(directory, 'backups')];
  await mkdir(data);
  await mkdir(backups);
  const mail = ['--smtp-server', 'smtps://127.0.0.1:1', '--smtp-from', 'a@b.example', '--smtp-user', 'a'];
  return [
    { path: key, flags: ['--tls-listen', '127.0.0.1:0', '--tls-certificate', certificate, '--tls-key', key] },
    { path: credentials, flags: ['--credentials', credentials] },
    { path: token, flags: ['--admin-listen', '127.0.0.1:0', '--admin-token-file', token] },
    { path: password, flags: [...mail, '--smtp-password-file', password] },
    { path: data, flags: ['--data', data], own: '700', open: '755' },
    { path: backups, flags: ['--backup-directory', backups], own: '700', open: '750' },
  ];
}

test('Whatever is secret and open to others is named with its fix, and refused with --strict-permissions', async (t) => {
  const directory = await scratchDirectory(t);
  let place = 0;
  for (const { path, flags, own = '600', open = '644' } of await secrets(directory)) {
    // Of a daemon without a data directory of its own.
    const start = (...more) => {
      const data = flags.includes('--data') ? flags[1] : join(directory, `store-${place++}`);
      const rest = flags.includes('--data') ? [] : flags;
      return Daemon.start(data, ...rest, ...more);
    };
    await chmod(path, Number.parseInt(own, 8));
    const closed = await start('--strict-permissions');
    assert.ok(!closed.said.includes('chmod'), path);
    await closed.stop();

    await chmod(path, Number.parseInt(open, 8));
    const warned = await start();
    assert.match(warned.said, new RegExp(`warning .*chmod ${own} ${path}`), path);
    await warned.stop();

    const admin = flags.includes('--admin-listen') ? [] : ['--admin-listen', 'off'];
    const data = flags.includes('--data') ? [] : ['--data', join(directory, `store-${place++}`)];
    const { code, said } = await refused('serve', '--listen', '127.0.0.1:0', ...admin, ...data, ...flags, '--strict-permissions');
    assert.equal(code, 78, path);
    assert.match(said, new RegExp(`chmod ${own} ${path} \\(--strict-permissions\\)`), path);
    await chmod(path, Number.parseInt(own, 8));
  }
});
