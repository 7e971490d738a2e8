// The worker: takes the messages of every queue and lets the service that each is for do it.
//
//   node src/worker.js
//
//     polling --pause--> paused --resume--> polling
//        |                 |
//        +--- SIGTERM, or a restart that was asked for (stop.js) ---> finishing --> ended with 0
//
// It makes no queue: it waits until they are provisioned. Finishing means that what was begun is done and
// deleted, and what was received and not begun is given back at once.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openCache } from './cache.js';
import { Journal } from './journal.js';
import { openClients } from './queues/clients.js';
import { Consumer } from './queues/consumer.js';
import { findTopology, Topology } from './queues/topology.js';
import { Crm } from './services/crm.js';
import { Effects } from './services/effects.js';
import { Email } from './services/email.js';
import { handlerFor } from './services/handler.js';
import { Marketing } from './services/marketing.js';
import { readSettings } from './settings.js';
import { stopOrRestartSignal } from './stop.js';
import { readPaused, readWait } from './switches.js';

const tellEveryMs = 500;

export async function work(settings) {
  const id = `worker-${randomBytes(2).toString('hex')}`;
  const log = (line) => console.log(`${id} ${line}`);
  const journal = new Journal(settings.APP_DATA);
  const cache = await openCache(settings, log);
  const effects = new Effects(settings.APP_DATA);
  const clients = openClients(id, journal);
  const email = new Email(settings);
  const services = { crm: new Crm(settings), marketing: new Marketing(settings), email };
  const told = { id, startedAt: Date.now(), state: 'starting', holding: 0, done: 0, failed: 0 };

  const signal = await stopOrRestartSignal(cache);
  let wait = 20;
  let paused = false;
  let interrupt = new AbortController();
  let consumers = [];
  const look = async () => {
    wait = await readWait(cache);
    const wish = await readPaused(cache);
    if (wish !== paused) {
      paused = wish;
      interrupt.abort();
    }
    const holding = consumers.reduce((sum, consumer) => sum + consumer.holding, 0);
    journal.worker({ ...told, state: signal.aborted ? 'finishing' : told.state, holding });
  };
  const teller = setInterval(() => void look().catch((error) => log(error.message)), tellEveryMs);

  try {
    const found = await findTopology(new Topology(settings), clients, { signal, log });
    log(`serves ${found.queues.map(({ name }) => name).join(', ')}`);
    while (!signal.aborted) {
      interrupt = new AbortController();
      const until = AbortSignal.any([signal, interrupt.signal]);
      told.state = paused ? 'paused' : 'polling';
      if (paused) {
        await pause(60_000, undefined, { signal: until }).catch(() => {});
        continue;
      }
      consumers = found.queues.map((queue) => {
        const handle = handlerFor({
          service: { name: queue.service, perform: (event) => services[queue.service].perform(event) },
          effects,
          journal,
          worker: id,
          attemptsMax: settings.WORKER_ATTEMPTS,
          log: console.log,
        });
        return new Consumer({
          sqs: clients.sqs,
          queue,
          handle: (...words) => handle(...words).then(() => void ++told.done, (error) => { ++told.failed; throw error; }),
          concurrency: settings.WORKER_CONCURRENCY,
          visibility: settings.WORKER_VISIBILITY,
          receiveWait: () => wait,
          log,
        });
      });
      await Promise.all(consumers.map((consumer) => consumer.run(until)));
      consumers = [];
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(teller);
    journal.worker({ ...told, state: 'ended', holding: 0 });
    journal.close();
    email.close();
    effects.close();
    await cache.close();
    for (const client of Object.values(clients)) client.destroy();
  }
  log(`stopped, ${signal.reason}; nothing is held`);
}

if (import.meta.main) {
  await work(readSettings());
  process.exit(0);
}
