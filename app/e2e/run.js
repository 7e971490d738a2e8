// Runs the suite:  npm run e2e -- [--target penstock|aws]
//
// On AWS it needs a region and credentials in the environment, costs a little, and makes everything under a random
// prefix that it deletes at the end (docs/aws.md).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { target: { type: 'string', default: 'penstock' } } });
if (!['penstock', 'aws'].includes(values.target)) throw new Error('the target is penstock or aws');
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', join(import.meta.dirname, '*.test.js')], {
  env: { ...process.env, E2E_TARGET: values.target },
  stdio: 'inherit',
});
child.once('close', (code) => process.exit(code ?? 1));
