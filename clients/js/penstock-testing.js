// Controls for tests of applications on Penstock: reset, expectations, virtual time, faults, and looking at
// messages without receiving them. No dependencies; Node 18 or later, or anything else that has fetch.
//
//     import { PenstockTesting } from './penstock-testing.js';
//     const penstock = new PenstockTesting('http://127.0.0.1:4567');
//     await penstock.reset();
//     ... the application sends, receives, works ...
//     await penstock.advance({ hours: 12 });
//     await penstock.expect('orders', { Empty: true });
//
// The daemon must have been started with --test-controls; peeking alone works without. A queue is named by its
// name, by its URL, or by { Queue, Account, Region }. What the daemon refuses is thrown as PenstockRefusal.

export class PenstockRefusal extends Error {
  constructor(status, text) {
    super(text);
    this.name = 'PenstockRefusal';
    this.status = status;
  }
}

export class ExpectationFailed extends Error {
  constructor(expected, standing) {
    super(`expected ${JSON.stringify(expected)}, but the queue stood at ${JSON.stringify(standing)}`);
    this.name = 'ExpectationFailed';
    this.standing = standing;
  }
}

const named = (queue) => {
  if (typeof queue !== 'string') return queue;
  return queue.includes('/') ? { QueueUrl: queue } : { Queue: queue };
};

const secondsIn = { seconds: 1, minutes: 60, hours: 3600, days: 86400 };
const leapMax = 1_296_000; // seconds; what the daemon takes at once

export class PenstockTesting {
  #url;
  #token;

  // `token`: the admin token, if the daemon has one.
  constructor(url = process.env.PENSTOCK_ADMIN_URL ?? 'http://127.0.0.1:4567', { token } = {}) {
    this.#url = url.replace(/\/$/, '');
    this.#token = token ?? process.env.PENSTOCK_ADMIN_TOKEN;
  }

  // Everything goes away, or what one account (and region) has: { Account, Region }.
  reset(scope = {}) {
    return this.#ask('POST', '/reset', scope);
  }

  // Waits until all of it holds: { Empty: true }, or some of Visible, InFlight and Delayed (exactly) and Sent,
  // Received and Deleted (at least, since the queue was created). Gives how the queue stood then; throws
  // ExpectationFailed when the time is over.
  async expect(queue, expected, { timeoutSeconds = 10 } = {}) {
    const standing = await this.#ask('POST', '/expect', {
      ...named(queue),
      ...expected,
      TimeoutSeconds: timeoutSeconds,
    });
    if (!standing.Held) throw new ExpectationFailed(expected, standing);
    return standing;
  }

  clock() {
    return this.#ask('GET', '/clock');
  }

  // Time leaps forward by { seconds, minutes, hours, days }, all of it added up.
  async advance(by) {
    let left = 0;
    for (const [unit, count] of Object.entries(by)) {
      if (!(unit in secondsIn)) throw new TypeError(`${unit} is no unit of time; there are ${Object.keys(secondsIn)}`);
      left += count * secondsIn[unit];
    }
    let clock;
    do {
      const Seconds = Math.min(left, leapMax);
      clock = await this.#ask('POST', '/clock/advance', { Milliseconds: Math.round(Seconds * 1000) });
      left -= Seconds;
    } while (left > 0);
    return clock;
  }

  // { Action, Queue or Topic, Error: 'throttling' | 'internal' | 'unavailable' or Drop: 'before' | 'after',
  //   LatencyMilliseconds, Share, Count, Seed }. Gives the rule's id.
  async addFault(rule) {
    return (await this.#ask('POST', '/faults', rule)).Id;
  }

  async faults() {
    return (await this.#ask('GET', '/faults')).Faults;
  }

  clearFaults(id) {
    return this.#ask('DELETE', id === undefined ? '/faults' : `/faults?Id=${id}`);
  }

  // The messages of a queue, one after the other, without receiving them. What to look for: { State, Text,
  // Attribute, Value, Unwrap }.
  async *peek(queue, look = {}) {
    let NextToken;
    do {
      const asked = new URLSearchParams({ ...named(queue), ...look, ...(NextToken && { NextToken }) });
      const page = await this.#ask('GET', `/messages?${asked}`);
      yield* page.Messages;
      NextToken = page.NextToken;
    } while (NextToken);
  }

  async #ask(method, path, body) {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        'X-Penstock-Admin': 'testing',
        ...(body && { 'Content-Type': 'application/json' }),
        ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new PenstockRefusal(response.status, answer.error);
    return answer;
  }
}
