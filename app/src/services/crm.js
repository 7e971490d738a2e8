// The CRM: Salesforce's REST API. Every effect is an upsert by an external id, which is ours, so doing it
// again puts the same record in the same place: a contact by the account's id, a movement by the event's.
//
// Authorization is OAuth 2.0 with client credentials. A token that has expired is refused with 401 and
// INVALID_SESSION_ID; it is then fetched anew, once, and the request repeated.
import { refused, request } from './receiver.js';

const version = 'v62.0';

// The custom object and fields must exist there; docs/app.md lists them.
const records = {
  'registration-completed': ({ account }) => ({
    path: `Contact/Account_Id__c/${account.id}`,
    fields: { LastName: account.name, Email: account.email, HasOptedOutOfEmail: !account.marketing },
  }),
  'deposit-completed': (event) => movement(event, 'deposit'),
  'transfer-completed': (event) => movement(event, 'transfer'),
};

function movement({ id, at, account, cents, recipient }, kind) {
  return {
    path: `Money_Movement__c/Event_Id__c/${id}`,
    fields: {
      Kind__c: kind,
      Amount__c: cents / 100,
      At__c: at,
      Recipient__c: recipient ?? null,
      Contact__r: { Account_Id__c: account.id },
    },
  };
}

export class Crm {
  #base;
  #clientId;
  #clientSecret;
  #token;

  constructor({ CRM_URL: base, CRM_CLIENT_ID: clientId, CRM_CLIENT_SECRET: clientSecret }) {
    this.#base = base.replace(/\/$/, '');
    this.#clientId = clientId;
    this.#clientSecret = clientSecret;
  }

  async perform(event) {
    const { path, fields } = records[event.type](event);
    let answer = await this.#upsert(path, fields);
    if (answer.status === 401) {
      this.#token = undefined;
      answer = await this.#upsert(path, fields);
    }
    if (answer.status !== 200 && answer.status !== 201 && answer.status !== 204) throw refused('the CRM', answer);
    return path.split('/', 1)[0] === 'Contact' ? 'contact upserted' : 'movement upserted';
  }

  async #upsert(path, fields) {
    this.#token ??= this.#authorize();
    const { access_token: token, instance_url: instance } = await this.#token.catch((error) => {
      this.#token = undefined;
      throw error;
    });
    return request(`${instance}/services/data/${version}/sobjects/${path}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
  }

  async #authorize() {
    const answer = await request(`${this.#base}/services/oauth2/token`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: this.#clientId,
        client_secret: this.#clientSecret,
      }).toString(),
    });
    if (answer.status !== 200 || typeof answer.json?.access_token !== 'string') throw refused('the CRM', answer);
    return answer.json;
  }
}
