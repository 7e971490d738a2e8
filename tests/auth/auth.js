// Auth: the room auth/ of the daemon as a program (auth_by_lines.cc), asked one thing after the other.
//
// The binary is the one that PENSTOCK_AUTH_BY_LINES names. It ends with its standard input, so with the test.
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary =
  process.env.PENSTOCK_AUTH_BY_LINES ?? join(import.meta.dirname, '../../build/release/tests/auth/auth_by_lines');

export const account = '123456789012';

// Answers `ask(request)` with what the program says; `t` is the test that it lives as long as.
export async function startAuth(t, credentials = []) {
  const directory = await mkdtemp(join(tmpdir(), 'penstock-auth-'));
  const path = join(directory, 'credentials.yaml');
  // JSON is YAML.
  await writeFile(path, JSON.stringify({ credentials }), { mode: 0o600 });
  const child = spawn(binary, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
  child.once('close', (code) => waiting.forEach(({ reject }) => reject(new Error(`it ended with ${code}`))));
  t.after(async () => {
    child.stdin.end();
    await ended;
    await rm(directory, { recursive: true });
  });
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
}

// SHA-256 and its HMAC in the form that AWS's signer wants them in.
export class Sha256 {
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }
  update(data) {
    this.hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
}
