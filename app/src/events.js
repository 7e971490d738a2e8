// Events: the steps that a customer completes, as messages.
//
// An event says what happened and to whom; it does not say what anybody should do about it. That is the
// business of the services (services/), each of which gets its own copy. The id is the step's own, so however
// often an event is sent, it is one event. Amounts are whole cents.
import { z } from 'zod';

export const eventTypes = ['registration-completed', 'transfer-completed', 'deposit-completed'];

const common = {
  version: z.literal(1),
  id: z.uuid(),
  at: z.iso.datetime(),
  account: z.strictObject({
    id: z.uuid(),
    name: z.string().min(1).max(100),
    email: z.email().max(254),
    marketing: z.boolean(),
  }),
};
const cents = z.number().int().positive().max(1e12);

const schema = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('registration-completed') }),
  z.strictObject({ ...common, type: z.literal('deposit-completed'), cents }),
  z.strictObject({ ...common, type: z.literal('transfer-completed'), cents, recipient: z.string().min(1).max(100) }),
]);

// The event in a message's body. Throws on anything else: whoever may send to the queue can put anything
// into it.
export function decode(body) {
  const read = schema.safeParse(parse(body));
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw new Error(`not an event: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`);
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new Error('not an event: not JSON');
  }
}

export const encode = (event) => JSON.stringify(schema.parse(event));

export const money = (cents) => `€${(cents / 100).toFixed(2)}`;

// For people: "transfer of €12.50 to Grace".
export function describe({ type, cents, recipient }) {
  const step = type.replace('-completed', '');
  const amount = cents === undefined ? '' : ` of ${money(cents)}`;
  return `${step}${amount}${recipient === undefined ? '' : ` to ${recipient}`}`;
}
