import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { ownDaemon, printed } from './daemon.js';

const documentOf = (path) => readFile(join(import.meta.dirname, '../..', path), 'utf8');

test('docs/configuration.md is what the daemon prints', async () => {
  assert.equal(await printed('configuration'), await documentOf('docs/configuration.md'));
});

test('The first message of the README arrives', async (t) => {
  const daemon = await ownDaemon((hook) => t.after(hook));
  const program = /```js\n([^`]+)```/.exec(await documentOf('README.md'))[1];
  const words = ['--input-type=module', '-e', program.replace('http://127.0.0.1:4566', daemon.endpoint)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: import.meta.dirname });
  assert.equal(stdout, 'hello\n');
});
