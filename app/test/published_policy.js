// PublishedPolicy: the IAM policy that docs/aws.md tells people to use, as its statements, read from that page.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

// For names with this prefix on a daemon.
export async function publishedPolicy(prefix) {
  const page = await readFile(join(import.meta.dirname, '../../docs/aws.md'), 'utf8');
  const [, text] = /```json\n([\s\S]*?)\n```/.exec(page);
  const placed = text.replaceAll('REGION', 'us-east-1').replaceAll('ACCOUNT', '000000000000').replaceAll('bank-', prefix);
  return JSON.parse(placed).Statement;
}

export const policyOf = (Statement) => ({ Version: '2012-10-17', Statement });
