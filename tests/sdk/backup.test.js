// Backup, restore and doctor, as an operator runs them beside applications that go on.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as sqs from '@aws-sdk/client-sqs';

import { Daemon, outcome, printed, refused, scratchDirectory } from './daemon.js';
import { Queue } from './queue.js';
import { asked } from './test_controls.js';

// A daemon whose operator allows backups, and the command that has it take one.
async function stage(t, ...flags) {
  const scratch = await scratchDirectory(t);
  const places = { data: join(scratch, 'data'), backups: join(scratch, 'backups'), scratch };
  const words = ['--admin-listen', '127.0.0.1:0', '--backup-directory', places.backups, ...flags];
  const start = async (data = places.data) => {
    const daemon = await Daemon.start(data, ...words);
    t.after(() => daemon.kill());
    return daemon;
  };
  const admin = (daemon) => ['--admin-listen', daemon.admin.slice('http://'.length)];
  const backUp = (daemon, ...more) => printed('backup', places.backups, ...admin(daemon), ...more);
  return { ...places, start, admin, backUp };
}

async function points(backups) {
  return JSON.parse(await printed('backup', backups, '--list', '--json')).Points;
}

// Everything that is in a queue or comes back to it, deleted as it comes, in the order of coming.
async function drained(queue) {
  const messages = [];
  for (;;) {
    const received = await queue.receive({ MaxNumberOfMessages: 10, WaitTimeSeconds: 1 });
    messages.push(...received);
    await Promise.all(received.map((message) => queue.delete(message)));
    const [visible, hidden] = received.length > 0 ? [1, 0] : await queue.counts();
    if (visible + hidden === 0) return messages;
  }
}

test('A backup under load loses nothing acknowledged before, brings nothing deleted before back, and keeps FIFO order', async (t) => {
  const { start, backUp, backups, scratch } = await stage(t);
  const daemon = await start();
  const client = daemon.client();
  const queue = await Queue.create(client, { VisibilityTimeout: '1' });
  const fifo = await Queue.create(client, {});
  const created = await client.send(
    new sqs.CreateQueueCommand({
      QueueName: 'ordered.fifo',
      Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '1' },
    }),
  );
  await fifo.remove();
  const ordered = new Queue(client, created.QueueUrl);

  const sent = new Map(); // body: when it was acknowledged
  const deleteAsked = new Map();
  const deleted = new Map();
  let over = false;
  const senders = ['a', 'b', 'c', 'd'].map(async (name) => {
    for (let n = 0; !over; ++n) {
      const body = `${name} ${String(n).padStart(6, '0')}`;
      await queue.send(body);
      sent.set(body, performance.now());
      await ordered.send(`ordered ${body}`, { MessageGroupId: name });
      sent.set(`ordered ${body}`, performance.now());
    }
  });
  const deleters = [queue, queue, ordered].map(async (from) => {
    while (!over) {
      const received = await from.receive({ MaxNumberOfMessages: 5 });
      for (const message of received.filter((_, index) => from === ordered || index % 2 === 0)) {
        deleteAsked.set(message.Body, performance.now());
        await from.delete(message);
        deleted.set(message.Body, performance.now());
      }
    }
  });
  while (sent.size < 400) await queue.counts();
  const begins = [];
  const ends = [];
  for (let taken = 0; taken < 3; ++taken) {
    begins.push(performance.now());
    await backUp(daemon);
    ends.push(performance.now());
  }
  over = true;
  await Promise.all([...senders, ...deleters]);
  await daemon.kill();

  assert.equal((await points(backups)).length, 3);
  const into = join(scratch, 'restored');
  await printed('restore', backups, '--data', into, '--point', '2');
  assert.match(await printed('doctor', into), /: sound: /);
  const again = await start(into);
  const found = [
    ...(await drained(await Queue.named(again.client(), queue.name))),
    ...(await drained(await Queue.named(again.client(), 'ordered.fifo'))),
  ].map((message) => message.Body);
  const there = new Set(found);
  assert.equal(there.size, found.length, 'each message once');

  const [begin, end] = [begins[1], ends[1]];
  for (const [body, at] of sent) {
    if (at < begin && !(deleteAsked.get(body) < end)) assert.ok(there.has(body), `${body} is missing`);
  }
  for (const [body, at] of deleted) {
    if (at < begin) assert.ok(!there.has(body), `${body} came back`);
  }
  for (const name of ['a', 'b', 'c', 'd']) {
    const group = found.filter((body) => body.startsWith(`ordered ${name} `)).map((body) => Number(body.slice(10)));
    assert.deepEqual(group, group.map((_, index) => group[0] + index), `the order of group ${name}, without a gap`);
  }
  assert.ok([...sent.values()].filter((at) => at < begin).length >= 400);
});

test('A second backup copies what is new, and points that are dropped take nothing from those that are kept', async (t) => {
  const { start, backUp, backups, scratch } = await stage(t);
  const daemon = await start();
  const queue = await Queue.create(daemon.client());
  for (let n = 0; n < 8; ++n) await queue.send(randomBytes(384 << 10).toString('base64'));
  const copied = async () => (await asked(daemon, '/backups')).json.Last.CopiedBytes;
  await backUp(daemon);
  const first = await copied();
  await queue.send('one more');
  assert.match(await backUp(daemon), /^point 2 of .*points kept: 2\n$/);
  assert.ok((await copied()) < first / 10, 'of what is there already nothing is copied');
  assert.match(await backUp(daemon, '--keep', '2'), /points kept: 2\n$/);
  assert.deepEqual((await points(backups)).map((point) => point.Point), [2, 3]);
  assert.equal((await printed('backup', backups, '--verify')).match(/sound/g).length, 2);
  await printed('backup', backups, '--drop', '3');
  const metrics = await (await fetch(`${daemon.admin}/metrics`)).text();
  assert.match(metrics, /^penstock_backups_total\{end="done"\} 3$/m);
  assert.match(metrics, /^penstock_backup_last_timestamp_seconds \d+$/m);

  const into = join(scratch, 'restored');
  assert.match(await printed('restore', backups, '--data', into), /^restored point 2 /);
  const again = await start(into);
  assert.deepEqual(await (await Queue.named(again.client(), queue.name)).counts(), [9, 0, 0]);
});

test('Handles, hidden messages, delays and deduplication go on where the backup was taken', async (t) => {
  const { start, backUp, backups, scratch } = await stage(t);
  const daemon = await start();
  const queue = await Queue.create(daemon.client(), { VisibilityTimeout: '600' });
  await queue.send('held');
  await queue.send('delayed', { DelaySeconds: 900 });
  const [held] = await queue.receive();
  await daemon.client().send(
    new sqs.CreateQueueCommand({ QueueName: 'once.fifo', Attributes: { FifoQueue: 'true' } }),
  );
  const once = await Queue.named(daemon.client(), 'once.fifo');
  const send = (to) => to.send('x', { MessageGroupId: 'g', MessageDeduplicationId: 'one' });
  const first = await send(once);
  await backUp(daemon);
  await queue.send('after the backup');
  await daemon.kill();

  const into = join(scratch, 'restored');
  await printed('restore', backups, '--data', into);
  const again = await start(into);
  const restored = await Queue.named(again.client(), queue.name);
  assert.deepEqual(await restored.counts(), [0, 1, 1]);
  await restored.delete(held);
  assert.deepEqual(await restored.counts(), [0, 0, 1]);
  const second = await send(await Queue.named(again.client(), 'once.fifo'));
  assert.equal(second.MessageId, first.MessageId);
  // A handle of a life that the backup knows nothing of does nothing to the message that has its place now.
  await restored.send('another');
  const [another] = await restored.receive();
  assert.equal(another.Body, 'another');
});

test('A daemon that is killed in the middle of a backup leaves the earlier points, and the next backup succeeds', async (t) => {
  const { start, backUp, backups, scratch } = await stage(t);
  let daemon = await start();
  const queue = await Queue.create(daemon.client());
  await queue.send('first');
  await backUp(daemon);
  for (let n = 0; n < 24; ++n) await queue.send(randomBytes(640 << 10).toString('base64'));
  const begun = await asked(daemon, '/backups', {
    method: 'POST',
    headers: { 'X-Penstock-Admin': '1', 'Content-Type': 'application/json' },
    body: JSON.stringify({ Directory: backups }),
  });
  assert.equal(begun.status, 202, begun.text);
  await daemon.kill();
  assert.match(await printed('backup', backups, '--verify'), /^point 1 .*sound/);
  const into = join(scratch, 'restored');
  await printed('restore', backups, '--data', into, '--point', '1');
  const again = await start(into);
  assert.deepEqual(await (await Queue.named(again.client(), queue.name)).counts(), [1, 0, 0]);
  daemon = await start();
  assert.match(await backUp(daemon), /^point \d+ of /);
  assert.match(await printed('backup', backups, '--verify'), /sound\n.*sound\n/);
});

test('Backups go where the operator allows it, and nowhere else', async (t) => {
  const { start, admin, backups, scratch, data } = await stage(t);
  const daemon = await start();
  const backUp = (directory) => outcome('backup', directory, ...admin(daemon));
  assert.equal((await backUp(join(backups))).code, 0);
  assert.equal((await backUp(join(backups, 'nightly'))).code, 0);
  await symlink(scratch, join(backups, 'link'));
  const elsewhere = [scratch, '/', '/etc', data, join(backups, 'a/b'), join(backups, '..'), join(backups, 'link'),
    join(backups, 'link/x'), join(backups, '.hidden'), join(backups, 'meta'), join(backups, 'sp ace')];
  for (const directory of elsewhere) {
    const { code, said } = await backUp(directory);
    assert.equal(code, 64, `${directory}: ${said}`);
    assert.match(said, /Backups go to .*--backup-directory/);
  }
  const post = (body) =>
    asked(daemon, '/backups', {
      method: 'POST',
      headers: { 'X-Penstock-Admin': '1', 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (const body of [{}, { Directory: backups, Keep: 0 }, { Directory: backups, Else: 1 }, { Directory: [backups] }]) {
    assert.equal((await post(body)).status, 400, JSON.stringify(body));
  }
  for (const Directory of ['', 'backups', `${backups}\0`, '/' + 'x'.repeat(5000)]) {
    assert.equal((await post({ Directory })).status, 403, Directory.slice(0, 20));
  }
  assert.equal((await asked(daemon, '/backups', { method: 'POST', body: '{}' })).status, 403);
  assert.equal((await asked(daemon, '/backups?Number=1')).status, 404);

  const none = await Daemon.start(join(scratch, 'other'), '--admin-listen', '127.0.0.1:0');
  t.after(() => none.kill());
  const { code, said } = await refused('backup', backups, ...admin(none));
  assert.equal(code, 64);
  assert.match(said, /start it with --backup-directory DIR/);
  await none.stop();
  assert.equal((await refused('backup', backups, ...admin(none))).code, 69);
  const memory = await Daemon.start(join(scratch, 'none'), '--admin-listen', '127.0.0.1:0', '--durability', 'memory',
    '--backup-directory', backups);
  t.after(() => memory.kill());
  assert.match((await refused('backup', backups, ...admin(memory))).said, /nothing on disk to back up/);
  const inside = await refused('serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', data,
    '--backup-directory', join(data, 'backups'));
  assert.equal(inside.code, 64);
  assert.match(inside.said, /would be lost with it/);
});

test('A restore refuses what it cannot do, says what to do, and leaves nothing', async (t) => {
  const { start, backUp, backups, scratch, data } = await stage(t);
  const daemon = await start();
  const queue = await Queue.create(daemon.client());
  await queue.send('hello');
  await backUp(daemon);
  const restore = (into, ...more) => refused('restore', backups, '--data', into, ...more);
  const into = join(scratch, 'restored');
  let ended = await restore(data);
  assert.deepEqual([ended.code, /in use by process \d+/.test(ended.said)], [73, true], ended.said);
  await daemon.stop();
  ended = await restore(data);
  assert.deepEqual([ended.code, /holds a store; move it away/.test(ended.said)], [73, true], ended.said);
  ended = await restore(into, '--point', '9');
  assert.deepEqual([ended.code, /no restore point 9/.test(ended.said)], [66, true], ended.said);
  ended = await refused('restore', scratch, '--data', into);
  assert.deepEqual([ended.code, /holds no backups/.test(ended.said)], [66, true], ended.said);
  const shared = join(backups, 'shared_checksum');
  const [table] = await readdir(shared);
  await flip(join(shared, table));
  ended = await restore(into);
  assert.deepEqual([ended.code, /Corruption/.test(ended.said)], [65, true], ended.said);
  assert.equal((await refused('backup', backups, '--verify')).code, 65);
  await assert.rejects(stat(into), { code: 'ENOENT' });
});

async function flip(path, place = 0.5) {
  const bytes = await readFile(path);
  bytes[Math.floor(bytes.length * place)] ^= 4;
  await writeFile(path, bytes);
}

test('The doctor finds a sound directory sound, and tells each planted damage with what to do', async (t) => {
  const { start, scratch, data } = await stage(t);
  const daemon = await start();
  const client = daemon.client();
  const queue = await Queue.create(client);
  for (let n = 0; n < 20; ++n) await queue.send(randomBytes(3_000).toString('base64'));
  await queue.receive({ MaxNumberOfMessages: 5 });
  assert.equal((await outcome('doctor', data)).code, 66, 'a daemon has it');
  await daemon.stop();
  // A backup moves everything to tables; some goes into the log after it.
  const second = await start();
  await printed('backup', join(scratch, 'backups'), '--admin-listen', second.admin.slice('http://'.length));
  const later = await Queue.named(second.client(), queue.name);
  for (let n = 0; n < 20; ++n) await later.send(randomBytes(3_000).toString('base64'));
  await second.stop();

  const sound = await outcome('doctor', data, '--json');
  assert.equal(sound.code, 0, sound.text);
  const told = JSON.parse(sound.text);
  assert.deepEqual([told.Sound, told.Findings, told.Queues, told.Compared], [true, [], 1, true]);
  assert.ok(told.Records >= 40);

  const database = join(data, 'db');
  const named = async (suffix) => {
    const names = (await readdir(database)).filter((name) => name.endsWith(suffix));
    const sizes = await Promise.all(names.map(async (name) => [(await stat(join(database, name))).size, name]));
    return join(database, sizes.sort(([a], [b]) => b - a)[0][1]);
  };
  const whole = join(scratch, 'whole');
  await cp(data, whole, { recursive: true });
  const damages = {
    'a flipped bit in a table': async () => flip(await named('.sst'), 0.4),
    'a flipped bit in the log': async () => flip(await named('.log'), 0.5),
    'a missing table': async () => rm(await named('.sst')),
    'a missing log': async () => {
      for (const name of await readdir(database)) if (name.endsWith('.log')) await rm(join(database, name));
    },
    'a flipped bit in FORMAT': () => flip(join(data, 'FORMAT')),
  };
  for (const [what, damage] of Object.entries(damages)) {
    await damage();
    const { code, text, said } = await outcome('doctor', data);
    assert.equal(code, 1, `${what}: ${text}${said}`);
    assert.match(text, /^(damage|warning): .+; .+\n/, what);
    await rm(data, { recursive: true });
    await cp(whole, data, { recursive: true });
  }
  assert.equal((await outcome('doctor', data)).code, 0);
  assert.equal((await outcome('doctor', scratch)).code, 66);
});
