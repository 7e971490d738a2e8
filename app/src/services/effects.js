// Effects: which service has done what about which event, so that a message that comes twice has one effect.
//
//     (none) --claim--> begun --done--> done
//                        |  ^
//            released,   |  | claimed again
//            or lease    +--+
//            ended
//
// The event's id and what came of it are written in one transaction. Between the effect outside and that
// commit a worker can be killed; the effect is then done again, under the same key: the CRM and the mailing
// list put the same thing in the same place, and the mail has the same Message-ID.
//
// A claim keeps two copies of one message from being done at the same time. It outlasts any handler
// (receiver.js bounds them) and dies with its worker.
import { join } from 'node:path';
import { openDatabase } from '../database.js';

export const leaseMs = 30_000;

const schema = [
  `
  CREATE TABLE effects (
    event TEXT NOT NULL,
    service TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('begun', 'done')),
    attempts INTEGER NOT NULL,
    until INTEGER NOT NULL,
    result TEXT,
    done_at INTEGER,
    PRIMARY KEY (event, service)
  ) STRICT, WITHOUT ROWID;
  `,
];

export class Effects {
  #statements;
  #database;

  constructor(directory) {
    const path = directory === ':memory:' ? directory : join(directory, 'effects.db');
    this.#database = openDatabase(path, schema);
    const prepare = (text) => this.#database.prepare(text);
    this.#statements = {
      claim: prepare(`INSERT INTO effects (event, service, state, attempts, until) VALUES (?1, ?2, 'begun', 1, ?3)
        ON CONFLICT DO UPDATE SET attempts = attempts + 1, until = ?3 WHERE state = 'begun' AND until <= ?4`),
      find: prepare('SELECT * FROM effects WHERE event = ? AND service = ?'),
      done: prepare(`UPDATE effects SET state = 'done', result = ?, done_at = ? WHERE event = ? AND service = ?`),
      release: prepare(`UPDATE effects SET until = 0 WHERE event = ? AND service = ? AND state = 'begun'`),
      counts: prepare(`SELECT service, count(*) AS done FROM effects WHERE state = 'done' GROUP BY service`),
    };
  }

  // 'claimed', 'done', or the milliseconds for which another has it.
  claim(event, service, now = Date.now()) {
    if (this.#statements.claim.run(event, service, now + leaseMs, now).changes > 0) return 'claimed';
    const { state, until } = this.#statements.find.get(event, service);
    return state === 'done' ? 'done' : until - now;
  }

  done(event, service, result, now = Date.now()) {
    this.#statements.done.run(result, now, event, service);
  }

  release(event, service) {
    this.#statements.release.run(event, service);
  }

  // How many are done, by service.
  counts() {
    return Object.fromEntries(this.#statements.counts.all().map(({ service, done }) => [service, done]));
  }

  close() {
    this.#database.close();
  }
}
