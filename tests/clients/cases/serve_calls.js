// Performs calls by an SDK for JavaScript, a line of JSON each way (tests/conformance/sdk_program.h says which).
//
//   protocol   what the SDK speaks to SQS, 'json' or 'query'
//   clients    {sqs(key, region), sns(key, region)}: a new client; without `sns` the SDK is here without it
//   call       (client, action, members): its answer
//   refusal    (error): {status, code, text} of an answer that refused, or undefined: the SDK itself did
import { createInterface } from 'node:readline';

const bytesIn = new Set(['BinaryValue', 'BinaryListValues']);

// Bytes are base64 in a line.
function withBytes(value, name) {
  if (typeof value === 'string') return bytesIn.has(name) ? Uint8Array.from(Buffer.from(value, 'base64')) : value;
  if (Array.isArray(value)) return value.map((inner) => withBytes(inner, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withBytes(inner, key)]));
}

function withoutBytes(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutBytes);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBytes(inner)]));
}

export function serveCalls({ protocol, clients, call, refusal }) {
  const made = new Map();
  const clientFor = ({ service, key, region }) => {
    const name = `${service} ${key} ${region}`;
    if (!made.has(name)) made.set(name, clients[service](key, region));
    return made.get(name);
  };
  const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const perform = async (line) => {
    const { id, action, members } = line;
    try {
      const { $metadata, ResponseMetadata, ...answer } = (await call(clientFor(line), action, withBytes(members))) ?? {};
      tell({ id, members: withoutBytes(answer) });
    } catch (error) {
      tell({ id, ...(refusal(error) ?? { own: String(error) }) });
    }
  };
  tell({ protocol, sns: 'sns' in clients });
  createInterface({ input: process.stdin }).on('line', (text) => perform(JSON.parse(text)));
}
