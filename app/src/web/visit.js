// Visit: what a request has to do with who sent it. Every request gets `request.visit`, and every form is
// refused that does not carry its session's token.
import { formTokenMatches } from '../bank/sessions.js';
import { layout } from './layout.js';

const cookieName = 'session';

// Adds the hooks to a Fastify server; `room` is what the routes share (web.js).
export function addVisits(server, { sessions, accounts, settings }) {
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: settings.APP_SECURE };

  server.decorateRequest('visit', null);

  server.addHook('onRequest', async (request) => {
    const session = sessions.find(request.cookies[cookieName]);
    const account = session?.account ? accounts.find(session.account) : undefined;
    request.visit = { session, account, path: request.url.split('?')[0], demo: settings.APP_DEMO };
  });

  server.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST') return;
    const { session } = request.visit;
    if (!session || !formTokenMatches(session, request.body?.form_token)) {
      throw Object.assign(new Error('This form has grown old. Go back, load the page again and send it anew.'), { statusCode: 403 });
    }
  });

  // Begins a session and leaves the one before it.
  server.decorateReply('beginSession', function beginSession(account = null) {
    const { visit } = this.request;
    if (visit.session) sessions.end(visit.session.token);
    visit.session = sessions.begin(account);
    visit.account = account && accounts.find(account);
    this.setCookie(cookieName, visit.session.token, cookie);
  });

  server.decorateReply('endSession', function endSession() {
    sessions.end(this.request.visit.session.token);
    this.clearCookie(cookieName, cookie);
  });

  // Sends a page (layout.js). A visitor who has no session yet gets one, for the forms.
  server.decorateReply('show', function show(page, status = 200) {
    if (!this.request.visit.session) this.beginSession();
    return this.code(status).type('text/html; charset=utf-8').send(layout(page, this.request.visit).text);
  });
}
