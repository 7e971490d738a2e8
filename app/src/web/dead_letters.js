// The dead letters' page: what was given up, why, and a button that sends it back.
//
// It looks without taking: a receive with a visibility timeout of 0 leaves every message where it is (AWS
// counts it as a receive, which means nothing to a dead-letter queue). Sending back is SQS's own move task.
import { GetQueueAttributesCommand, ReceiveMessageCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { decode, describe } from '../events.js';
import { html } from './html.js';
import { formToken, time } from './layout.js';

const shownMax = 10; // of each queue, which is what one receive brings

export function deadLetters(server, { clients: { sqs }, found, journal }) {
  server.get('/dead-letters', async (request, reply) => {
    const queues = await Promise.all(found.queues.map(look));
    return reply.show(page(queues, request.query.redriven));
  });

  server.post('/dead-letters', async (request, reply) => {
    const queue = found.queues.find(({ name }) => name === request.body.queue);
    if (!queue) throw Object.assign(new Error('There is no such queue.'), { statusCode: 400 });
    // From here on a worker may do what this or another's press sends back, before its answer is here.
    const at = Date.now();
    const { letters } = await look(queue);
    const SourceArn = await arnOf(queue.deadUrl);
    try {
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    } catch (error) {
      // Somebody pressed the button twice, or the first is not done yet: what is there goes with it.
      if (!error.message.includes('already a task running')) throw error;
    }
    for (const { event } of letters) journal.hop({ event, kind: 'redriven', lane: queue.service, what: 'sent back', at });
    return reply.redirect(`/dead-letters?redriven=${encodeURIComponent(queue.name)}`, 303);
  });

  async function arnOf(QueueUrl) {
    const got = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    return got.Attributes.QueueArn;
  }

  async function look(queue) {
    const QueueUrl = queue.deadUrl;
    const [{ Attributes }, { Messages = [] }] = await Promise.all([
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })),
      sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: shownMax,
          VisibilityTimeout: 0,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      ),
    ]);
    return { ...queue, count: Number(Attributes.ApproximateNumberOfMessages), letters: Messages.map((message) => letter(message, queue.service)) };
  }

  function letter({ MessageId, Body, Attributes }, service) {
    const sentAt = Number(Attributes?.SentTimestamp ?? 0);
    try {
      const event = decode(Body);
      const why = journal.lastFailure(event.id, service);
      return { event: event.id, sentAt, what: describe(event), of: event.account.name, why };
    } catch (error) {
      return { event: MessageId, sentAt, what: Body.slice(0, 80), why: error.message };
    }
  }
}

const page = (queues, redriven) => ({
  title: 'Dead letters',
  content: ({ session }) => html`
    <h1>Dead letters</h1>
    <p class="lead">What a service could not do in several attempts waits here until somebody has mended the cause and
      sends it back.</p>
    ${queues.some(({ name }) => name === redriven) && html`<p class="notice good" role="status">The dead letters of ${redriven} are on their way back.</p>`}
    ${queues.map(
      ({ name, deadName, count, letters }) => html`<section class="card"><h2>${deadName} <span class="count">${count}</span></h2>
      ${letters.length === 0 ? html`<p class="quiet">Empty.</p>` : html`<div class="scroll"><table class="cards">
        <thead><tr><th scope="col">What</th><th scope="col">Of</th><th scope="col">Why</th><th scope="col">Sent (UTC)</th></tr></thead>
        <tbody>${letters.map(({ what, of, why, sentAt }) => html`<tr><th scope="row">${what}</th><td data-label="Of">${of ?? '–'}</td><td data-label="Why" class="said">${why ?? '–'}</td><td data-label="Sent (UTC)">${time(sentAt)}</td></tr>`)}</tbody></table></div>
      ${count > letters.length && html`<p class="quiet">These are ${letters.length} of about ${count}.</p>`}
      <form method="post" action="/dead-letters">${formToken(session)}<input type="hidden" name="queue" value="${name}"><button>Send all back to ${name}</button></form>`}
    </section>`,
    )}`,
});
