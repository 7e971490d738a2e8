// Services: who wants to know of events, and what each does about one.
//
// They stand where calls to remote systems will be made (a CRM, a mailing list, a mail server), and
// return a line that says what would happen there. A queue delivers at least once, so each of them must
// bear to see the same event twice.
import { euros } from './events.js';

export const services = {
  crm: {
    registration: ({ customer }) => `opens an account for ${customer.name}`,
    transfer: ({ customer, cents }) => `notes ${euros(cents)} going out from ${customer.name}`,
    deposit: ({ customer, cents }) => `notes ${euros(cents)} coming in for ${customer.name}`,
  },
  marketing: {
    registration: ({ customer }) => `adds ${customer.name} to the newsletter`,
    transfer: ({ customer }) => `marks ${customer.name} as active`,
    deposit: ({ customer }) => `marks ${customer.name} as a saver`,
  },
  email: {
    registration: ({ customer }) => `writes "Welcome" to ${customer.email}`,
    transfer: ({ customer, recipient }) => `writes "Your transfer to ${recipient}" to ${customer.email}`,
    deposit: ({ customer }) => `writes "Your deposit has arrived" to ${customer.email}`,
  },
};

export const serviceNames = Object.keys(services);

export const handle = (service, event) => services[service][event.kind](event);
