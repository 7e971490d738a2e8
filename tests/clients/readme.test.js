// What README.md says about the first message, word by word but for the port, with the command line and the
// boto3 of Debian 12. Its JavaScript is run by tests/sdk, its Go by go.test.js.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { ownDaemon } from '../sdk/daemon.js';
import { environmentFor, ownDirectory, run } from './play.js';
import { snippet } from './readme.js';

const home = await ownDirectory(after);

// No settings but those that the text makes itself.
async function performed(command, language, marker, said) {
  const daemon = await ownDaemon(after);
  const bare = environmentFor(daemon, home);
  for (const name of Object.keys(bare)) if (name.startsWith('AWS_') && name !== 'AWS_PAGER') delete bare[name];
  const text = (await snippet(language, marker)).replaceAll('http://127.0.0.1:4566', daemon.endpoint);
  const result = await run(command, said, { cwd: home, env: bare, input: text });
  assert.equal(result.code, 0, result.said + result.output);
  return result.output;
}

test('The first message of the README arrives with the command line', async () => {
  const output = await performed('bash', '', 'create-queue', ['-eu']);
  assert.match(output, /"Body": "hello"/);
});

test('The first message of the README arrives with Python', async () => {
  assert.equal(await performed('/usr/bin/python3', 'python', 'boto3', ['-']), 'hello\n');
});
