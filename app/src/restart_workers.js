// Tells every worker to finish what it holds and end; what supervises them starts them anew.
//
//   npm run workers:restart
import { openCache } from './cache.js';
import { readSettings } from './settings.js';
import { askForRestart } from './switches.js';

const cache = await openCache(readSettings());
await askForRestart(cache);
await cache.close();
console.log('the workers will finish what they hold and start anew');
