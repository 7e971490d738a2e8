// The account's pages: the balance, the statement, and the two steps that change it.
//
// Each form carries the id of the step that it would make (accounts.js), so that sending it twice, by a double
// click or by going back, makes one step.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../bank/accounts.js';
import { money } from '../events.js';
import { html } from './html.js';
import { field, formToken, time } from './layout.js';
import { firstErrors } from './visitors.js';

const centsMax = 1_000_000_00;
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,9}([.,]\d{1,2})?$/, 'An amount is written like 12.50.')
  .transform((text) => {
    const [euros, cents = ''] = text.split(/[.,]/);
    return Number(euros) * 100 + Number(cents.padEnd(2, '0'));
  })
  .refine((cents) => cents > 0, 'Say more than nothing.')
  .refine((cents) => cents <= centsMax, `At most ${money(centsMax)} at a time.`);
const deposit = z.object({ step: z.uuid(), amount });
const transfer = z.object({ step: z.uuid(), amount, to: z.string().trim().max(254).pipe(z.email('This is no e-mail address.')) });

const said = {
  deposit: 'Your deposit is in your account.',
  transfer: 'Your transfer is on its way.',
};

export function steps(server, { accounts, committed }) {
  server.get('/account', async (request, reply) => {
    if (!request.visit.account) return reply.redirect('/login', 303);
    const done = Object.hasOwn(said, request.query.done ?? '') ? said[request.query.done] : undefined;
    return reply.show(accountPage({ accounts, done }));
  });

  addStep('deposit', deposit, (account, { step, amount: cents }) => accounts.deposit({ step, account, cents }));
  addStep('transfer', transfer, (account, { step, amount: cents, to }) => accounts.transfer({ step, account, cents, to }));

  function addStep(name, schema, perform) {
    server.post(`/${name}`, async (request, reply) => {
      const { account } = request.visit;
      if (!account) return reply.redirect('/login', 303);
      const refuse = (errors) => {
        request.visit.account = accounts.find(account.id);
        return reply.show(accountPage({ accounts, form: name, values: request.body, errors }), 400);
      };
      const given = schema.safeParse(request.body);
      if (!given.success) return refuse(firstErrors(given.error));
      try {
        perform(account.id, given.data);
      } catch (error) {
        if (error instanceof Refusal) return refuse({ [error.field]: error.message });
        throw error;
      }
      committed();
      return reply.redirect(`/account?done=${name}`, 303);
    });
  }
}

// `form` is the one that was refused, with its values and what is wrong about them.
function accountPage({ accounts, done, form, values = {}, errors = {} }) {
  const given = (name, key) => (form === name && typeof values[key] === 'string' ? values[key] : '');
  const error = (name, key) => (form === name ? errors[key] : undefined);
  const amountField = (name) =>
    field({ id: `${name}-amount`, name: 'amount', label: 'Amount in euros', inputmode: 'decimal', maxlength: 12, value: given(name, 'amount'), error: error(name, 'amount') });
  return {
    title: 'Your account',
    content: ({ session, account }) => {
      const entries = accounts.entries(account.id);
      return html`
    <h1>Hello, ${account.name}</h1>
    ${done && html`<p class="notice good" role="status">${done}</p>`}
    <p class="balance"><span class="label">Balance</span> <strong id="balance">${money(account.balance)}</strong></p>
    <div class="pair">
      <form method="post" action="/deposit" class="card" novalidate>
        <h2>Deposit</h2>
        ${formToken(session)}<input type="hidden" name="step" value="${randomUUID()}">
        ${amountField('deposit')}
        <button>Deposit</button>
      </form>
      <form method="post" action="/transfer" class="card" novalidate>
        <h2>Transfer</h2>
        ${formToken(session)}<input type="hidden" name="step" value="${randomUUID()}">
        ${field({ name: 'to', label: 'To the account of (e-mail address)', type: 'email', autocomplete: 'off', value: given('transfer', 'to'), error: error('transfer', 'to') })}
        ${amountField('transfer')}
        <button>Transfer</button>
      </form>
    </div>
    <h2>Statement</h2>
    ${entries.length === 0
      ? html`<p class="quiet">Nothing yet. A deposit is a good beginning.</p>`
      : html`<div class="scroll"><table class="cards">
      <thead><tr><th scope="col">When (UTC)</th><th scope="col">What</th><th scope="col" class="number">Amount</th></tr></thead>
      <tbody>${entries.map(
        ({ at, cents, other }) => html`<tr><td data-label="When (UTC)">${time(at)}</td>
        <td data-label="What">${other === null ? 'Deposit' : cents < 0 ? `Transfer to ${other}` : `Transfer from ${other}`}</td>
        <td class="number" data-label="Amount">${cents < 0 ? '−' : '+'}${money(Math.abs(cents))}</td></tr>`,
      )}</tbody></table></div>`}`;
    },
  };
}
