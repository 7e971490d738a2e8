// Handler: what a worker does with a message of a service's queue: reads the event in it, sees to it that the
// effect happens once, and notes each hop in the journal.
import { describe, decode } from '../events.js';
import { Later } from '../queues/consumer.js';

// service: {name, perform(event)}. What it returns is told to the Consumer (consumer.js): done, or thrown.
export function handlerFor({ service, effects, journal, worker, attemptsMax, log = console.error }) {
  return async function handle(message, attempt) {
    const note = (hop) => {
      // The last attempt of a message that fails is the one that makes it a dead letter.
      const last = hop.kind === 'failed' && attempt >= attemptsMax;
      journal?.hop({ ...hop, kind: last ? 'dead' : hop.kind, lane: service.name, by: worker, attempt });
      if (hop.kind === 'failed') log(`${worker} ${service.name}: ${hop.event}, attempt ${attempt}: ${hop.what}`);
    };
    let event;
    try {
      event = decode(message.Body);
    } catch (error) {
      note({ event: message.MessageId, kind: 'failed', what: error.message });
      throw error;
    }
    const waited = Date.now() - Number(message.Attributes?.SentTimestamp ?? Date.now());
    const began = performance.now();
    note({ event: event.id, kind: 'received', what: describe(event), tookMs: waited });

    const claim = effects.claim(event.id, service.name);
    if (claim === 'done') {
      note({ event: event.id, kind: 'again', what: 'was done already' });
      return;
    }
    if (claim !== 'claimed') {
      note({ event: event.id, kind: 'busy', what: 'a copy of it is being done' });
      throw new Later(Math.ceil(claim / 1000) + 1, 'a copy of it is being done');
    }
    try {
      const result = await service.perform(event);
      effects.done(event.id, service.name, result);
      note({ event: event.id, kind: 'done', what: result, tookMs: performance.now() - began });
    } catch (error) {
      effects.release(event.id, service.name);
      note({ event: event.id, kind: 'failed', what: error.message, tookMs: performance.now() - began });
      throw error;
    }
  };
}
