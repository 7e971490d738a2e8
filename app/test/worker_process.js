// WorkerProcess: a worker of an Application, as a process that ends with the test.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export function startWorker(t, { environment }) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/worker.js')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, lines, ended };
}
