// Sessions: who a browser is. A visitor without an account has one too, since its forms need a token.
//
// The browser holds a random token in a cookie that no script can read; here lies its digest. Every form
// carries the session's form token, and one without it is refused, so that no other site can send our forms.
// Signing in or out begins a new session: a token that somebody planted before is worth nothing afterwards.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const livesMs = 12 * 3600 * 1000;
const randomToken = () => randomBytes(32).toString('base64url');
const digest = (token) => createHash('sha256').update(token).digest('base64url');

export class Sessions {
  #statements;

  constructor(database) {
    this.#statements = {
      add: database.prepare('INSERT INTO sessions (token, account, form_token, expires_at) VALUES (?, ?, ?, ?)'),
      find: database.prepare('SELECT account, form_token AS formToken FROM sessions WHERE token = ? AND expires_at > ?'),
      end: database.prepare('DELETE FROM sessions WHERE token = ?'),
      sweep: database.prepare('DELETE FROM sessions WHERE expires_at <= ?'),
    };
  }

  // `account` is null for a visitor.
  begin(account = null) {
    this.#statements.sweep.run(Date.now());
    const token = randomToken();
    const formToken = randomToken();
    this.#statements.add.run(digest(token), account, formToken, Date.now() + livesMs);
    return { token, account, formToken };
  }

  find(token) {
    const found = typeof token === 'string' ? this.#statements.find.get(digest(token), Date.now()) : undefined;
    return found && { token, ...found };
  }

  end(token) {
    this.#statements.end.run(digest(token));
  }
}

export function formTokenMatches(session, given) {
  if (typeof given !== 'string') return false;
  const [got, wanted] = [Buffer.from(given), Buffer.from(session.formToken)];
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}
