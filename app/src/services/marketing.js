// E-mail marketing: Mailchimp's API. A member of the list is put by the digest of the e-mail address, so
// doing it again changes nothing. Only for visitors who agreed; an event of another should not arrive here
// (the filter policy keeps it away), and has no effect if it does.
import { createHash } from 'node:crypto';
import { refused, request } from './receiver.js';

export const memberHash = (email) => createHash('md5').update(email.toLowerCase()).digest('hex');

export class Marketing {
  #members;
  #authorization;

  constructor({ MARKETING_URL: base, MARKETING_LIST: list, MARKETING_KEY: key }) {
    this.#members = `${base.replace(/\/$/, '')}/3.0/lists/${list}/members`;
    this.#authorization = `Basic ${Buffer.from(`penstock:${key}`).toString('base64')}`;
  }

  async perform({ id, type, at, account }) {
    if (!account.marketing) return 'nothing, the visitor did not agree';
    const answer = await request(`${this.#members}/${memberHash(account.email)}`, {
      method: 'PUT',
      headers: { authorization: this.#authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        email_address: account.email,
        status_if_new: 'subscribed',
        merge_fields: { FNAME: account.name, STEP: type, STEPAT: at, STEPID: id },
      }),
    });
    if (answer.status !== 200) throw refused('the mailing list', answer);
    return 'member put';
  }
}
