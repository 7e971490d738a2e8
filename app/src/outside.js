// The outside: stand-ins for the CRM, the mailing list and the mail server, for a machine without them.
//
//   node src/outside.js
//
//   /salesforce, /mailchimp   what the vendors document, and nothing else is accepted
//   /control                  what was received, and how receiving is disturbed (with OUTSIDE_TOKEN)
//   SMTP                      a sink
import { once } from 'node:events';
import formbody from '@fastify/formbody';
import fastify from 'fastify';
import { control } from './outside/control.js';
import { crm } from './outside/crm.js';
import { mailSink } from './outside/mail_sink.js';
import { marketing } from './outside/marketing.js';
import { Outside } from './outside/state.js';
import { readSettings } from './settings.js';
import { stopSignal } from './stop.js';

// Serves until the signal. `ready` is told where.
export async function serveOutside(settings, signal, ready = () => {}) {
  const outside = new Outside(settings.APP_DATA);
  const server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  await server.register(formbody);
  const room = { outside, settings };
  await server.register(async (scope) => crm(scope, room), { prefix: '/salesforce' });
  await server.register(async (scope) => marketing(scope, room), { prefix: '/mailchimp' });
  await server.register(async (scope) => control(scope, room), { prefix: '/control' });
  await server.listen(settings.OUTSIDE_LISTEN);

  const sink = mailSink(room);
  sink.on('error', (error) => console.error(`mail sink: ${error.message}`));
  const { host, port } = settings.OUTSIDE_SMTP_LISTEN;
  await new Promise((resolve, reject) => sink.listen(port, host, resolve).once('error', reject));
  ready({ http: server.server.address().port, smtp: sink.server.address().port });

  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
  await new Promise((resolve) => sink.close(resolve));
  outside.close();
}

if (import.meta.main) {
  await serveOutside(readSettings(), stopSignal(), ({ http, smtp }) => {
    console.log(`CRM and mailing list at port ${http}, mail server at port ${smtp}`);
  });
  process.exit(0);
}
