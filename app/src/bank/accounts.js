// Accounts: who has how much, and the three steps that change it.
//
// Each step is one transaction that holds the change, the statement's line and the event for the outbox:
// nothing is saved that will not be published, and nothing is published that was not saved. A step has an id
// that its form was given before it was sent, so a form that is sent twice is one step.
//
// Invariant: the balance of an account is the sum of its entries and never below zero.
import { randomUUID } from 'node:crypto';
import { transaction } from '../database.js';
import { encode } from '../events.js';

// What a customer can be told about: `field` names the input that it concerns.
export class Refusal extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

export class Accounts {
  #database;
  #statements;

  constructor(database) {
    this.#database = database;
    const prepare = (text) => database.prepare(text);
    this.#statements = {
      add: prepare('INSERT INTO accounts (id, email, name, password, marketing, registered_at) VALUES (?, ?, ?, ?, ?, ?)'),
      byId: prepare('SELECT * FROM accounts WHERE id = ?'),
      byEmail: prepare('SELECT * FROM accounts WHERE email = ?'),
      change: prepare('UPDATE accounts SET balance = balance + ? WHERE id = ?'),
      enter: prepare('INSERT INTO entries (step, account, cents, other, at) VALUES (?, ?, ?, ?, ?)'),
      entered: prepare('SELECT 1 FROM entries WHERE step = ? AND account = ?'),
      entries: prepare('SELECT * FROM entries WHERE account = ? ORDER BY at DESC LIMIT ?'),
      outbox: prepare('INSERT INTO outbox (event, account, mode, body, committed_at) VALUES (?, ?, ?, ?, ?)'),
    };
  }

  find(id) {
    return this.#statements.byId.get(id);
  }

  findByEmail(email) {
    return this.#statements.byEmail.get(email);
  }

  // The newest first.
  entries(id, max = 50) {
    return this.#statements.entries.all(id, max);
  }

  // `password` is a hash (password.js). `mode` is a way to publish that is not the usual one, for comparing.
  register({ name, email, password, marketing, mode = null }) {
    return transaction(this.#database, () => {
      if (this.findByEmail(email)) throw new Refusal('email', 'There is an account with this address already.');
      const account = { id: randomUUID(), name, email, marketing };
      this.#statements.add.run(account.id, email, name, password, marketing ? 1 : 0, Date.now());
      this.#publish(account, { id: randomUUID(), type: 'registration-completed' }, mode);
      return account;
    });
  }

  deposit({ step, account: id, cents, mode = null }) {
    transaction(this.#database, () => this.#deposit(step, id, cents, mode));
  }

  // Many deposits of one cent each, all or none.
  depositMany(id, count) {
    transaction(this.#database, () => {
      for (let i = 0; i < count; ++i) this.#deposit(randomUUID(), id, 1, null);
    });
  }

  #deposit(step, id, cents, mode) {
    if (this.#statements.entered.get(step, id)) return;
    const account = this.find(id);
    this.#statements.change.run(cents, id);
    this.#statements.enter.run(step, id, cents, null, Date.now());
    this.#publish(account, { id: step, type: 'deposit-completed', cents }, mode);
  }

  transfer({ step, account: id, to, cents, mode = null }) {
    transaction(this.#database, () => {
      if (this.#statements.entered.get(step, id)) return;
      const account = this.find(id);
      const recipient = this.findByEmail(to);
      if (!recipient) throw new Refusal('to', 'Nobody has an account with this address.');
      if (recipient.id === id) throw new Refusal('to', 'This is your own address.');
      if (account.balance < cents) throw new Refusal('amount', 'There is not that much in your account.');
      this.#statements.change.run(-cents, id);
      this.#statements.change.run(cents, recipient.id);
      this.#statements.enter.run(step, id, -cents, recipient.name, Date.now());
      this.#statements.enter.run(step, recipient.id, cents, account.name, Date.now());
      this.#publish(account, { id: step, type: 'transfer-completed', cents, recipient: recipient.name }, mode);
    });
  }

  #publish({ id, name, email, marketing }, what, mode) {
    const at = new Date();
    const account = { id, name, email, marketing: Boolean(marketing) };
    const event = { version: 1, ...what, at: at.toISOString(), account };
    this.#statements.outbox.run(event.id, id, mode, encode(event), at.getTime());
  }
}
