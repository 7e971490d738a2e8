// What speaks https with a certificate of its own.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer, globalAgent } from 'node:https';
import { join } from 'node:path';

import { scratchDirectory } from './daemon.js';

// A certificate for localhost that vouches for itself: { key, cert } as a server takes them, and cert's file.
export async function ownCertificate(t) {
  const keys = await scratchDirectory(t);
  const [keyFile, certFile] = [join(keys, 'key.pem'), join(keys, 'cert.pem')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile],
    { stdio: 'ignore' },
  );
  return { key: await readFile(keyFile), cert: await readFile(certFile), certFile };
}

// Stands before a daemon, whose endpoint is set once it has one. Until the test ends this process trusts it.
export async function httpsFront(t, { key, cert }) {
  const front = { endpoint: undefined, base: undefined };
  const server = createServer({ key, cert }, (request, response) => {
    get(front.endpoint + request.url, (answer) => {
      response.writeHead(answer.statusCode);
      answer.pipe(response);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  globalAgent.options.ca = cert;
  t.after(() => {
    globalAgent.destroy();
    server.close();
  });
  front.base = `https://localhost:${server.address().port}`;
  return front;
}
