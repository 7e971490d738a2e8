// The live page: the events on their way, and the buttons that disturb it.
//
// Without JavaScript it is a page that shows how things stand and whose buttons load it anew.
import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { modes } from '../queues/publisher.js';
import { askForRestart, keys } from '../switches.js';
import { html } from './html.js';
import { formToken } from './layout.js';
import { board, stations } from './live_parts.js';

const manyEvents = 1000;
const slowMs = 3000;

export function live(server, room) {
  const { feed, cache, outside } = room;

  server.get('/live', async (request, reply) => {
    const overview = await feed.overview();
    return reply.show(livePage({ overview, rows: feed.rows() }));
  });

  server.get('/live/feed', (request, reply) => {
    if (!feed.add(reply.raw)) return reply.code(503).send();
    reply.hijack();
  });

  // What a button does, by the word that it sends.
  const actions = {
    'fail crm': () => outside.disturb('crm', { failing: true }),
    'mend crm': () => outside.disturb('crm', { failing: false }),
    'slow email': () => outside.disturb('email', { latencyMs: slowMs }),
    'quicken email': () => outside.disturb('email', { latencyMs: 0 }),
    'pause workers': () => cache.set(keys.paused, 'yes'),
    'resume workers': () => cache.set(keys.paused, 'no'),
    'restart workers': () => askForRestart(cache),
    'wait 0': () => cache.set(keys.wait, '0'),
    'wait 20': () => cache.set(keys.wait, '20'),
    thousand: () => sendMany(room),
    poison: () => sendPoison(room),
    ...Object.fromEntries(modes.map((mode) => [`mode ${mode}`, () => cache.set(keys.mode, mode)])),
  };

  server.post('/live', async (request, reply) => {
    const { action } = request.body;
    if (typeof action !== 'string' || !Object.hasOwn(actions, action)) throw Object.assign(new Error('There is no such button.'), { statusCode: 400 });
    await actions[action]();
    if (request.headers.accept === 'text/plain') return reply.code(204).send();
    return reply.redirect('/live', 303);
  });
}

// A thousand deposits of a cent by a visitor of the demonstration.
function sendMany({ accounts, committed }) {
  const { id } = demoVisitor(accounts, true);
  accounts.depositMany(id, manyEvents);
  committed();
}

// Opens an account that nobody can sign in to.
export function demoVisitor(accounts, marketing, mode = null) {
  const mark = randomUUID().slice(0, 6);
  return accounts.register({ name: `Visitor ${mark}`, email: `visitor-${mark}@example.com`, password: '!', marketing, mode });
}

// What no service understands, in the queue of the CRM.
async function sendPoison({ clients, found }) {
  const QueueUrl = found.queueFor('crm', 'deposit-completed').url;
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'this is not an event' }));
}

const livePage = ({ overview, rows }) => ({
  title: 'Live',
  script: 'live.js',
  wide: true,
  content: ({ session }) => {
    const button = (action, text, kind = 'quiet') => html`<button name="action" value="${action}" class="${kind}">${text}</button>`;
    return html`
    <h1>Behind the counter</h1>
    <p class="lead">Each row is a step that somebody completed. Its event goes through the queues to three services;
      none of them kept the visitor waiting.</p>
    <div class="stations" id="stations">${stations(overview)}</div>
    <form method="post" action="/live" class="controls" id="controls">
      ${formToken(session)}
      <fieldset><legend>Send</legend>${button('thousand', 'A thousand events')}${button('poison', 'A poison message')}</fieldset>
      <fieldset><legend>CRM</legend>${button('fail crm', 'Fail')}${button('mend crm', 'Recover')}</fieldset>
      <fieldset><legend>Mail server</legend>${button('slow email', `Slow, ${slowMs / 1000} s`)}${button('quicken email', 'Quick')}</fieldset>
      <fieldset><legend>Workers</legend>${button('restart workers', 'Restart safely')}${button('pause workers', 'Pause')}${button('resume workers', 'Resume')}</fieldset>
      <fieldset><legend>A receive waits</legend>${button('wait 20', '20 s')}${button('wait 0', '0 s')}</fieldset>
      <fieldset><legend>Publish by</legend>${modes.map((name) => button(`mode ${name}`, name))}</fieldset>
    </form>
    <p class="notice" id="said" role="status" hidden></p>
    ${board(rows)}
    <noscript><p class="quiet">Without JavaScript this page does not move by itself: load it again.</p></noscript>`;
  },
});
