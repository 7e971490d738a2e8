// Database: a SQLite file with a schema that only grows.
//
// A schema is a list of steps; the file remembers how many were done (user_version), so a step is never
// changed once it was released, only followed by another. Several processes may open the same file: a writer
// waits for another for up to five seconds.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const busyMs = 5000;

// `synchronous` is FULL where a commit must survive a crash of the machine, OFF where losing the last moment
// costs nothing.
export function openDatabase(path, schema, { synchronous = 'FULL' } = {}) {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: true });
  turnOnWriteAheadLog(database);
  database.exec(`PRAGMA synchronous = ${synchronous}`);
  transaction(database, () => {
    const { user_version: done } = database.prepare('PRAGMA user_version').get();
    if (done > schema.length) throw new Error(`${path} was written by a newer version of this application`);
    for (const step of schema.slice(done)) database.exec(step);
    database.exec(`PRAGMA user_version = ${schema.length}`);
  });
  return database;
}

// Of two processes that do this to a new file at the same moment, SQLite refuses one without waiting.
function turnOnWriteAheadLog(database) {
  for (let triesLeft = 50; ; --triesLeft) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (triesLeft === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

// Runs `work`, which must not be asynchronous, as one transaction: all of it is there, or nothing.
export function transaction(database, work) {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
