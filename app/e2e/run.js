// Runs the suite, or the named files of it:  npm run e2e -- [--target penstock|aws] [visit|fifo|kill|rehearsal]...
//
// On AWS it needs a region and credentials in the environment, costs a little, and makes everything under a random
// prefix that it deletes at the end (docs/aws.md).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { target: { type: 'string', default: 'penstock' } },
  allowPositionals: true,
});
if (!['penstock', 'aws'].includes(values.target)) throw new Error('the target is penstock or aws');
const files = (positionals.length > 0 ? positionals : ['*']).map((name) => join(import.meta.dirname, `${name}.test.js`));
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], {
  env: { ...process.env, E2E_TARGET: values.target },
  stdio: 'inherit',
});
// A Ctrl-C reaches the suite as well, which deletes what it has made.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (code) => process.exit(code ?? 1));
