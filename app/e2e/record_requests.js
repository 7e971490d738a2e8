// Loaded into every process of the application on a real AWS, where no proxy can stand in between: notes each
// HTTP request that leaves, so that the suite can look for one that AWS does not offer.
import { appendFileSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';

const file = process.env.E2E_REQUESTS;
subscribe('http.client.request.start', ({ request }) => {
  appendFileSync(file, `${request.method} ${request.protocol}//${request.host}${request.path}\n`);
});
