// The pages, without a browser and without a queue.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser } from './pages.js';

test('A visitor registers, deposits and transfers, and each step is in the outbox', async () => {
  const browser = await Browser.open();
  await browser.register('Bob');
  await browser.submit('/account', '/logout', {});
  assert.equal((await browser.register('Ada')).headers.location, '/account');
  assert.equal((await browser.submit('/account', '/deposit', { amount: '12,5' })).headers.location, '/account?done=deposit');
  assert.equal((await browser.submit('/account', '/transfer', { amount: '2.50', to: 'bob@example.com' })).statusCode, 303);
  assert.match((await browser.get('/account')).body, /id="balance">€10\.00</);
  assert.equal(browser.outbox.waitingCount(), 4);
});

test('A form without its token, with that of another session or from no session is refused and does nothing', async () => {
  const [browser, other] = [await Browser.open(), await Browser.open()];
  await browser.register();
  const theirs = (await other.get('/login')).body.match(/name="form_token" value="([^"]+)"/)[1];
  const step = '5f0c1f0e-8a39-4c5b-9d2e-0a7f3b1c2d4e';
  for (const form_token of ['', 'x', '€', theirs]) {
    assert.equal((await browser.post('/deposit', { form_token, step, amount: '5' })).statusCode, 403);
  }
  assert.equal((await (await Browser.open()).post('/login', {})).statusCode, 403);
  assert.equal(browser.outbox.waitingCount(), 1);
});

test('What is wrong about a form is said beside the field, and what was typed is kept', async () => {
  const browser = await Browser.open();
  const answer = await browser.submit('/register', '/register', { name: '<b>', email: 'nowhere', password: 'short' });
  assert.equal(answer.statusCode, 400);
  assert.match(answer.body, /aria-describedby="email-error" aria-invalid="true"/);
  assert.match(answer.body, /value="&lt;b&gt;"/);
  assert.doesNotMatch(answer.body, /<b>/);
  assert.doesNotMatch(answer.body, /value="short"/);
  await browser.register();
  for (const amount of ['', '0', '-1', '1e3', '1.234', 'NaN', '99999999']) {
    assert.equal((await browser.submit('/account', '/deposit', { amount })).statusCode, 400, amount);
  }
  assert.equal((await browser.submit('/account', '/transfer', { amount: '1', to: 'nobody@example.com' })).statusCode, 400);
  assert.equal(browser.outbox.waitingCount(), 1);
});

test('A form that is sent twice is one step', async () => {
  const browser = await Browser.open();
  await browser.register();
  const { body } = await browser.get('/account');
  const [, form_token] = body.match(/name="form_token" value="([^"]+)"/);
  const [, step] = body.match(/name="step" value="([^"]+)"/);
  for (let i = 0; i < 2; ++i) assert.equal((await browser.post('/deposit', { form_token, step, amount: '5' })).statusCode, 303);
  assert.equal(browser.outbox.waitingCount(), 2);
});

test('Names are shown as text and never as markup', async () => {
  const browser = await Browser.open();
  await browser.register('<script>alert(1)</script>');
  assert.match((await browser.get('/account')).body, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});

test('Signing in begins a new session, and a wrong password says no more than a wrong address', async () => {
  const browser = await Browser.open();
  await browser.register();
  await browser.submit('/account', '/logout', {});
  assert.equal((await browser.get('/account')).headers.location, '/login');
  const wrong = [{ email: 'ada@example.com', password: 'wrong' }, { email: 'bob@example.com', password: 'wrong' }];
  const answers = [];
  for (const fields of wrong) answers.push(await browser.submit('/login', '/login', fields));
  const without = ({ body }) => body.replace(/value="[^"]*"/g, '');
  assert.equal(without(answers[0]), without(answers[1]));
  const before = (await browser.get('/login')).body.match(/name="form_token" value="([^"]+)"/)[1];
  assert.equal((await browser.submit('/login', '/login', { email: 'ADA@example.com', password: 'correct horse' })).statusCode, 303);
  assert.ok(!(await browser.get('/account')).body.includes(before));
});

test('The session cookie is out of reach for scripts and other sites, and behind TLS for anything else', async () => {
  const [cookie] = (await (await Browser.open()).get('/login')).cookies;
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.secure], [true, 'Lax', undefined]);
  const [secure] = (await (await Browser.open({ APP_SECURE: 'yes' })).get('/login')).cookies;
  assert.equal(secure.secure, true);
});

test('Every answer forbids scripts of others and frames', async () => {
  const browser = await Browser.open();
  for (const url of ['/', '/nowhere', '/public/style.css', '/health']) {
    assert.match((await browser.get(url)).headers['content-security-policy'], /script-src 'self'.*frame-ancestors 'none'/);
  }
});

test('Without a demonstration the machinery has no page', async () => {
  const browser = await Browser.open();
  for (const url of ['/live', '/live/feed', '/calls', '/dead-letters', '/inbox', '/receivers']) {
    assert.equal((await browser.get(url)).statusCode, 404, url);
  }
  assert.doesNotMatch((await browser.get('/')).body, /\/live/);
});

test('A hostile request is refused with an error of its own, never with one of ours', async () => {
  const browser = await Browser.open();
  await browser.register();
  const { body } = await browser.get('/account');
  const [, form_token] = body.match(/name="form_token" value="([^"]+)"/);
  const statuses = [
    await browser.post('/deposit', { form_token, step: 'x'.repeat(9000), amount: '5' }),
    await browser.post('/deposit', { form_token, step: 'x', amount: 'y'.repeat(20000) }),
    await browser.post('/transfer', { form_token, 'amount[]': '1', to: '__proto__', step: '' }),
    await browser.post('/register', { form_token, name: '\u0000', email: 'a@b', password: 'x'.repeat(5000) }),
    await browser.get('/account?done=__proto__&done=constructor'),
    await browser.get('/public/..%2f..%2fpackage.json'),
  ].map(({ statusCode }) => statusCode);
  assert.deepEqual(statuses, [400, 413, 400, 400, 200, 404]);
  assert.deepEqual(browser.said, []);
});
