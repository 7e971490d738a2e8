// The bank's database: accounts, what moved between them, who is signed in, and the outbox, all in one file,
// because a step and its event must be in one transaction.
import { join } from 'node:path';
import { openDatabase } from '../database.js';

const schema = [
  `
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    marketing INTEGER NOT NULL CHECK (marketing IN (0, 1)),
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0),
    registered_at INTEGER NOT NULL
  ) STRICT;

  -- One line of an account's statement. The step is the event's id; a transfer has a line on both accounts.
  CREATE TABLE entries (
    step TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (id),
    cents INTEGER NOT NULL CHECK (cents <> 0),
    other TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (step, account)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX entries_by_account ON entries (account, at);

  -- The token is kept as a digest, so that a copy of this file signs nobody in.
  CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    account TEXT REFERENCES accounts (id),
    form_token TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    mode TEXT,
    body TEXT NOT NULL,
    committed_at INTEGER NOT NULL,
    published_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (number) WHERE published_at IS NULL;

  CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

export const openBank = (directory) => openDatabase(directory === ':memory:' ? directory : join(directory, 'bank.db'), schema);
