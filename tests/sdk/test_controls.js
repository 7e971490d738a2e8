// A daemon that was started for tests, with its admin side, and the helper that applications use on it.
import { PenstockTesting } from '../../clients/js/penstock-testing.js';
import { Daemon, scratchDirectory } from './daemon.js';

export async function controlled(t, ...flags) {
  const data = await scratchDirectory(t);
  const daemon = await Daemon.start(data, '--admin-listen', '127.0.0.1:0', '--test-controls', ...flags);
  t.after(() => daemon.stop());
  return { daemon, data, penstock: new PenstockTesting(daemon.admin) };
}

// One request to the admin side, as it is said.
export async function asked(daemon, path, { method = 'GET', headers = {}, body } = {}) {
  const response = await fetch(daemon.admin + path, { method, headers, body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
