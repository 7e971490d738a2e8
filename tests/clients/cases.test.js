// Every case of tests/conformance by AWS's SDKs and by the command line, as far as one can say it: what an SDK makes of
// the answers is what the case expects. The time of the cases is virtual, so the stack behind the port is the product's
// without its sockets and disk; the other tests here have the daemon.
//
// What an SDK cannot perform, and why, is in cases/NAME.exceptions.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { environmentFor, ownDirectory, run } from './play.js';

const programs = {
  js_v3: [process.execPath, 'js_v3.js'],
  js_v3_query: [process.execPath, 'js_v3_query.js'],
  js_v2: [process.execPath, 'js_v2.js'],
  boto3: ['/usr/bin/python3', 'python.py', 'boto3'],
  cli: ['/usr/bin/python3', 'python.py', 'cli'],
};

const binary =
  process.env.PENSTOCK_CASES ?? join(import.meta.dirname, '../../build/release/tests/conformance/cases_by_sdk');
if (!existsSync(binary)) throw new Error(`${binary} is not built`);
const home = await ownDirectory(after);

for (const [name, command] of Object.entries(programs)) {
  test(`every case that can be said holds by ${name}`, async (play) => {
    const words = [`${name}.exceptions`, ...command];
    const env = environmentFor({ endpoint: '' }, home);
    delete env.AWS_ENDPOINT_URL;
    const { code, output, said } = await run(binary, words, { cwd: join(import.meta.dirname, 'cases'), env });
    assert.equal(code, 0, output + said);
    play.diagnostic(`size: ${name}: ${output.trim().split('\n').at(-1)}`);
  });
}
