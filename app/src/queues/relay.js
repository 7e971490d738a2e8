// Relay: publishes what the outbox holds, in order for each account, and notes what was published.
//
//     idle --wake, or a second has passed--> publishing --outbox empty--> idle
//                                               | a request failed: the account's later events wait, the
//                                               | others go on; the round is tried again after a pause
//
// An event whose requests were sent only in part is sent whole again: the receivers know its id.
// Runs in the web process; of several web processes the one that holds the lease publishes.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { counted } from './clients.js';
import { requestsFor } from './publisher.js';
import { decode, describe } from '../events.js';

const roundMax = 200; // events
const accountsAtOnce = 16;
const idleMs = 1000;
const pauseAfterErrorMs = 1000;

export class Relay {
  #outbox;
  #clients;
  #found;
  #usualMode;
  #journal;
  #log;
  #holder = randomUUID();
  #notedUpTo = 0;
  #wake = () => {};

  // `usualMode()` resolves to the mode of events that name none; `found` is a FoundTopology.
  constructor({ outbox, clients, found, usualMode, journal, log = console.error }) {
    this.#outbox = outbox;
    this.#clients = clients;
    this.#found = found;
    this.#usualMode = usualMode;
    this.#journal = journal;
    this.#log = log;
  }

  // Says that something was committed. Nothing is lost if nobody says it.
  wake() {
    this.#wake();
  }

  async run(signal) {
    while (!signal.aborted) {
      const woken = new Promise((resolve) => (this.#wake = resolve));
      let failed = false;
      try {
        failed = !(await this.#publishAll(signal));
      } catch (error) {
        failed = true;
        this.#log(`relay: ${error.message}`);
      }
      const calm = new AbortController();
      const waits = [pause(failed ? pauseAfterErrorMs : idleMs, undefined, { signal: AbortSignal.any([signal, calm.signal]) })];
      if (!failed) waits.push(woken);
      await Promise.race(waits).catch(() => {});
      calm.abort();
      waits[0].catch(() => {});
    }
    this.#outbox.release(this.#holder);
  }

  // Resolves to whether all that was found could be published.
  async #publishAll(signal) {
    while (!signal.aborted && this.#outbox.lease(this.#holder)) {
      const rows = this.#outbox.waiting(roundMax);
      if (rows.length === 0) return true;
      this.#noteCommitted(rows);
      const mode = await this.#usualMode();
      const byAccount = [...Map.groupBy(rows, (row) => row.account).values()];
      const done = [];
      let whole = true;
      const lane = async () => {
        for (let rows = byAccount.pop(); rows; rows = byAccount.pop()) {
          for (const row of rows) {
            if (signal.aborted) return;
            if (!(await this.#publish(row, row.mode ?? mode))) {
              whole = false;
              break;
            }
            done.push(row.number);
          }
        }
      };
      await Promise.all(Array.from({ length: accountsAtOnce }, lane));
      this.#outbox.notePublished(done);
      if (!whole) return false;
    }
    return true;
  }

  #noteCommitted(rows) {
    for (const { number, body, committed_at: at } of rows.filter((row) => row.number > this.#notedUpTo)) {
      const event = decode(body);
      this.#journal?.hop({ event: event.id, kind: 'committed', lane: 'web', what: `${describe(event)}, ${event.account.name}`, at });
      this.#notedUpTo = number;
    }
  }

  async #publish(row, mode) {
    const event = decode(row.body);
    const began = performance.now();
    try {
      const requests = requestsFor(event, mode, this.#found);
      const { calls } = await counted(() =>
        Promise.all(requests.map(({ client, command }) => this.#clients[client].send(command))),
      );
      this.#journal?.published(mode, event.account.marketing, calls);
      this.#journal?.hop({
        event: event.id,
        kind: 'published',
        lane: mode,
        what: requests.map(({ to }) => to.slice(this.#found.topology.prefix.length)).join(', '),
        attempt: calls,
        tookMs: performance.now() - began,
      });
      return true;
    } catch (error) {
      this.#log(`relay: ${describe(event)} not published, will try again: ${error.message}`);
      return false;
    }
  }
}
