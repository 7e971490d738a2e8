// E-mail: by SMTP to whichever server SMTP_URL names. The Message-ID is made of the event's id, so a mail that
// is sent twice (SMTP knows no key: whoever is killed between the server's 250 and the note of it sends again)
// is the same mail twice, which mailboxes can tell.
import { createTransport } from 'nodemailer';
import { money } from '../events.js';

const waitMs = 10_000;

const letters = {
  'registration-completed': ({ account }) => ({
    subject: 'Welcome',
    text: `Dear ${account.name},\n\nyour account is open. You can deposit and transfer money at once.\n`,
  }),
  'deposit-completed': ({ account, cents }) => ({
    subject: `Your deposit of ${money(cents)}`,
    text: `Dear ${account.name},\n\nyour deposit of ${money(cents)} is in your account.\n`,
  }),
  'transfer-completed': ({ account, cents, recipient }) => ({
    subject: `Your transfer of ${money(cents)} to ${recipient}`,
    text: `Dear ${account.name},\n\nyour transfer of ${money(cents)} to ${recipient} is on its way.\n`,
  }),
};

export class Email {
  #transport;
  #from;

  constructor({ SMTP_URL: url, MAIL_FROM: from }) {
    this.#from = from;
    this.#transport = createTransport({
      url,
      pool: true,
      maxConnections: 5,
      connectionTimeout: waitMs,
      greetingTimeout: waitMs,
      socketTimeout: waitMs,
      // What an event says is text, never a file or an address to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async perform(event) {
    const { account, id, at } = event;
    await this.#transport.sendMail({
      from: { name: 'Penstock Bank', address: this.#from },
      to: { name: account.name, address: account.email },
      messageId: `<${id}.email@${this.#from.split('@')[1]}>`,
      date: new Date(at),
      ...letters[event.type](event),
    });
    return 'mail sent';
  }

  close() {
    this.#transport.close();
  }
}
