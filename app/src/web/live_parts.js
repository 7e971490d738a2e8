// Pieces of the live page, the same whether the page is loaded or a piece of it is renewed.
import { html } from './html.js';
import { clock } from './layout.js';

const lanes = [
  ['crm', 'CRM'],
  ['marketing', 'Marketing'],
  ['email', 'E-mail'],
];

export const board = (rows) => html`<div class="scroll"><table class="board" aria-label="Events on their way">
  <thead><tr><th scope="col">Event</th><th scope="col">Published</th>${lanes.map(([, name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
  <tbody id="rows">${rows.map(eventRow)}</tbody>
</table></div>`;

export const eventRow = ({ event, at, what, committed, published, lanes: hops }) => html`<tr id="event-${event}">
  <th scope="row"><span>${what ?? 'not an event'}</span> <small>${clock(at)} · ${event.slice(0, 8)}</small></th>
  <td data-lane="Published">${published ? html`<span class="chip good">${published.lane}</span> <small>${plural(published.attempt, 'request')}, ${duration(published.took_ms)}</small> <small class="times">to ${published.what}</small>` : html`<span class="chip">${committed ? 'in the outbox' : '–'}</span>`}</td>
  ${lanes.map(([lane, name]) => html`<td data-lane="${name}">${laneCell(hops[lane])}</td>`)}
</tr>`;

const words = {
  received: ['at work', 'busy'],
  done: ['done', 'good'],
  failed: ['failed', 'bad'],
  dead: ['dead letter', 'dead'],
  busy: ['a copy waits', ''],
  redriven: ['sent back', 'busy'],
};

function laneCell(hop) {
  if (!hop) return html`<span class="chip">–</span>`;
  const [word, kind] = words[hop.kind] ?? [hop.kind, ''];
  const who = [
    hop.by && `by ${hop.by.replace('worker-', '')}`,
    hop.attempt > 1 && `attempt ${hop.attempt}`,
    hop.again && `came again ${plural(hop.again, 'time')}`,
  ];
  const howLong = [
    Number.isFinite(hop.queuedMs) && `queued ${duration(hop.queuedMs)}`,
    hop.kind === 'done' && `work ${duration(hop.took_ms)}`,
  ];
  const joined = (notes) => notes.filter(Boolean).join(', ');
  const why = ['failed', 'dead'].includes(hop.kind) && html` <small class="times">${hop.what}</small>`;
  return html`<span class="chip ${kind}">${word}</span> <small>${joined(who)}</small> <small class="times">${joined(howLong)}</small>${why}`;
}

const duration = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

// The strip: outbox, queues, workers, receivers, in the order in which an event passes them.
export const stations = ({ waiting, queues, workers, paused, wait, mode, outside }) => html`
  <section><h2>Outbox</h2><p class="figure">${waiting}</p><p>waiting, then published by <b>${mode}</b></p></section>
  <section class="grow"><h2>Queues</h2><table><thead><tr><th scope="col">Queue</th><th scope="col" class="number">Visible</th><th scope="col" class="number">In flight</th><th scope="col" class="number">Dead</th></tr></thead>
    <tbody>${queues.map(({ service, fifo, visible, inFlight, dead }) => html`<tr><th scope="row">${service}${fifo && '.fifo'}</th><td class="number">${visible}</td><td class="number">${inFlight}</td><td class="number ${dead > 0 && 'alarm'}">${dead}</td></tr>`)}</tbody></table></section>
  <section class="grow"><h2>Workers</h2>${workers.length === 0 ? html`<p class="quiet">None is there.</p>` : html`<table><thead><tr><th scope="col">Worker</th><th scope="col">Is</th><th scope="col" class="number">Holds</th><th scope="col" class="number">Done</th></tr></thead>
    <tbody>${workers.map(({ id, state, holding, done }) => html`<tr><th scope="row">${id}</th><td>${state}</td><td class="number">${holding}</td><td class="number">${done}</td></tr>`)}</tbody></table>`}
    <p>${paused ? html`<b>Paused.</b> ` : null}A receive waits ${wait} s.</p></section>
  <section class="grow"><h2>Receivers</h2>${outside ? receivers(outside) : html`<p class="quiet">The stand-ins cannot be reached; real ones show nothing here.</p>`}</section>`;

const receivers = ({ counts, disturbances }) => html`<table>
  <thead><tr><th scope="col">Receiver</th><th scope="col">Is</th><th scope="col" class="number">Has</th><th scope="col" class="number">Sent to</th></tr></thead><tbody>
  ${[
    ['CRM', disturbances.crm, counts.records, counts.recordPuts],
    ['Marketing', disturbances.marketing, counts.memberSteps, counts.memberPuts],
    ['E-mail', disturbances.email, counts.mails, counts.mailsAccepted],
  ].map(([name, { failing, latencyMs }, has, sent]) => html`<tr><th scope="row">${name}</th>
    <td>${failing ? html`<span class="chip bad">failing</span>` : latencyMs > 0 ? html`<span class="chip busy">slow</span>` : 'well'}</td>
    <td class="number">${has}</td><td class="number">${sent}</td></tr>`)}</tbody></table>`;
