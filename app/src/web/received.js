// The receivers' pages: the inbox of everybody, and what the CRM and the mailing list hold. They show what the
// stand-ins received, so they say how the queues have done their work.
import { html } from './html.js';
import { time } from './layout.js';

export function received(server, { outside }) {
  server.get('/inbox', async (request, reply) => reply.show(inbox(await outside.summary())));
  server.get('/inbox/:number', async (request, reply) => {
    const number = /^\d{1,12}$/.test(request.params.number) ? request.params.number : '0';
    const mail = await outside.mail(number).catch(() => undefined);
    return mail ? reply.show(mailPage(mail)) : reply.callNotFound();
  });
  server.get('/receivers', async (request, reply) => reply.show(receivers(await outside.summary())));
}

const inbox = ({ mails, counts }) => ({
  title: 'Inbox',
  content: () => html`
    <h1>Inbox</h1>
    <p class="lead">The mail server keeps what it accepts and delivers nothing. It has accepted
      ${counts.mailsAccepted}, with ${counts.mails} different Message-IDs: a mail that was sent twice has the same.</p>
    ${mails.length === 0 ? html`<p class="quiet">No mail yet.</p>` : html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">Accepted (UTC)</th></tr></thead>
      <tbody>${mails.map(({ number, subject, recipient, at }) => html`<tr><th scope="row"><a href="/inbox/${number}">${subject}</a></th><td data-label="To">${recipient}</td><td data-label="Accepted (UTC)">${time(at)}</td></tr>`)}</tbody>
    </table></div>`}`,
});

const mailPage = ({ subject, sender, recipient, message_id: id, body, at }) => ({
  title: subject,
  content: () => html`
    <p><a href="/inbox">Inbox</a></p>
    <h1>${subject}</h1>
    <dl><dt>From</dt><dd>${sender}</dd><dt>To</dt><dd>${recipient}</dd><dt>Accepted (UTC)</dt><dd>${time(at)}</dd><dt>Message-ID</dt><dd><code>${id}</code></dd></dl>
    <pre class="card mail">${body}</pre>`,
});

const receivers = ({ records, members, counts }) => ({
  title: 'Receivers',
  content: () => html`
    <h1>Receivers</h1>
    <p class="lead">A worker can be killed after a receiver has accepted something and before that is noted; it is then
      sent again, under the same key. So what the receivers hold is exact, and what was sent to them may be more.</p>
    <h2>CRM <span class="count">${counts.records}</span></h2>
    <p class="quiet">${counts.recordPuts} upserts by external id.</p>
    ${records.length > 0 && html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">Object</th><th scope="col">Fields</th><th scope="col" class="number">Upserts</th></tr></thead>
      <tbody>${records.map(({ object, fields, puts }) => html`<tr><th scope="row">${object}</th><td data-label="Fields">${summary(fields)}</td><td class="number" data-label="Upserts">${puts}</td></tr>`)}</tbody></table></div>`}
    <h2>Mailing list <span class="count">${counts.memberSteps}</span></h2>
    <p class="quiet">Steps of members who agreed, put ${counts.memberPuts} times by the digest of the address.</p>
    ${members.length > 0 && html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">Member</th><th scope="col">Last step</th><th scope="col" class="number">Puts</th></tr></thead>
      <tbody>${members.map(({ fields, puts }) => html`<tr><th scope="row">${fields.email_address}</th><td data-label="Last step">${fields.merge_fields.STEP}</td><td class="number" data-label="Puts">${puts}</td></tr>`)}</tbody></table></div>`}`,
});

const summary = ({ LastName, Email, Kind__c: kind, Amount__c: amount, Recipient__c: recipient }) =>
  kind ? `${kind}, €${amount.toFixed(2)}${recipient ? `, to ${recipient}` : ''}` : `${LastName}, ${Email}`;
