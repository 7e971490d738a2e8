// The web application: pages, the relay that publishes what they commit, and, for a demonstration, the pages
// that show the machinery.
//
//   node src/web.js
//
// A request commits to the bank's database and answers; it never speaks to a queue. The relay does that, in
// this process. A stop answers the requests under way, publishes no more and ends; what was not published is
// in the outbox.
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import files from '@fastify/static';
import fastify from 'fastify';
import { Accounts } from './bank/accounts.js';
import { openBank } from './bank/database.js';
import { Outbox } from './bank/outbox.js';
import { Sessions } from './bank/sessions.js';
import { openCache } from './cache.js';
import { Journal } from './journal.js';
import { openClients } from './queues/clients.js';
import { Relay } from './queues/relay.js';
import { findTopology, Topology } from './queues/topology.js';
import { readSettings } from './settings.js';
import { stopSignal } from './stop.js';
import { readMode } from './switches.js';
import { calls } from './web/calls.js';
import { deadLetters } from './web/dead_letters.js';
import { html } from './web/html.js';
import { live } from './web/live.js';
import { LiveFeed } from './web/live_feed.js';
import { OutsideView } from './web/outside_view.js';
import { received } from './web/received.js';
import { addSecurityHeaders } from './web/security.js';
import { steps } from './web/steps.js';
import { addVisits } from './web/visit.js';
import { visitors } from './web/visitors.js';

const bodyBytesMax = 16 * 1024;
const sweepEveryMs = 60_000;

// Serves until the signal. `ready` is told the port.
export async function serveWeb(settings, signal, ready = () => {}) {
  const log = (line) => console.error(line);
  const bank = openBank(settings.APP_DATA);
  const journal = new Journal(settings.APP_DATA);
  const outbox = new Outbox(bank);
  const cache = await openCache(settings, log);
  const clients = openClients('web', journal);
  const found = await findTopology(new Topology(settings), clients, { signal, log });
  const relay = new Relay({ outbox, clients, found, journal, log, usualMode: () => readMode(cache, settings) });

  const room = {
    settings,
    accounts: new Accounts(bank),
    sessions: new Sessions(bank),
    outbox,
    journal,
    cache,
    clients,
    found,
    log,
    outside: new OutsideView(settings),
    committed: () => relay.wake(),
  };
  room.feed = new LiveFeed(room);
  const server = await buildServer(room);
  await server.listen(settings.APP_LISTEN);
  ready(server.server.address().port);

  const sweeper = setInterval(() => {
    journal.sweep();
    outbox.forgetOld();
  }, sweepEveryMs);
  await relay.run(signal);
  clearInterval(sweeper);
  room.feed.end();
  await server.close();
  journal.close();
  bank.close();
  await cache.close();
  for (const client of Object.values(clients)) client.destroy();
}

export async function buildServer(room) {
  const server = fastify({ bodyLimit: bodyBytesMax, forceCloseConnections: 'idle', requestTimeout: 30_000 });
  await server.register(cookie);
  await server.register(formbody);
  addSecurityHeaders(server, room);
  await server.register(files, { root: join(import.meta.dirname, '../public'), prefix: '/public/' });
  addVisits(server, room);

  server.get('/health', async () => ({ status: 'ok' }));
  visitors(server, room);
  steps(server, room);
  if (room.settings.APP_DEMO) for (const pages of [live, calls, deadLetters, received]) pages(server, room);

  server.setNotFoundHandler((request, reply) => reply.show(trouble('There is no such page', 'The address may be mistyped.'), 404));
  server.setErrorHandler((error, request, reply) => {
    const status = error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) room.log(`${request.method} ${request.url}: ${error.stack}`);
    const text = status === 500 ? 'Something is wrong on our side. Look whether what you did is there, and try again in a moment.' : error.message;
    return reply.show(trouble('That did not work', text), status);
  });
  return server;
}

const trouble = (title, text) => ({
  title,
  content: () => html`<h1>${title}</h1><p class="lead">${text}</p><p><a href="/">To the front door</a></p>`,
});

if (import.meta.main) {
  const settings = readSettings();
  await serveWeb(settings, stopSignal(), (port) => console.log(`the page is at http://${settings.APP_LISTEN.host}:${port}/`));
  process.exit(0);
}
