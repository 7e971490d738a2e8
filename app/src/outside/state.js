// State of the outside: what the stand-ins for the three receivers hold, and how they are disturbed.
//
// Kept in a SQLite file, so that what a receiver has accepted outlives its process, as it would there. A mail
// is noted each time it is accepted; records and members by their key, with how often each was put.
import { join } from 'node:path';
import { openDatabase } from '../database.js';

const schema = [
  `
  CREATE TABLE records (
    object TEXT NOT NULL,
    key TEXT NOT NULL,
    fields TEXT NOT NULL,
    puts INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (object, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE members (
    hash TEXT PRIMARY KEY,
    fields TEXT NOT NULL,
    puts INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- The steps that members were put for; the last one alone would tell little.
  CREATE TABLE member_steps (step TEXT PRIMARY KEY, hash TEXT NOT NULL, puts INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE mails (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX mails_by_id ON mails (message_id);
  CREATE TABLE tokens (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

// How each receiver is disturbed: it answers this late, and refuses everything while it is failing.
const calm = () => ({ failing: false, latencyMs: 0 });

export class Outside {
  #statements;
  #database;
  disturbances = { crm: calm(), marketing: calm(), email: calm() };

  constructor(directory) {
    const path = directory === ':memory:' ? directory : join(directory, 'outside.db');
    this.#database = openDatabase(path, schema, { synchronous: 'NORMAL' });
    const prepare = (text) => this.#database.prepare(text);
    this.#statements = {
      putRecord: prepare(`INSERT INTO records VALUES (?, ?, ?, 1, ?) ON CONFLICT DO UPDATE
        SET fields = excluded.fields, puts = puts + 1, at = excluded.at RETURNING puts`),
      putMember: prepare(`INSERT INTO members VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE
        SET fields = excluded.fields, puts = puts + 1, at = excluded.at`),
      putStep: prepare('INSERT INTO member_steps VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET puts = puts + 1'),
      addMail: prepare('INSERT INTO mails (message_id, sender, recipient, subject, body, at) VALUES (?, ?, ?, ?, ?, ?)'),
      addToken: prepare('INSERT INTO tokens VALUES (?, ?)'),
      sweepTokens: prepare('DELETE FROM tokens WHERE expires_at <= ?'),
      findToken: prepare('SELECT 1 FROM tokens WHERE token = ? AND expires_at > ?'),
      records: prepare('SELECT * FROM records ORDER BY at DESC LIMIT ?'),
      members: prepare('SELECT * FROM members ORDER BY at DESC LIMIT ?'),
      mails: prepare('SELECT number, message_id, recipient, subject, at FROM mails ORDER BY number DESC LIMIT ?'),
      mail: prepare('SELECT * FROM mails WHERE number = ?'),
      counts: prepare(`SELECT
        (SELECT count(*) FROM records) AS records, (SELECT coalesce(sum(puts), 0) FROM records) AS recordPuts,
        (SELECT count(*) FROM member_steps) AS memberSteps,
        (SELECT coalesce(sum(puts), 0) FROM member_steps) AS memberPuts,
        (SELECT count(DISTINCT message_id) FROM mails) AS mails, (SELECT count(*) FROM mails) AS mailsAccepted`),
      idsOfRecords: prepare('SELECT object, key, puts FROM records'),
      idsOfSteps: prepare('SELECT step, puts FROM member_steps'),
      idsOfMails: prepare('SELECT message_id, count(*) AS copies FROM mails GROUP BY message_id'),
    };
  }

  // Whether the record was made by this.
  putRecord(object, key, fields) {
    return this.#statements.putRecord.get(object, key, JSON.stringify(fields), Date.now()).puts === 1;
  }

  putMember(hash, fields, step) {
    this.#statements.putMember.run(hash, JSON.stringify(fields), Date.now());
    this.#statements.putStep.run(step, hash);
  }

  addMail({ messageId, sender, recipient, subject, body }) {
    this.#statements.addMail.run(messageId, sender, recipient, subject, body, Date.now());
  }

  addToken(token, livesMs) {
    this.#statements.sweepTokens.run(Date.now());
    this.#statements.addToken.run(token, Date.now() + livesMs);
  }

  hasToken(token) {
    return this.#statements.findToken.get(token, Date.now()) !== undefined;
  }

  summary(max = 50) {
    const parsed = (row) => ({ ...row, fields: JSON.parse(row.fields) });
    return {
      disturbances: this.disturbances,
      counts: this.#statements.counts.get(),
      records: this.#statements.records.all(max).map(parsed),
      members: this.#statements.members.all(max).map(parsed),
      mails: this.#statements.mails.all(max),
    };
  }

  mail(number) {
    return this.#statements.mail.get(number);
  }

  // Every key and how often it was put: what a test compares with what was committed.
  ledger() {
    return {
      records: this.#statements.idsOfRecords.all(),
      steps: this.#statements.idsOfSteps.all(),
      mails: this.#statements.idsOfMails.all(),
    };
  }

  close() {
    this.#database.close();
  }
}
