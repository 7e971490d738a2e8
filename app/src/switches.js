// Switches: what the pages can change while everything runs, as words in the cache (cache.js).
import { modes } from './queues/publisher.js';

// When the workers were last told to start anew (stop.js), whether they pause, how many seconds their receives
// wait, and how steps are published that do not say it themselves.
export const keys = {
  restart: 'last_restart_date',
  paused: 'workers_paused',
  wait: 'receive_wait',
  mode: 'publish_mode',
};

export const readPaused = async (cache) => (await cache.get(keys.paused)) === 'yes';
export const readWait = async (cache) => ((await cache.get(keys.wait)) === '0' ? 0 : 20);

export async function readMode(cache, { APP_MODE: usual }) {
  const wished = await cache.get(keys.mode);
  return modes.includes(wished) ? wished : usual;
}

export const askForRestart = (cache) => cache.set(keys.restart, new Date().toISOString());
