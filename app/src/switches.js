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

// The ways to publish that there are with these settings.
export const offeredModes = ({ APP_TOPICS: topics }) => modes.filter((mode) => topics || mode === 'queues');

export async function readMode(cache, settings) {
  const offered = offeredModes(settings);
  const wished = [await cache.get(keys.mode), settings.APP_MODE];
  return wished.find((mode) => offered.includes(mode)) ?? offered[0];
}

export const askForRestart = (cache) => cache.set(keys.restart, new Date().toISOString());
