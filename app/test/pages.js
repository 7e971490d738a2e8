// Pages: the web application's pages as a browser without a window sees them, on a bank in memory.
import { Accounts } from '../src/bank/accounts.js';
import { openBank } from '../src/bank/database.js';
import { Outbox } from '../src/bank/outbox.js';
import { Sessions } from '../src/bank/sessions.js';
import { readSettings } from '../src/settings.js';
import { buildServer } from '../src/web.js';

export class Browser {
  #cookie = '';

  // `room` is what the routes share beyond the bank (web.js).
  static async open(environment = {}, room = {}) {
    const browser = new Browser();
    const database = openBank(':memory:');
    browser.accounts = new Accounts(database);
    browser.outbox = new Outbox(database);
    browser.said = [];
    browser.server = await buildServer({
      settings: readSettings(environment),
      accounts: browser.accounts,
      sessions: new Sessions(database),
      committed: () => {},
      log: (line) => browser.said.push(line),
      ...room,
    });
    return browser;
  }

  async #send(options) {
    const answer = await this.server.inject({ ...options, headers: { cookie: this.#cookie, ...options.headers } });
    for (const { name, value } of answer.cookies) this.#cookie = `${name}=${value}`;
    return answer;
  }

  get(url) {
    return this.#send({ url });
  }

  // Sends the form that the page shows; fields that it has already are kept.
  async submit(page, action, fields) {
    const { body } = await this.get(page);
    const form = body.split('<form').find((piece) => piece.includes(`action="${action}"`));
    const hidden = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    return this.post(action, { ...Object.fromEntries(hidden), ...fields });
  }

  post(url, fields) {
    return this.#send({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
  }

  register(name = 'Ada') {
    const fields = { name, email: `${name.replace(/\W/g, '')}@example.com`, password: 'correct horse', marketing: 'yes' };
    return this.submit('/register', '/register', fields);
  }
}
