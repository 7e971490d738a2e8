// Cache: a few words that every process reads and the pages change: when the workers were last told to start
// anew, whether they pause, how long they wait for messages, how steps are published.
//
// Redis when REDIS_URL is set, so that workers on other machines hear of it; otherwise a SQLite file beside
// the others. Whoever cannot reach it goes on as before: `get` then gives what it gave last.
import { join } from 'node:path';
import { createClient } from 'redis';
import { openDatabase } from './database.js';

export async function openCache({ REDIS_URL: url, APP_DATA: directory, APP_PREFIX: prefix }, log = console.error) {
  return url ? RedisCache.open(url, `${prefix}penstock-app:`, log) : new EmbeddedCache(directory);
}

class EmbeddedCache {
  #database;
  #statements;

  constructor(directory) {
    const path = directory === ':memory:' ? directory : join(directory, 'cache.db');
    this.#database = openDatabase(path, ['CREATE TABLE words (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'], {
      synchronous: 'NORMAL',
    });
    this.#statements = {
      get: this.#database.prepare('SELECT value FROM words WHERE key = ?'),
      set: this.#database.prepare('INSERT INTO words VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
    };
  }

  async get(key) {
    return this.#statements.get.get(key)?.value;
  }

  async set(key, value) {
    this.#statements.set.run(key, value);
  }

  async close() {
    this.#database.close();
  }
}

class RedisCache {
  #client;
  #prefix;
  #last = new Map();

  static async open(url, prefix, log) {
    const cache = new RedisCache();
    cache.#prefix = prefix;
    cache.#client = createClient({ url, disableOfflineQueue: true, socket: { connectTimeout: 2000 } });
    let said;
    cache.#client.on('error', (error) => {
      if (error.message !== said) log(`the cache: ${error.message}`);
      said = error.message;
    });
    cache.#client.on('ready', () => (said = undefined));
    // It goes on trying by itself; a process that starts before Redis does its work all the same.
    await Promise.race([cache.#client.connect().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 2000))]);
    return cache;
  }

  async get(key) {
    try {
      const value = (await this.#client.get(this.#prefix + key)) ?? undefined;
      this.#last.set(key, value);
    } catch {
      // Said once by the listener above.
    }
    return this.#last.get(key);
  }

  async set(key, value) {
    await this.#client.set(this.#prefix + key, value);
  }

  async close() {
    this.#client.destroy();
  }
}
