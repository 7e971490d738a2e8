// A mail server that delivers nothing: what it accepts is kept for the inbox page. It accepts a mail when all
// of it is stored, and not before.
import { setTimeout as pause } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const mailBytesMax = 256 * 1024;
const stopWithinMs = 1000;

export function mailSink({ outside }) {
  return new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: mailBytesMax,
    closeTimeout: stopWithinMs, // a client's idle connection holds up no stop
    logger: false,
    onData(stream, session, done) {
      accept(stream, session).then(() => done(null, 'kept'), done);
    },
  });

  async function accept(stream, session) {
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    if (stream.sizeExceeded) throw Object.assign(new Error('too large'), { responseCode: 552 });
    const { failing, latencyMs } = outside.disturbances.email;
    if (latencyMs > 0) await pause(latencyMs);
    if (failing) throw Object.assign(new Error('try again later'), { responseCode: 451 });
    const mail = await PostalMime.parse(Buffer.concat(pieces));
    outside.addMail({
      messageId: mail.messageId ?? '',
      sender: session.envelope.mailFrom.address,
      recipient: session.envelope.rcptTo.map(({ address }) => address).join(', '),
      subject: mail.subject ?? '',
      body: mail.text ?? '',
    });
  }
}
