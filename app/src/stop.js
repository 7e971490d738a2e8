// Stop: the wish to stop, as an AbortSignal. Whoever waits passes it to what it waits for; whoever works looks
// at `aborted` between two pieces of work.
//
// It comes as SIGTERM or SIGINT (the second one ends the process in the ordinary way), or, for workers, as a
// `last_restart_date` in the cache that is another than when they began: `npm run workers:restart` writes it,
// every worker finishes what it holds and ends with 0, and what supervises it starts it anew.
import { setTimeout as pause } from 'node:timers/promises';
import { keys } from './switches.js';

const lookEveryMs = 500;

export function stopSignal() {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => stop.abort(`told to by ${name}`));
  return stop.signal;
}

// The same, or a restart that was asked for. Looks between polls and during them.
export async function stopOrRestartSignal(cache, stopped = stopSignal()) {
  const restart = new AbortController();
  const begun = await cache.get(keys.restart);
  const watch = async () => {
    while (!stopped.aborted && !restart.signal.aborted) {
      await pause(lookEveryMs, undefined, { signal: stopped }).catch(() => {});
      const date = await cache.get(keys.restart);
      if (date !== begun) restart.abort(`asked to restart at ${date}`);
    }
  };
  void watch().catch((error) => restart.abort(`cannot look for restarts: ${error.message}`));
  return AbortSignal.any([stopped, restart.signal]);
}
