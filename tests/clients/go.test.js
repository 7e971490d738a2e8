// A program in Go on the AWS SDK for Go 2 of Debian 12, which speaks AWS Query.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { ownDaemon } from '../sdk/daemon.js';
import { compiled } from './go.js';
import { environmentFor, ownDirectory, run } from './play.js';
import { snippet } from './readme.js';
import { handlesEverything } from './workers.js';

const program = await compiled(join(import.meta.dirname, 'go/worker.go'), 'go-worker');

await handlesEverything({
  name: 'A program in Go',
  queue: 'go-worker',
  messages: 500,
  work: [program, ['work']],
  send: [program, ['send']],
  cwd: join(import.meta.dirname, 'go'),
});

// A program needs a frame, and Debian's SDK the line that the README has for it.
const frame = (body) => `package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	ctx := context.Background()
${body}}
`;

test('The first message of the README arrives with Go', async () => {
  const home = await ownDirectory(after);
  const daemon = await ownDaemon(after);
  const text = await snippet('go', 'NewFromConfig');
  const older = text.replace(/^\to\.BaseEndpoint = .*\n\t\/\/ As old as Debian 12's: /m, '\t');
  assert.notEqual(older, text);
  const source = join(home, 'first.go');
  await writeFile(source, frame(older.replaceAll('http://127.0.0.1:4566', daemon.endpoint)));
  const first = await compiled(source, 'go-first');
  const { output, said } = await run(first, [], { cwd: home, env: environmentFor({ endpoint: '' }, home) });
  assert.equal(output, 'hello\n', said);
});
