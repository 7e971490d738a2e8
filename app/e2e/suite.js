// The suite as a process of its own, for tests of the suite itself.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

// Begins it with this environment and no more, whole or these files of it. `result` resolves to what it ended with and
// said; `said` is that until now.
export function suite(target, files, env) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run.js'), '--target', target, ...files], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (child.said += text));
  child.result = new Promise((resolve) => child.once('close', (code) => resolve({ code, said: child.said })));
  return child;
}
