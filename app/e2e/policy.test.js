// The policy that docs/aws.md publishes is the one that the suite runs under: with any one of its statements taken away a
// test of the suite fails, and what the broker did not allow is what that statement allows. That all of them are enough
// is what the suite itself shows.
//
// It takes as long as a visit for each statement, so it is left to REHEARSAL=whole, as `./dev test --long` has it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scratchDirectory } from '../test/daemon.js';
import { publishedPolicy } from '../test/published_policy.js';
import { onAws, until } from './stage.js';
import { suite } from './suite.js';

const skip = onAws ? 'there the policy is not ours to change' : process.env.REHEARSAL !== 'whole' && 'only with REHEARSAL=whole';
const directory = await scratchDirectory(after);
const failure = /^\s*(not ok|✖) /m; // in the words of either reporter
const secondsMax = 900; // a visit takes two to four minutes

for (const { Sid, Action } of await publishedPolicy('')) {
  test(`Without the statement ${Sid} the suite fails for what is not allowed then`, { skip }, async (t) => {
    const denied = join(directory, Sid);
    const { PATH, PENSTOCK_BINARY, CHROMIUM } = process.env;
    const given = Object.entries({ PATH, PENSTOCK_BINARY, CHROMIUM }).filter(([, value]) => value !== undefined);
    const running = suite('penstock', ['visit'], { ...Object.fromEntries(given), E2E_WITHOUT: Sid, E2E_DENIED: denied });
    t.after(() => running.kill('SIGINT'));
    const ended = running.result.then(() => true);
    // One test that fails is enough; those after it would only wait for what does not come.
    await until(() => failure.test(running.said) || Promise.race([ended, false]), 'it fails or ends', secondsMax);
    running.kill('SIGINT');
    const { code, said } = await running.result;
    assert.notEqual(code, 0, said);
    assert.match(said, failure);
    const names = await readFile(denied, 'utf8');
    for (const name of names.trim().split('\n')) {
      assert.ok(Action.some((action) => action.endsWith(`:${name.replace(/Batch$/, '')}`)), `${name} of ${Action}`);
    }
  });
}
