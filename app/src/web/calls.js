// The page that counts: what publishing costs in each mode, what long polling saves, and what a receive of ten
// brings from a small queue. All numbers are of requests that were really made, counted in the SDK's
// middleware (clients.js).
import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { modes } from '../queues/publisher.js';
import { html } from './html.js';
import { formToken } from './layout.js';
import { demoVisitor } from './live.js';

const few = 10;

export function calls(server, room) {
  const { journal } = room;
  let sizes; // of the receives of the last experiment

  server.get('/calls', async (request, reply) =>
    reply.show(page({ counted: journal.modes(), minute: journal.callsAMinute(), sizes })),
  );

  server.post('/calls', async (request, reply) => {
    switch (request.body.action) {
      case 'compare':
        compare(room);
        break;
      case 'small queue':
        sizes = await smallQueue(room);
        break;
      case 'forget':
        journal.forgetModes();
        break;
      default:
        throw Object.assign(new Error('There is no such button.'), { statusCode: 400 });
    }
    return reply.redirect('/calls', 303);
  });
}

// In each mode one visitor who agreed to marketing and one who did not; each of them registers, deposits and
// transfers.
function compare({ accounts, committed }) {
  const recipient = demoVisitor(accounts, false, modes[0]);
  const { email } = accounts.find(recipient.id);
  for (const mode of modes) {
    for (const marketing of [true, false]) {
      const { id: account } = demoVisitor(accounts, marketing, mode);
      accounts.deposit({ step: randomUUID(), account, cents: 2000, mode });
      accounts.transfer({ step: randomUUID(), account, to: email, cents: 500, mode });
    }
  }
  committed();
}

// How many messages each receive of ten brought, until all ten were there.
async function smallQueue({ clients: { sqs }, found }) {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: found.topology.smallQueueName }));
  const Entries = Array.from({ length: few }, (_, i) => ({ Id: String(i), MessageBody: String(i) }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const sizes = [];
  for (let got = 0; got < few && sizes.length < 100; ) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: few, WaitTimeSeconds: 0 }));
    sizes.push(Messages.length);
    got += Messages.length;
    if (Messages.length === 0) continue;
    const entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
  }
  return sizes;
}

const explained = {
  topics: 'one Publish an event; the topics copy it',
  queues: 'one SendMessage an event and service',
  mixed: 'one Publish, and a SendMessage to marketing',
};

// As the article compares them.
const ways = ['queues', 'topics', 'mixed'];
const byWay = (one, other) => ways.indexOf(one.mode) - ways.indexOf(other.mode);

const page = ({ counted, minute, sizes }) => ({
  title: 'Calls',
  content: ({ session }) => {
    const button = (action, text) => html`<form method="post" action="/calls">${formToken(session)}<button name="action" value="${action}" class="quiet">${text}</button></form>`;
    // The pages receive as well, but wait for nothing.
    const receives = minute.filter(({ source, command }) => source !== 'web' && command.startsWith('ReceiveMessage'));
    return html`
    <h1>Calls, counted</h1>
    <p class="lead">AWS bills every call. These are the calls that this application really made, counted where the SDK
      sends them.</p>
    <h2>To publish three steps</h2>
    ${counted.length === 0 ? html`<p class="quiet">Nothing was published yet.</p>` : html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">Way</th><th scope="col">Visitor</th><th scope="col" class="number">Events</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Calls for three steps</th></tr></thead>
      <tbody>${counted.toSorted(byWay).map(({ mode, marketing, events, calls }) => html`<tr><th scope="row">${mode} <small>${explained[mode]}</small></th>
        <td data-label="Visitor">${marketing ? 'with marketing' : 'without'}</td><td class="number" data-label="Events">${events}</td><td class="number" data-label="Calls">${calls}</td>
        <td class="number" data-label="Calls for three steps"><strong>${round((3 * calls) / events)}</strong></td></tr>`)}</tbody></table></div>`}
    <div class="row">${button('compare', 'Three steps in each way')}${button('forget', 'Count anew')}</div>
    <h2>To wait for messages</h2>
    ${receives.length === 0 ? html`<p class="quiet">No receive ended in the last minute.</p>` : html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">Worker</th><th scope="col">Call</th><th scope="col" class="number">In the last minute</th><th scope="col" class="number">Of these empty</th></tr></thead>
      <tbody>${receives.map(({ source, command, calls, empty }) => html`<tr><th scope="row">${source}</th><td data-label="Call">${command} s</td><td class="number" data-label="In the last minute">${calls}</td><td class="number" data-label="Of these empty">${empty}</td></tr>`)}</tbody></table></div>`}
    <p class="quiet">Switch the wait on the live page and come back after a minute: a receive that waits 20 seconds is
      called three times a minute on an idle queue, one that does not wait as often as the worker can bear (here at most ten
      times a second).</p>
    <h2>To get ten messages out of a small queue</h2>
    <p>${sizes
      ? html`A queue of ten, received ten at a time, took <strong>${sizes.length}</strong> ${sizes.length === 1 ? 'receive' : 'receives'}: ${sizes.join(', ')}.`
      : 'A standard queue on AWS asks only some of its servers for each short receive, so ten messages may come as one, three, none and six.'}
      Penstock asks all of a queue and brings all ten at once, unless it was started with
      <code>--aws-weaknesses short-polls</code>; <code>./dev run</code> does that for this one queue.</p>
    <div class="row">${button('small queue', 'Send ten and receive them')}</div>`;
  },
});

const round = (number) => (Number.isInteger(number) ? number : number.toFixed(1));
