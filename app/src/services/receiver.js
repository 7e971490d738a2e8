// Receiver: how the services speak HTTP to somebody else's system: with a bound on the time, and an answer
// that is not the wanted one as an error that says what was answered.
export const answerWithinMs = 10_000;

export async function request(url, { method = 'POST', headers = {}, body } = {}) {
  const answer = await fetch(url, {
    method,
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(answerWithinMs),
  }).catch((error) => {
    throw new Error(`${new URL(url).host} cannot be reached: ${error.cause?.message ?? error.message}`);
  });
  const text = await answer.text();
  return { status: answer.status, text, json: parse(text) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Salesforce says what is wrong in a list, Mailchimp in a field of its own; others in whatever they send.
export function refused(who, { status, text, json }) {
  const said = json?.[0]?.message ?? json?.detail ?? text;
  return new Error(`${who} answered ${status}: ${String(said).slice(0, 200)}`);
}
