import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../src/settings.js';

test('Nothing need be set, and an empty variable counts as unset', () => {
  assert.deepEqual(readSettings({}), readSettings({ APP_LISTEN: '', REDIS_URL: '' }));
});

test('What cannot be used is said by name', () => {
  const wrong = { APP_LISTEN: '8080', APP_MODE: 'pigeons', WORKER_ATTEMPTS: '0', REDIS_URL: 'http://x', APP_PREFIX: 'a b' };
  for (const [name, value] of Object.entries(wrong)) {
    assert.throws(() => readSettings({ [name]: value }), new RegExp(`the environment cannot be used: ${name}: `));
  }
});
