// The programs of README.md.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// The first one in that language (or in none) in which the marker stands.
export async function snippet(language, marker) {
  const text = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  const found = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].find(
    ([, its, program]) => its === language && program.includes(marker),
  );
  assert.ok(found, `README.md has no program in ${language || 'the shell'} with ${marker}`);
  return found[2];
}
