// OutsideView: what the stand-ins for the receivers tell, and how the pages disturb them (outside/control.js).
import { request } from '../services/receiver.js';

export class OutsideView {
  #url;
  #headers;

  constructor({ OUTSIDE_URL: url, OUTSIDE_TOKEN: token }) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  async #ask(path, options = {}) {
    const { status, json } = await request(`${this.#url}${path}`, { method: 'GET', headers: this.#headers, ...options });
    if (status !== 200) throw new Error(`the stand-ins answered ${status}`);
    return json;
  }

  summary = () => this.#ask('/');
  ledger = () => this.#ask('/ledger');
  mail = (number) => this.#ask(`/mails/${number}`);
  disturb = (receiver, change) => this.#ask('/disturb', { method: 'POST', body: JSON.stringify({ receiver, ...change }) });
}
