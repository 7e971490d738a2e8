import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Accounts, Refusal } from '../src/bank/accounts.js';
import { openBank } from '../src/bank/database.js';
import { Outbox } from '../src/bank/outbox.js';
import { hashPassword, nobodysPassword, passwordMatches } from '../src/bank/password.js';
import { formTokenMatches, Sessions } from '../src/bank/sessions.js';
import { decode } from '../src/events.js';

function bank() {
  const database = openBank(':memory:');
  const accounts = new Accounts(database);
  const outbox = new Outbox(database);
  const open = (name) => accounts.register({ name, email: `${name}@example.com`, password: '!', marketing: name === 'ada' }).id;
  const events = () => outbox.waiting(1000).map(({ body }) => decode(body));
  return { database, accounts, outbox, open, events };
}

test('Each completed step has its event in the outbox, with the id of the step', () => {
  const { accounts, open, events } = bank();
  const [ada, grace] = [open('ada'), open('grace')];
  const [first, second] = [randomUUID(), randomUUID()];
  accounts.deposit({ step: first, account: ada, cents: 1000 });
  accounts.transfer({ step: second, account: ada, to: 'grace@example.com', cents: 400 });
  assert.equal(accounts.find(ada).balance, 600);
  assert.equal(accounts.find(grace).balance, 400);
  const [, , deposited, transferred] = events();
  assert.equal(deposited.id, first);
  assert.equal(transferred.id, second);
  assert.deepEqual(transferred.account, { id: ada, name: 'ada', email: 'ada@example.com', marketing: true });
  assert.equal(transferred.recipient, 'grace');
});

test('A step whose event cannot be written changes nothing', () => {
  const { database, accounts, open, events } = bank();
  const ada = open('ada');
  database.exec(`CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
  assert.throws(() => accounts.deposit({ step: randomUUID(), account: ada, cents: 1000 }), /the disk is full/);
  assert.equal(accounts.find(ada).balance, 0);
  assert.deepEqual(accounts.entries(ada), []);
  assert.equal(events().length, 1);
});

test('A form that is sent twice is one step', () => {
  const { accounts, open, events } = bank();
  const [ada] = [open('ada'), open('grace')];
  const [first, second] = [randomUUID(), randomUUID()];
  for (let i = 0; i < 2; ++i) accounts.deposit({ step: first, account: ada, cents: 1000 });
  for (let i = 0; i < 2; ++i) accounts.transfer({ step: second, account: ada, to: 'grace@example.com', cents: 400 });
  assert.equal(accounts.find(ada).balance, 600);
  assert.equal(events().length, 4);
});

test('A transfer that cannot be is refused and leaves no trace', () => {
  const { accounts, open, events } = bank();
  const ada = open('ada');
  open('grace');
  accounts.deposit({ step: randomUUID(), account: ada, cents: 100 });
  const attempts = [
    ['nobody@example.com', 1, 'to'],
    ['ada@example.com', 1, 'to'],
    ['grace@example.com', 101, 'amount'],
  ];
  for (const [to, cents, field] of attempts) {
    assert.throws(
      () => accounts.transfer({ step: randomUUID(), account: ada, to, cents }),
      (error) => error instanceof Refusal && error.field === field,
    );
  }
  assert.equal(accounts.find(ada).balance, 100);
  assert.equal(events().length, 3);
  assert.throws(() => open('ada'), Refusal);
});

test('The balance is the sum of the entries', () => {
  const { accounts, open } = bank();
  const ada = open('ada');
  accounts.depositMany(ada, 40);
  accounts.deposit({ step: randomUUID(), account: ada, cents: 7 });
  const sum = accounts.entries(ada, 100).reduce((total, { cents }) => total + cents, 0);
  assert.equal(accounts.find(ada).balance, 47);
  assert.equal(sum, 47);
});

test('One relay at a time holds the lease, and the next has it when it was released or has ended', () => {
  const { outbox } = bank();
  assert.ok(outbox.lease('first', 1000));
  assert.ok(!outbox.lease('second', 2000));
  assert.ok(outbox.lease('first', 5000));
  assert.ok(!outbox.lease('second', 9999));
  assert.ok(outbox.lease('second', 10001));
  outbox.release('first');
  assert.ok(!outbox.lease('first', 10002));
  outbox.release('second');
  assert.ok(outbox.lease('first', 10003));
});

test('A password matches its hash and no other, and nobody has the password of nobody', async () => {
  const kept = await hashPassword('correct horse');
  assert.match(kept, /^scrypt\$15\$8\$3\$/);
  assert.ok(await passwordMatches('correct horse', kept));
  assert.ok(!(await passwordMatches('correct horsf', kept)));
  assert.ok(!(await passwordMatches('', nobodysPassword)));
  assert.ok(!(await passwordMatches('!', '!')));
  assert.notEqual(kept, await hashPassword('correct horse'));
});

test('A session is found by its token alone, which is not in the database', () => {
  const { database, open } = bank();
  const sessions = new Sessions(database);
  const { token, formToken } = sessions.begin(open('ada'));
  assert.equal(sessions.find(token).formToken, formToken);
  assert.equal(sessions.find(`${token}x`), undefined);
  assert.equal(sessions.find(undefined), undefined);
  const kept = database.prepare('SELECT token FROM sessions').get().token;
  assert.notEqual(kept, token);
  assert.equal(sessions.find(kept), undefined);
  sessions.end(token);
  assert.equal(sessions.find(token), undefined);
});

test('A form token is compared without a crash, whatever is sent', () => {
  const session = { formToken: 'abcd' };
  for (const given of [undefined, null, '', 'abc', 'abce', '€', 'äöü!', ['abcd'], {}]) {
    assert.ok(!formTokenMatches(session, given));
  }
  assert.ok(formTokenMatches(session, 'abcd'));
});
