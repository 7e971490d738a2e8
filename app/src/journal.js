// Journal: what the machinery did, for the pages that show it. Nothing else depends on it.
//
//   hops      one row for each thing that happened to an event on its way, numbered in order of writing
//   meters    API calls, counted by process and command in slots of five seconds
//   modes     what publishing cost: events and calls, by mode and by whether the visitor has marketing
//   workers   who is there, when last heard of, and what each has in its hands
//
// Written by every process of this machine, in batches twenty times a second, without waiting for the disk: a
// crash costs the last moment of the show, never of the work. Only the last hour is kept.
import { join } from 'node:path';
import { openDatabase, transaction } from './database.js';

const flushMs = 50;
const slotMs = 5000;
const keptMs = 3600 * 1000;
const pendingMax = 20000;

const schema = [
  `
  CREATE TABLE hops (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    what TEXT NOT NULL,
    by TEXT,
    attempt INTEGER,
    took_ms INTEGER
  ) STRICT;
  CREATE INDEX hops_by_time ON hops (at);
  CREATE TABLE meters (
    slot INTEGER NOT NULL,
    source TEXT NOT NULL,
    command TEXT NOT NULL,
    calls INTEGER NOT NULL,
    empty INTEGER NOT NULL,
    PRIMARY KEY (slot, source, command)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE modes (
    mode TEXT NOT NULL,
    marketing INTEGER NOT NULL,
    events INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (mode, marketing)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    holding INTEGER NOT NULL,
    done INTEGER NOT NULL,
    failed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  'CREATE INDEX hops_by_event ON hops (event)',
];

export class Journal {
  #database;
  #statements;
  #pending = [];
  #timer;

  constructor(directory) {
    const path = directory === ':memory:' ? directory : join(directory, 'journal.db');
    this.#database = openDatabase(path, schema, { synchronous: 'OFF' });
    const prepare = (text) => this.#database.prepare(text);
    this.#statements = {
      hop: prepare('INSERT INTO hops (at, event, kind, lane, what, by, attempt, took_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
      meter: prepare(`INSERT INTO meters (slot, source, command, calls, empty) VALUES (?, ?, ?, 1, ?)
        ON CONFLICT DO UPDATE SET calls = calls + 1, empty = empty + excluded.empty`),
      mode: prepare(`INSERT INTO modes (mode, marketing, events, calls) VALUES (?, ?, 1, ?)
        ON CONFLICT DO UPDATE SET events = events + 1, calls = calls + excluded.calls`),
      worker: prepare(`INSERT INTO workers (id, started_at, seen_at, state, holding, done, failed)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at, state = excluded.state,
        holding = excluded.holding, done = excluded.done, failed = excluded.failed`),
      hopsAfter: prepare('SELECT * FROM hops WHERE number > ? ORDER BY number LIMIT ?'),
      lastFailure: prepare(`SELECT what FROM hops WHERE event = ? AND lane = ? AND kind IN ('failed', 'dead')
        ORDER BY number DESC LIMIT 1`),
      lastHops: prepare('SELECT * FROM (SELECT * FROM hops ORDER BY number DESC LIMIT ?) ORDER BY number'),
      lastNumber: prepare('SELECT coalesce(max(number), 0) AS number FROM hops'),
      metered: prepare(`SELECT source, command, sum(calls) AS calls, sum(empty) AS empty, min(slot) AS since FROM meters
        WHERE slot >= ? AND slot < ? GROUP BY source, command ORDER BY source, command`),
      modes: prepare('SELECT * FROM modes ORDER BY mode, marketing DESC'),
      forgetModes: prepare('DELETE FROM modes'),
      workers: prepare('SELECT * FROM workers WHERE seen_at > ? ORDER BY started_at'),
      sweepHops: prepare('DELETE FROM hops WHERE at < ?'),
      sweepMeters: prepare('DELETE FROM meters WHERE slot < ?'),
      sweepWorkers: prepare('DELETE FROM workers WHERE seen_at < ?'),
    };
  }

  // kind: committed, published, received, done, again, failed, dead, busy or redriven. lane: the service, or
  // the mode in which it was published. by: the worker. attempt: which delivery; of what was published, how many
  // requests. tookMs: how long that took; of what was received, how long it lay in the queue.
  hop({ event, kind, lane, what, by = null, attempt = null, tookMs = null, at = Date.now() }) {
    const took = tookMs === null ? null : Math.max(0, Math.round(tookMs));
    this.#later(this.#statements.hop, [at, event, kind, lane, what, by, attempt, took]);
  }

  // One API call that was made; `empty` if it was a receive that brought nothing.
  call(source, command, empty) {
    this.#later(this.#statements.meter, [Math.floor(Date.now() / slotMs), source, command, empty ? 1 : 0]);
  }

  published(mode, marketing, calls) {
    this.#later(this.#statements.mode, [mode, marketing ? 1 : 0, calls]);
  }

  worker({ id, startedAt, state, holding, done, failed }) {
    this.#later(this.#statements.worker, [id, startedAt, Date.now(), state, holding, done, failed]);
  }

  #later(statement, values) {
    if (this.#pending.length < pendingMax) this.#pending.push([statement, values]);
    this.#timer ??= setTimeout(() => this.flush(), flushMs);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = this.#pending.splice(0);
    if (pending.length === 0) return;
    try {
      transaction(this.#database, () => {
        for (const [statement, values] of pending) statement.run(...values);
      });
    } catch (error) {
      console.error(`the journal misses ${pending.length} notes: ${error.message}`);
    }
  }

  hopsAfter(number, max = 500) {
    return this.#statements.hopsAfter.all(number, max);
  }

  lastHops(max = 100) {
    return this.#statements.lastHops.all(max);
  }

  // What was wrong when the service last failed to do the event; undefined if that is not known any more.
  lastFailure(event, lane) {
    return this.#statements.lastFailure.get(event, lane)?.what;
  }

  lastNumber() {
    return this.#statements.lastNumber.get().number;
  }

  // The calls of the last minute of whole slots, as numbers a minute.
  callsAMinute(now = Date.now()) {
    const end = Math.floor(now / slotMs);
    return this.#statements.metered.all(end - 60000 / slotMs, end);
  }

  modes() {
    return this.#statements.modes.all();
  }

  forgetModes() {
    this.#statements.forgetModes.run();
  }

  // Those heard of in the last three seconds.
  workers(now = Date.now()) {
    return this.#statements.workers.all(now - 3000);
  }

  sweep(now = Date.now()) {
    this.#statements.sweepHops.run(now - keptMs);
    this.#statements.sweepMeters.run(Math.floor((now - keptMs) / slotMs));
    this.#statements.sweepWorkers.run(now - keptMs);
  }

  close() {
    this.flush();
    this.#database.close();
  }
}
