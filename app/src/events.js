// Events: the steps that a customer completes, as messages.
//
// An event says what happened and to whom; it does not say what anybody should do about it. That is the
// business of the services (services.js), each of which gets its own copy. Amounts are whole cents.
import { randomUUID } from 'node:crypto';

export const registration = (customer) => event('registration', customer);
export const transfer = (customer, cents, recipient) => event('transfer', customer, { cents, recipient });
export const deposit = (customer, cents) => event('deposit', customer, { cents });

function event(kind, customer, details = {}) {
  return { kind, id: randomUUID(), at: new Date().toISOString(), customer, ...details };
}

// What SendMessage takes. The kind is an attribute as well, so that it can be read without the body.
export function encode(event) {
  return {
    MessageBody: JSON.stringify(event),
    MessageAttributes: { kind: { DataType: 'String', StringValue: event.kind } },
  };
}

// The event in a message's body, checked as far as the services rely on it. Throws on anything else:
// whoever may send to the queue can put anything into it.
export function decode(body) {
  const event = JSON.parse(body);
  const details = event && Object.hasOwn(detailsOf, event.kind) ? detailsOf[event.kind] : undefined;
  if (!details) throw new Error('not an event of a known kind');
  if (typeof event.id !== 'string') throw new Error(`a ${event.kind} without an id`);
  if (typeof event.customer?.name !== 'string' || typeof event.customer?.email !== 'string') {
    throw new Error(`a ${event.kind} without a customer`);
  }
  if (!details(event)) throw new Error(`a ${event.kind} without its details`);
  return event;
}

const isAmount = (cents) => Number.isSafeInteger(cents) && cents > 0;
const detailsOf = {
  registration: () => true,
  transfer: ({ cents, recipient }) => isAmount(cents) && typeof recipient === 'string',
  deposit: ({ cents }) => isAmount(cents),
};

// For people: "transfer of 12.50 EUR to Grace by Ada".
export function describe({ kind, customer, cents, recipient }) {
  const amount = cents === undefined ? '' : ` of ${euros(cents)}`;
  const to = recipient === undefined ? '' : ` to ${recipient}`;
  return `${kind}${amount}${to} by ${customer.name}`;
}

export const euros = (cents) => `${(cents / 100).toFixed(2)} EUR`;
