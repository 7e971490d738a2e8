// Transfers by a FIFO topic and FIFO queues: those of one account happen in their order, whatever goes wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, deposit, picture, register, transfer } from './browser.js';
import { prepared, Stage, until } from './stage.js';

let stage, browser, ada, live, grace;
prepared(async (after) => {
  stage = await Stage.open(after, { APP_TRANSFERS: 'fifo', WORKER_ATTEMPTS: '4', WORKER_VISIBILITY: '20' });
  browser = await Browser.open(after, await stage.run());
  [ada, live] = [await browser.visitor(), await browser.visitor()];
  grace = await register(await browser.visitor(), 'Grace');
  await register(ada, 'Ada');
  await deposit(ada, '100');
  await live.goto('/live');
});

const lane = (cents, name) =>
  live.locator('#rows tr', { hasText: `transfer of €${cents}.00 to Grace` }).locator(`td[data-lane="${name}"]`);

// The amounts of the transfers that a receiver has, in the order in which it accepted them.
async function accepted() {
  const { mails, records } = await stage.outside.summary();
  const amounts = (list) => list.filter(Boolean).reverse();
  return {
    email: amounts(mails.map(({ subject }) => /^Your transfer of €(\d+)/.exec(subject)?.[1])),
    crm: amounts(records.map(({ fields }) => fields.Kind__c === 'transfer' && String(fields.Amount__c))),
  };
}

test('Transfers of an account arrive in order, also when the first of them has to be tried again', async () => {
  // All are made before the first is tried, whose attempts wait for nobody.
  await live.getByRole('button', { name: 'Pause' }).click();
  await live.getByText('Paused.').waitFor();
  await until(async () => (await live.getByRole('cell', { name: 'paused', exact: true }).count()) === 2, 'both workers pause');
  for (const amount of ['1', '2', '3', '4']) await transfer(ada, grace, amount);
  await stage.outside.disturb('email', { failing: true });
  await stage.outside.disturb('crm', { failing: true });
  await live.getByRole('button', { name: 'Resume' }).click();
  await Promise.all(['E-mail', 'CRM'].map((name) => lane(1, name).getByText('failed', { exact: true }).waitFor()));
  assert.equal((await lane(2, 'CRM').textContent()).trim(), '–');
  await stage.outside.disturb('email', { failing: false });
  await stage.outside.disturb('crm', { failing: false });
  await picture(live, 'live-fifo');
  assert.match(await lane(1, 'Published').textContent(), /to transfer-completed\.fifo/);
  for (const name of ['CRM', 'Marketing', 'E-mail']) await lane(4, name).getByText('done').waitFor();
  assert.deepEqual(await accepted(), { email: ['1', '2', '3', '4'], crm: ['1', '2', '3', '4'] });
});

test('A transfer that cannot be done becomes a dead letter alone, the account goes on, and it is sent back', async () => {
  await stage.outside.disturb('crm', { failing: true });
  await transfer(ada, grace, '5');
  await transfer(ada, grace, '6');
  await lane(5, 'CRM').getByText('dead letter').waitFor();
  await stage.outside.disturb('crm', { failing: false });
  await lane(6, 'CRM').getByText('done').waitFor();
  const page = await browser.visitor();
  await until(async () => {
    await page.goto('/dead-letters');
    return page.getByRole('rowheader', { name: 'transfer of €5.00 to Grace' }).count();
  }, 'the dead letter is on its page');
  await picture(page, 'dead-letters-fifo', { whole: true });
  await page.getByRole('button', { name: /^Send all back to .*crm\.fifo$/ }).click();
  await page.getByText('are on their way back').waitFor();
  await lane(5, 'CRM').getByText('done').waitFor();
  assert.deepEqual((await accepted()).crm, ['1', '2', '3', '4', '6', '5']);
  const { records, steps, mails } = await stage.outside.ledger();
  for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);
  assert.deepEqual([await stage.refused(), stage.denied, browser.errors], [[], [], []]);
});
