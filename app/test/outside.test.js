// The adapters against the stand-ins, over HTTP and SMTP.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { serveOutside } from '../src/outside.js';
import { Crm } from '../src/services/crm.js';
import { Email } from '../src/services/email.js';
import { Marketing, memberHash } from '../src/services/marketing.js';
import { readSettings } from '../src/settings.js';
import { OutsideView } from '../src/web/outside_view.js';
import { scratchDirectory } from './daemon.js';
import { ada, bob, deposit, registration, threeSteps, transfer } from './people.js';

const stop = new AbortController();
const base = readSettings({
  APP_DATA: await scratchDirectory(after),
  OUTSIDE_LISTEN: '127.0.0.1:0',
  OUTSIDE_SMTP_LISTEN: '127.0.0.1:0',
});
const { promise: listening, resolve: ready } = Promise.withResolvers();
const serving = serveOutside(base, stop.signal, ready);
const { http, smtp } = await listening;
const settings = {
  ...base,
  CRM_URL: `http://127.0.0.1:${http}/salesforce`,
  MARKETING_URL: `http://127.0.0.1:${http}/mailchimp`,
  SMTP_URL: `smtp://127.0.0.1:${smtp}`,
  OUTSIDE_URL: `http://127.0.0.1:${http}/control`,
};
const outside = new OutsideView(settings);
const email = new Email(settings);
after(async () => {
  email.close();
  stop.abort();
  await serving;
});

test('The CRM has one record for an effect, however often it was upserted', async () => {
  const crm = new Crm(settings);
  for (const event of threeSteps(ada)) {
    await crm.perform(event);
    await crm.perform(event);
  }
  const { records } = await outside.ledger();
  assert.deepEqual(records.map(({ object, puts }) => [object, puts]).toSorted(), [
    ['Contact', 2],
    ['Money_Movement__c', 2],
    ['Money_Movement__c', 2],
  ]);
});

test('A token that the CRM does not take any more is fetched anew', async (t) => {
  const asked = [];
  const crm = new Crm(settings);
  await crm.perform(deposit(ada));
  const real = globalThis.fetch;
  t.after(() => (globalThis.fetch = real));
  let expired = true;
  globalThis.fetch = (url, options) => {
    asked.push(new URL(url).pathname.split('/').at(-1) === 'token' ? 'token' : options.method);
    const old = expired && options.method === 'PATCH';
    if (old) expired = false;
    return real(url, old ? { ...options, headers: { ...options.headers, authorization: 'Bearer of-yesterday' } } : options);
  };
  await crm.perform(deposit(ada));
  assert.deepEqual(asked, ['PATCH', 'token', 'PATCH']);
});

test('The CRM refuses what is not documented', async () => {
  const url = `${settings.CRM_URL}/services`;
  const token = async (fields) =>
    fetch(`${url}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'penstock', client_secret: 'local', ...fields }) });
  assert.equal((await token({ client_secret: 'guessed' })).status, 400);
  assert.equal((await token({ grant_type: 'password' })).status, 400);
  const { access_token: good } = await (await token({})).json();
  const upsert = (path, body, bearer = good) =>
    fetch(`${url}/data/v62.0/sobjects/${path}`, { method: 'PATCH', headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const contact = { LastName: 'Ada', Email: 'ada@example.com', HasOptedOutOfEmail: false };
  const path = `Contact/Account_Id__c/${ada.id}`;
  assert.equal((await upsert(path, contact, 'nobody')).status, 401);
  assert.equal((await upsert(path, { ...contact, Shoe: 42 })).status, 400);
  assert.equal((await upsert(`Lead/Account_Id__c/${ada.id}`, contact)).status, 404);
  assert.equal((await upsert(`Contact/Email/${ada.id}`, contact)).status, 404);
  assert.equal((await fetch(`${url}/data/v62.0/sobjects/${path}`, { headers: { authorization: `Bearer ${good}` } })).status, 404);
});

test('The mailing list has each member once, under the digest of the address, and only those who agreed', async () => {
  const marketing = new Marketing(settings);
  await marketing.perform(registration({ ...ada, email: 'ADA@example.com' }));
  await marketing.perform(deposit(ada));
  assert.match(await marketing.perform(deposit(bob)), /did not agree/);
  const { members } = await outside.summary();
  assert.deepEqual(members.map(({ hash, puts }) => [hash, puts]), [[memberHash('ada@example.com'), 2]]);
  const put = (hash, headers, body) =>
    fetch(`${settings.MARKETING_URL}/3.0/lists/customers/members/${hash}`, { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  assert.equal((await put(memberHash('ada@example.com'), {}, {})).status, 401);
  const authorization = `Basic ${Buffer.from('x:local-us1').toString('base64')}`;
  assert.equal((await put(memberHash('bob@example.com'), { authorization }, { email_address: 'ada@example.com' })).status, 400);
});

test('A mail that is sent twice has the same Message-ID, and what people are called cannot become a header', async () => {
  const event = transfer({ ...ada, name: 'Ada "A" Lovelace, Bcc: all@example.com' }, 500, 'Grace\nBcc: all@example.com');
  await email.perform(event);
  await email.perform(event);
  const { mails } = await outside.ledger();
  assert.deepEqual(mails.map(({ message_id: id, copies }) => [id, copies]), [[`<${event.id}.email@penstock.example>`, 2]]);
  const [{ number }] = (await outside.summary()).mails;
  const mail = await outside.mail(number);
  assert.equal(mail.recipient, 'ada@example.com');
  assert.match(mail.subject, /^Your transfer of €5.00 to Grace/);
});

test('A receiver that fails makes the effect fail, and so does one that answers nonsense', async () => {
  await outside.disturb('crm', { failing: true });
  await outside.disturb('email', { failing: true });
  await assert.rejects(new Crm(settings).perform(deposit(ada)), /the CRM answered 503/);
  await assert.rejects(email.perform(deposit(ada)), /451/);
  await outside.disturb('crm', { failing: false });
  await outside.disturb('email', { failing: false });
  await new Crm(settings).perform(deposit(ada));
  await assert.rejects(new Marketing({ ...settings, MARKETING_KEY: 'wrong' }).perform(deposit(ada)), /answered 401/);
  await assert.rejects(new Marketing({ ...settings, MARKETING_URL: 'http://127.0.0.1:1' }).perform(deposit(ada)), /cannot be reached/);
});
