// The visitors' pages: the front door, opening an account, signing in and out.
import { z } from 'zod';
import { Refusal } from '../bank/accounts.js';
import { hashPassword, nobodysPassword, passwordMatches } from '../bank/password.js';
import { html } from './html.js';
import { field, formToken } from './layout.js';

const passwordMin = 10;
const passwordMax = 200;

const registration = z.object({
  name: z.string().trim().min(1, 'Say your name.').max(80, 'At most 80 characters.').regex(/^[^\p{C}]*$/u, 'Letters only.'),
  email: z.string().trim().max(254, 'Too long.').pipe(z.email('This is no e-mail address.')),
  password: z.string().min(passwordMin, `At least ${passwordMin} characters.`).max(passwordMax, `At most ${passwordMax} characters.`),
  marketing: z.literal('yes').optional(),
});
const credentials = z.object({ email: z.string().max(254), password: z.string().max(passwordMax) });

export function firstErrors({ issues }) {
  const errors = {};
  for (const { path, message } of issues) errors[path[0]] ??= message;
  return errors;
}

export function visitors(server, { accounts, committed }) {
  server.get('/', async (request, reply) => reply.show(home));
  server.get('/register', async (request, reply) => reply.show(registerPage({}, {})));
  server.get('/login', async (request, reply) => reply.show(loginPage({})));

  server.post('/register', async (request, reply) => {
    const given = registration.safeParse(request.body);
    if (!given.success) return reply.show(registerPage(request.body, firstErrors(given.error)), 400);
    const { name, email, password, marketing } = given.data;
    try {
      const hashed = await hashPassword(password);
      const account = accounts.register({ name, email, password: hashed, marketing: marketing === 'yes' });
      committed();
      reply.beginSession(account.id);
      return reply.redirect('/account', 303);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return reply.show(registerPage(request.body, { [error.field]: error.message }), 400);
    }
  });

  server.post('/login', async (request, reply) => {
    const given = credentials.safeParse(request.body);
    const account = given.success ? accounts.findByEmail(given.data.email.trim()) : undefined;
    // As slow for an address that nobody has.
    const matches = await passwordMatches(given.data?.password ?? '', account?.password ?? nobodysPassword);
    if (!account || !matches) return reply.show(loginPage(request.body, true), 400);
    reply.beginSession(account.id);
    return reply.redirect('/account', 303);
  });

  server.post('/logout', async (request, reply) => {
    reply.endSession();
    return reply.redirect('/', 303);
  });
}

const home = {
  title: 'Welcome',
  content: ({ account, demo }) => html`
    <h1>An account in a minute</h1>
    <p class="lead">Open it, deposit, transfer. Nothing you do here waits for the CRM, the mailing list or the mail
      server: each step is saved, and queues carry it to them.</p>
    <p class="actions">${account
      ? html`<a class="button" href="/account">To your account</a>`
      : html`<a class="button" href="/register">Open an account</a> <a class="button quiet" href="/login">Sign in</a>`}
      ${demo && html`<a class="button quiet" href="/live">Watch the queues</a>`}</p>`,
};

function registerPage(values, errors) {
  const text = (name) => (typeof values?.[name] === 'string' ? values[name] : '');
  return {
    title: 'Open an account',
    content: (visit) => html`
    <h1>Open an account</h1>
    <form method="post" action="/register" class="card" novalidate>
      ${formToken(visit.session)}
      ${field({ name: 'name', label: 'Your name', autocomplete: 'name', maxlength: 80, value: text('name'), error: errors.name })}
      ${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'email', maxlength: 254, value: text('email'), error: errors.email })}
      ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: `At least ${passwordMin} characters.`, minlength: passwordMin, maxlength: passwordMax, error: errors.password })}
      <div class="check"><input type="checkbox" id="marketing" name="marketing" value="yes" ${values?.marketing === 'yes' && html`checked`}>
        <label for="marketing">Send me news by e-mail</label></div>
      <button>Open the account</button>
    </form>`,
  };
}

function loginPage(values, failed = false) {
  return {
    title: 'Sign in',
    content: (visit) => html`
    <h1>Sign in</h1>
    ${failed && html`<p class="notice bad" role="alert">The address or the password is wrong.</p>`}
    <form method="post" action="/login" class="card">
      ${formToken(visit.session)}
      ${field({ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'email', value: typeof values?.email === 'string' ? values.email : '' })}
      ${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
      <button>Sign in</button>
    </form>`,
  };
}
