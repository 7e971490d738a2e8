// Outbox: the events that were committed with their steps and are still to be published.
//
// Written by accounts.js in the step's own transaction, read in order of commit. One relay at a time holds
// the lease; should it die between publishing and noting it, its successor publishes the event again, which
// the receivers know by its id. What was published is kept for a day.
import { transaction } from '../database.js';

const leaseMs = 5000;
const keptMs = 24 * 3600 * 1000;

export class Outbox {
  #database;
  #statements;

  constructor(database) {
    this.#database = database;
    this.#statements = {
      waiting: database.prepare('SELECT * FROM outbox WHERE published_at IS NULL ORDER BY number LIMIT ?'),
      count: database.prepare('SELECT count(*) AS count FROM outbox WHERE published_at IS NULL'),
      published: database.prepare('UPDATE outbox SET published_at = ? WHERE number = ?'),
      forget: database.prepare('DELETE FROM outbox WHERE published_at < ?'),
      lease: database.prepare(`INSERT INTO leases (name, holder, until) VALUES ('relay', ?1, ?2)
        ON CONFLICT (name) DO UPDATE SET holder = ?1, until = ?2 WHERE holder = ?1 OR until < ?3`),
      release: database.prepare(`DELETE FROM leases WHERE name = 'relay' AND holder = ?`),
    };
  }

  // Whether this holder may publish for the next five seconds.
  lease(holder, now = Date.now()) {
    return this.#statements.lease.run(holder, now + leaseMs, now).changes > 0;
  }

  release(holder) {
    this.#statements.release.run(holder);
  }

  waiting(max) {
    return this.#statements.waiting.all(max);
  }

  waitingCount() {
    return this.#statements.count.get().count;
  }

  notePublished(numbers, now = Date.now()) {
    transaction(this.#database, () => {
      for (const number of numbers) this.#statements.published.run(now, number);
    });
  }

  forgetOld(now = Date.now()) {
    this.#statements.forget.run(now - keptMs);
  }
}
