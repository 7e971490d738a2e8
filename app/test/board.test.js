import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journal } from '../src/journal.js';
import { Board } from '../src/web/board.js';
import { eventRow } from '../src/web/live_parts.js';

const hop = (number, kind, lane, rest) => ({ number, at: number, event: 'e', kind, lane, what: '', attempt: 1, took_ms: 1, ...rest });

test('A row shows the last that happened in each lane, and is changed once', () => {
  const board = new Board();
  board.add(hop(1, 'committed', 'web', { what: 'deposit, Ada' }));
  board.add(hop(2, 'published', 'queues', { attempt: 3, what: 'crm, marketing, email' }));
  board.add(hop(3, 'received', 'crm'));
  board.add(hop(4, 'failed', 'crm', { what: 'away' }));
  board.add(hop(5, 'done', 'email'));
  board.add(hop(6, 'received', 'email', { attempt: 2 }));
  board.add(hop(7, 'again', 'email'));
  const [row] = board.takeChanged();
  assert.deepEqual(board.takeChanged(), []);
  assert.equal(row.lanes.crm.kind, 'failed');
  assert.equal(row.lanes.email.kind, 'done');
  assert.equal(row.lanes.email.again, 1);
  const text = eventRow(row).text;
  assert.match(text, /deposit, Ada/);
  assert.match(text, /3 requests/);
  assert.match(text, /to crm, marketing, email/);
  assert.match(text, />failed<[^]*>away</);
});

test('What happened earlier and is told later changes nothing in a lane', () => {
  const board = new Board();
  board.add(hop(1, 'dead', 'crm', { at: 10 }));
  board.add(hop(2, 'received', 'crm', { at: 30 }));
  board.add(hop(3, 'done', 'crm', { at: 40 }));
  board.add(hop(4, 'redriven', 'crm', { at: 20 }));
  assert.equal(board.rows()[0].lanes.crm.kind, 'done');
  board.add(hop(5, 'failed', 'email', { at: 40 }));
  board.add(hop(6, 'received', 'email', { at: 30 }));
  assert.equal(board.rows()[0].lanes.email.kind, 'failed');
});

test('What one worker tells is in order, whatever its clock does', () => {
  const board = new Board();
  board.add(hop(1, 'received', 'crm', { at: 1000, by: 'worker-1' }));
  board.add(hop(2, 'done', 'crm', { at: 960, by: 'worker-1' }));
  assert.equal(board.rows()[0].lanes.crm.kind, 'done');
});

test('A board shows a bounded number of rows, the newest, and what is told late brings none back', () => {
  const board = new Board();
  for (let i = 1; i <= 500; ++i) board.add(hop(i, 'committed', 'web', { event: String(i) }));
  assert.equal(board.rows().length, 40);
  assert.equal(board.rows()[0].event, '500');
  board.takeChanged();
  board.add(hop(501, 'done', 'crm', { event: '3' }));
  assert.equal(board.rows()[0].event, '500');
  assert.deepEqual(board.takeChanged(), []);
  assert.equal(board.lastNumber, 501);
});

test('What the journal was told is read back in order, and calls are counted a minute', () => {
  const journal = new Journal(':memory:');
  journal.hop({ event: 'e', kind: 'done', lane: 'crm', what: 'x' });
  journal.hop({ event: 'f', kind: 'done', lane: 'crm', what: 'y' });
  journal.call('w', 'ReceiveMessage, wait 20', true);
  journal.call('w', 'ReceiveMessage, wait 20', false);
  journal.published('mixed', true, 2);
  journal.published('mixed', true, 2);
  journal.flush();
  assert.deepEqual(journal.hopsAfter(0).map(({ event }) => event), ['e', 'f']);
  const [{ calls, empty }] = journal.callsAMinute(Date.now() + 5000);
  assert.deepEqual([calls, empty], [2, 1]);
  assert.deepEqual(journal.callsAMinute(Date.now() + 120_000), []);
  assert.deepEqual(journal.modes().map(({ events, calls: made }) => [events, made]), [[2, 4]]);
  journal.close();
});
