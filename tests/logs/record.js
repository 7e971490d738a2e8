// Loaded into every Node process of the rings in JavaScript (`./dev` says so by NODE_OPTIONS): notes down what clients
// send that no log may hold, one JSON string a line: signatures, session tokens, bodies of messages, receipt handles. What
// the daemons log lies beside it (tests/sdk/daemon.js, app/test/daemon.js), and secrets.test.js compares.
import { appendFileSync, mkdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

const directory = join(import.meta.dirname, '../../build/logs/daemons');
const file = join(directory, `${process.pid}.secrets`);
mkdirSync(directory, { recursive: true });

const secretFields = new Set(['MessageBody', 'Message', 'ReceiptHandle']);

// Short ones may stand anywhere by chance.
const note = (text) => typeof text === 'string' && text.length >= 16 && appendFileSync(file, `${JSON.stringify(text)}\n`);

function noteDocument(value) {
  if (Array.isArray(value)) value.forEach(noteDocument);
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) secretFields.has(name) ? note(member) : noteDocument(member);
}

function noteRequest(request, body) {
  note(/Signature=([0-9a-f]{64})/.exec(String(request.getHeader('authorization')))?.[1]);
  note(request.getHeader('x-amz-security-token'));
  const text = body.toString();
  try {
    if (text.startsWith('{')) noteDocument(JSON.parse(text));
  } catch {
    return; // no document, and none that the daemon could read
  }
  if (!text.startsWith('Action=') && !text.includes('&Action=')) return;
  for (const [name, value] of new URLSearchParams(text)) {
    if (secretFields.has(name.split('.').at(-1))) note(value);
  }
}

const { end } = http.ClientRequest.prototype;
http.ClientRequest.prototype.end = function endNoted(...words) {
  if (typeof words[0] === 'string' || words[0] instanceof Uint8Array) noteRequest(this, Buffer.from(words[0]));
  return end.apply(this, words);
};
