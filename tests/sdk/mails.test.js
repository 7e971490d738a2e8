// Subscriptions by e-mail: the official SDK, the real daemon, and a mail server that keeps what it is sent.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as sns from '@aws-sdk/client-sns';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

import { Daemon, refused, scratchDirectory } from './daemon.js';
import { ownCertificate } from './https_front.js';
import { Queue } from './queue.js';
import { arnOf, topicStage } from './topic_stage.js';

// `judge(recipient, number)` throws what the server is to answer instead of taking the mail.
class MailServer {
  mails = [];
  sessions = [];
  tried = 0;

  static async start(t, { judge = () => {}, port = 0, ...options } = {}) {
    const mailServer = new MailServer();
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 1000,
      logger: false,
      onRcptTo({ address }, session, done) {
        try {
          judge(address, ++mailServer.tried);
          done();
        } catch (error) {
          done(error);
        }
      },
      onData(stream, session, done) {
        mailServer.#keep(stream, session).then(() => done(null, 'kept'), done);
      },
      ...options,
    });
    server.on('error', () => {}); // a client that breaks off
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    mailServer.stop = () => new Promise((resolve) => server.close(resolve));
    t.after(mailServer.stop);
    mailServer.port = server.server.address().port;
    mailServer.url = `smtp://127.0.0.1:${mailServer.port}`;
    return mailServer;
  }

  async #keep(stream, session) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    const raw = Buffer.concat(pieces).toString('latin1');
    this.sessions.push(session);
    this.mails.push({ raw, ...(await PostalMime.parse(Buffer.from(raw, 'latin1'))), envelope: session.envelope });
  }

  async seen(count, within = 40_000) {
    return until(() => this.mails.length >= count, () => `${this.mails.length} mails of ${count}`, within).then(() => this.mails);
  }
}

async function until(holds, why, within = 40_000) {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, why());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const refusal = (responseCode) => Object.assign(new Error('not now'), { responseCode });
const from = 'penstock@mail.example';

async function stage(t, server, ...flags) {
  const stage = await topicStage(t, '--smtp-server', server.url ?? server, '--smtp-from', from, ...flags);
  const { TopicArn } = await stage.topics.send(
    new sns.CreateTopicCommand({ Name: 'news', Attributes: { DisplayName: 'The "Ñews"' } }),
  );
  return { ...stage, TopicArn };
}

const subscribe = (topics, TopicArn, Endpoint, Protocol = 'email', Attributes = {}) =>
  topics.send(new sns.SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }));

const linkIn = (text) => text.match(/^https?:\S+$/m)[0];

// Subscribes, and confirms as its reader would: by visiting the link.
async function confirmed(topics, TopicArn, server, Endpoint, Protocol, Attributes) {
  const before = server.mails.length;
  const { SubscriptionArn } = await subscribe(topics, TopicArn, Endpoint, Protocol, Attributes);
  const asked = (await server.seen(before + 1)).at(-1);
  const link = Protocol === 'email-json' ? JSON.parse(asked.text).SubscribeURL : linkIn(asked.text);
  assert.equal((await fetch(link)).status, 200);
  return SubscriptionArn;
}

// SNS-701 SNS-702 SNS-704 SNS-707
test('A reader confirms by the link, gets mails of whatever is published, and ends it by their link', async (t) => {
  const server = await MailServer.start(t);
  const { topics, TopicArn } = await stage(t, server);
  const { SubscriptionArn } = await subscribe(topics, TopicArn, 'reader@example.com');
  const [asked] = await server.seen(1);
  assert.equal(asked.subject, 'AWS Notification - Subscription Confirmation');
  assert.match(asked.text, /You have chosen to subscribe to the topic:\s+arn:aws:sns:us-east-1:000000000000:news/);
  assert.deepEqual(asked.from, { address: from, name: '' }, 'nobody speaks in the name of somebody yet');
  assert.deepEqual(asked.envelope.rcptTo.map(({ address }) => address), ['reader@example.com']);
  assert.equal(asked.envelope.mailFrom.address, from);
  const listed = await topics.send(new sns.ListSubscriptionsByTopicCommand({ TopicArn }));
  assert.deepEqual(
    listed.Subscriptions.map((one) => [one.Protocol, one.Endpoint, one.SubscriptionArn]),
    [['email', 'reader@example.com', 'PendingConfirmation']],
  );
  assert.match(await (await fetch(linkIn(asked.text))).text(), new RegExp(`<SubscriptionArn>${SubscriptionArn}<`));

  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello\n.\n..two dots\nend', Subject: 'To you' }));
  const [, told] = await server.seen(2);
  assert.equal(told.subject, 'To you');
  assert.deepEqual(told.from, { address: from, name: 'The "Ñews"' });
  assert.ok(told.text.startsWith('hello\n.\n..two dots\nend\n\n--\n'), told.text);
  assert.match(told.text, /please click or visit the link below to unsubscribe:\nhttp/);

  const Message = `€ ${'wide '.repeat(400)}`;
  const Subject = `Über ${'ÄÖÜ€😀 '.repeat(12)}`.slice(0, 90).trim();
  await topics.send(new sns.PublishCommand({ TopicArn, Message, Subject }));
  const [, , wide] = await server.seen(3);
  assert.equal(wide.subject, Subject);
  assert.ok(wide.text.startsWith(`${Message}\n\n--\n`));
  assert.match(wide.raw, /^[\x09\x0a\x0d\x20-\x7e]*$/, 'ASCII alone goes out');
  assert.ok(wide.raw.split('\r\n').every((line) => line.length <= 998));

  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'no subject' }));
  const [, , , plain] = await server.seen(4);
  assert.equal(plain.subject, 'AWS Notification Message');

  assert.equal((await fetch(linkIn(plain.text))).status, 200);
  const [, , , , goodbye] = await server.seen(5);
  assert.equal(goodbye.subject, 'AWS Notification - Unsubscribe Confirmation');
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'unheard' }));
  assert.equal((await fetch(linkIn(goodbye.text))).status, 200);
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'heard again' }));
  assert.match((await server.seen(6)).at(-1).text, /^heard again/);
});

// SNS-703 SNS-708
test('A program gets the envelope by email-json, and each protocol its form', async (t) => {
  const server = await MailServer.start(t);
  const { topics, TopicArn } = await stage(t, server);
  const SubscriptionArn = await confirmed(topics, TopicArn, server, 'robot@example.com', 'email-json');
  await confirmed(topics, TopicArn, server, 'reader@example.com', 'email');
  const Message = JSON.stringify({ default: 'd', email: 'for people', 'email-json': 'for programs' });
  const { MessageId } = await topics.send(
    new sns.PublishCommand({
      TopicArn,
      Message,
      MessageStructure: 'json',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    }),
  );
  const [a, b] = (await server.seen(4)).slice(2);
  const [robot, reader] = a.envelope.rcptTo[0].address === 'robot@example.com' ? [a, b] : [b, a];
  assert.match(reader.text, /^for people\n\n--\n/);
  const envelope = JSON.parse(robot.text);
  assert.equal(envelope.Message, 'for programs');
  assert.equal(envelope.MessageId, MessageId);
  assert.equal(envelope.Type, 'Notification');
  assert.ok(envelope.Signature && envelope.UnsubscribeURL.endsWith(SubscriptionArn));
  assert.deepEqual(envelope.MessageAttributes, { kind: { Type: 'String', Value: 'x' } });
});

// SNS-706
test('What the server refuses for good is in the dead-letter queue, what it puts off comes again', async (t) => {
  let blocked = false;
  const judge = (address) => {
    if (address === 'gone@example.com' && blocked) throw refusal(550);
    if (address === 'busy@example.com' && blocked) throw refusal(451);
  };
  const server = await MailServer.start(t, { judge });
  const { topics, queues, TopicArn } = await stage(t, server);
  const dead = await Queue.create(queues);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead) });
  await confirmed(topics, TopicArn, server, 'gone@example.com', 'email', { RedrivePolicy });
  await confirmed(topics, TopicArn, server, 'busy@example.com', 'email', { RedrivePolicy });
  blocked = true;
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'hello' }));
  const [lost] = await dead.receive({ WaitTimeSeconds: 20 });
  assert.equal(JSON.parse(lost.Body).Message, 'hello');
  const tried = server.tried;
  blocked = false;
  await server.seen(3); // after ten seconds
  assert.equal(server.mails[2].envelope.rcptTo[0].address, 'busy@example.com');
  assert.ok(server.tried > tried);
});

// SNS-706
test('A server that does not take our sender has refused nobody: the mail comes when it does', async (t) => {
  let strict = false;
  let refusals = 0;
  const onMailFrom = (address, session, done) => {
    if (strict) refusals += 1;
    done(strict ? refusal(553) : null);
  };
  const server = await MailServer.start(t, { onMailFrom });
  const { topics, TopicArn } = await stage(t, server);
  await confirmed(topics, TopicArn, server, 'reader@example.com');
  strict = true;
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'patience' }));
  await until(() => refusals > 0, () => 'no attempt was refused');
  strict = false;
  const mails = await server.seen(2); // after ten seconds
  assert.match(mails[1].text, /^patience/);
});

test('A mail server that is away costs nobody a message, not even over a restart', async (t) => {
  const server = await MailServer.start(t);
  const flags = ['--smtp-server', server.url, '--smtp-from', from];
  const { topics, daemon, data, TopicArn } = await stage(t, server, '--admin-listen', '127.0.0.1:0');
  await confirmed(topics, TopicArn, server, 'reader@example.com');
  await server.stop();
  await topics.send(new sns.PublishCommand({ TopicArn, Message: 'patience' }));
  const metrics = async () => (await fetch(`${daemon.admin}/metrics`)).text();
  await until(async () => /end="retried"} [1-9]/.test(await metrics()), () => 'no attempt has failed');
  assert.match(await metrics(), /^penstock_mail_attempts_total\{end="taken"\} 1$/m);
  assert.match(await metrics(), /^penstock_mail_attempts_total\{end="failed"\} [1-9]/m);
  await daemon.kill();
  const again = await MailServer.start(t, { port: server.port });
  const restarted = await Daemon.start(data, ...flags);
  t.after(() => restarted.stop());
  assert.match((await again.seen(1))[0].text, /^patience/);
});

test('With a password it goes by TLS, with a server that is vouched for, and the password is in no log', async (t) => {
  const certificate = await ownCertificate(t);
  const users = [];
  const server = await MailServer.start(t, {
    disabledCommands: [],
    key: certificate.key,
    cert: certificate.cert,
    authOptional: false,
    onAuth({ username, password }, session, done) {
      users.push([username, password, session.secure]);
      if (password !== 'correct horse') return done(new Error('no'));
      done(null, { user: username });
    },
  });
  const file = join(await scratchDirectory(t), 'password');
  await writeFile(file, 'correct horse\n', { mode: 0o600 });
  const { topics, daemon, TopicArn } = await stage(
    t,
    `smtp://localhost:${server.port}`,
    ...['--smtp-starttls', 'required', '--smtp-user', 'penstock', '--smtp-password-file', file],
    ...['--smtp-ca-file', certificate.certFile],
  );
  await confirmed(topics, TopicArn, server, 'reader@example.com');
  assert.deepEqual(users[0], ['penstock', 'correct horse', true]);
  assert.ok(!daemon.said.includes('correct horse') && !daemon.said.includes('reader@example.com'));
});

test('Settings that cannot work together end the start and say what to do', async (t) => {
  const cases = [
    [['--smtp-server', 'smtp://mail.example'], /--smtp-from/],
    [['--smtp-server', 'mail.example', '--smtp-from', from], /it must be smtp:\/\/ or smtps:\/\//],
    [['--smtp-server', 'smtp://mail.example', '--smtp-from', 'nobody'], /plain mail address/],
    [['--smtp-from', from], /no mail server/],
    [['--smtp-server', 'smtp://mail.example', '--smtp-from', from, '--smtp-user', 'me'], /go together/],
    [
      ['--smtp-server', 'smtp://mail.example', '--smtp-from', from, '--smtp-user', 'me', '--smtp-password-file', '/nowhere'],
      /--smtp-starttls must be said/,
    ],
    [
      ['--smtp-server', 'smtps://mail.example', '--smtp-from', from, '--smtp-user', 'me', '--smtp-password-file', '/nowhere'],
      /cannot be read/,
    ],
  ];
  const directory = await scratchDirectory(t);
  const [none, empty] = [join(directory, 'none.pem'), join(directory, 'empty.pem')];
  await writeFile(empty, 'nobody is vouched for by this\n');
  const authorities = (file) => ['--smtp-server', 'smtps://mail.example', '--smtp-from', from, '--smtp-ca-file', file];
  cases.push(
    [authorities(none), /--smtp-ca-file: \S+none\.pem cannot be read: No such file.*; name a PEM file.* or start without it/],
    [authorities(empty), /--smtp-ca-file: \S+empty\.pem holds no certificate to trust; name a PEM file/],
    [authorities(directory), /--smtp-ca-file: \S+ cannot be read: Is a directory/],
  );
  for (const [flags, why] of cases) {
    const { code, said } = await refused('serve', '--durability', 'memory', '--listen', '127.0.0.1:0', '--admin-listen', 'off', ...flags);
    assert.notEqual(code, 0, flags.join(' '));
    assert.match(said, why);
  }
});
