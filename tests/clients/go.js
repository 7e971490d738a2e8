// Programs in Go on the AWS SDK that Debian installs in its GOPATH; no module and no network is asked for.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from './play.js';

const build = join(import.meta.dirname, '../../build/clients');

// The program that is made of the file; what was compiled before is kept in build/.
export async function compiled(source, name) {
  await mkdir(build, { recursive: true });
  const program = join(build, name);
  const env = {
    PATH: process.env.PATH,
    HOME: build,
    GOPATH: '/usr/share/gocode',
    GO111MODULE: 'off',
    GOCACHE: join(build, 'go-cache'),
    GOFLAGS: '-trimpath',
    CGO_ENABLED: '0',
  };
  const { code, said } = await run('go', ['build', '-o', program, source], {
    cwd: build,
    env,
    longest: 600_000, // the SDK is compiled, the first time
  });
  assert.equal(code, 0, said);
  return program;
}
