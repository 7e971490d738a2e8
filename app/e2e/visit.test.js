// A visit: what a person does and sees, in a real browser, on the running application.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, deposit, fits, picture, register, transfer, windows } from './browser.js';
import { Stage, onAws, prepared, until } from './stage.js';

let stage, browser;
prepared(async (after) => {
  stage = await Stage.open(after, { WORKER_ATTEMPTS: '4', WORKER_VISIBILITY: '20' });
  browser = await Browser.open(after, await stage.run());
});

const row = (page, what) => page.locator('#rows tr', { hasText: what });
const lane = (page, what, name) => row(page, what).locator(`td[data-lane="${name}"]`);
const press = async (page, name) => {
  await page.getByRole('button', { name, exact: true }).click();
  await page.locator('#said', { hasText: `Done` }).filter({ hasText: name }).waitFor();
};

test('Registering, depositing and transferring has nine effects, seen on the live page as they happen', async () => {
  const [page, live] = [await browser.visitor(), await browser.visitor()];
  await live.goto('/live');
  const grace = await register(await browser.visitor(), 'Grace', { marketing: false });
  await register(page, 'Ada');
  await deposit(page, '120.50');
  await transfer(page, grace, '20');
  assert.equal(await page.locator('#balance').textContent(), '€100.50');
  for (const what of ['registration, Ada', 'deposit of €120.50, Ada', 'transfer of €20.00 to Grace, Ada']) {
    for (const name of ['CRM', 'Marketing', 'E-mail']) {
      await lane(live, what, name).getByText('done').waitFor();
    }
  }
  assert.equal(await lane(live, 'registration, Grace', 'Marketing').textContent().then((text) => text.trim()), '–');
  await picture(page, 'account-wide');
  await picture(live, 'live-wide');
});

test('The mails are in the inbox, and the receivers hold each effect once', async () => {
  const page = await browser.visitor();
  await page.goto('/inbox');
  await picture(page, 'inbox-wide');
  await page.getByRole('link', { name: 'Your transfer of €20.00 to Grace' }).click();
  assert.match(await page.locator('.mail').textContent(), /Dear Ada,\s+your transfer of €20\.00 to Grace is on its way/);
  await page.goto('/receivers');
  await page.getByText('transfer, €20.00, to Grace').waitFor();
  await picture(page, 'receivers-wide');
  const { records, steps, mails } = await stage.outside.ledger();
  assert.deepEqual([records.length, steps.length, mails.length], [4, 3, 4]);
  for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);
});

test('Steps published in each of the three ways reach the same services', async () => {
  const live = await browser.visitor();
  await live.goto('/live');
  for (const mode of ['queues', 'mixed', 'topics']) {
    await press(live, mode);
    const name = `Via ${mode}`;
    await register(await browser.visitor(), name);
    await row(live, name).locator('td[data-lane="Published"]').getByText(mode).waitFor();
    for (const service of ['CRM', 'Marketing', 'E-mail']) await lane(live, name, service).getByText('done').waitFor();
  }
});

test('Everything can be done without JavaScript', async () => {
  const page = await browser.visitor({ ...windows.wide, javaScriptEnabled: false });
  await register(page, 'Edsger');
  await deposit(page, '7,25');
  assert.equal(await page.locator('#balance').textContent(), '€7.25');
  await until(async () => {
    await page.goto('/live');
    return (await lane(page, 'deposit of €7.25, Edsger', 'E-mail').getByText('done').count()) === 1;
  }, 'the page without JavaScript shows the effect');
  await page.getByRole('button', { name: 'Pause' }).click();
  await until(async () => {
    await page.goto('/live');
    return page.getByText('Paused.').count();
  }, 'the workers pause');
  await page.getByRole('button', { name: 'Resume' }).click();
});

test('A CRM that fails delays its own effect alone, and recovers', async () => {
  const live = await browser.visitor();
  await live.goto('/live');
  await press(live, 'Fail');
  const page = await browser.visitor();
  await register(page, 'Alan');
  await lane(live, 'registration, Alan', 'E-mail').getByText('done').waitFor();
  await lane(live, 'registration, Alan', 'CRM').getByText('failed', { exact: true }).waitFor();
  await press(live, 'Recover');
  await lane(live, 'registration, Alan', 'CRM').getByText('done').waitFor();
  assert.match(await lane(live, 'registration, Alan', 'CRM').textContent(), /attempt [2-4]/);
});

test('What fails too often is a dead letter, which is looked at, sent back and done', async () => {
  const live = await browser.visitor();
  await live.goto('/live');
  await press(live, 'Fail');
  await register(await browser.visitor(), 'Barbara');
  await lane(live, 'registration, Barbara', 'CRM').getByText('dead letter').waitFor();
  await picture(live, 'live-failing');
  await press(live, 'Recover');
  const page = await browser.visitor();
  await until(async () => {
    await page.goto('/dead-letters');
    return page.getByRole('cell', { name: 'Barbara' }).count();
  }, 'the dead letter is on its page');
  // Looking does not take it away.
  await page.reload();
  await page.getByRole('row', { name: /Barbara.*the CRM answered 503/ }).waitFor();
  await picture(page, 'dead-letters-wide', { whole: true });
  await page.getByRole('button', { name: /^Send all back to .*crm$/ }).click();
  await page.getByText('are on their way back').waitFor();
  await lane(live, 'registration, Barbara', 'CRM').getByText('done').waitFor();
});

test('A poison message becomes a dead letter and holds up nothing', async () => {
  const live = await browser.visitor();
  await live.goto('/live');
  await press(live, 'A poison message');
  await register(await browser.visitor(), 'Donald');
  await lane(live, 'registration, Donald', 'CRM').getByText('done').waitFor();
  await row(live, 'not an event').getByText('dead letter').waitFor();
});

test('A thousand events outlive a safe restart of all workers, each effect once', { skip: onAws && 'it would be billed' }, async () => {
  const live = await browser.visitor();
  await live.goto('/live');
  const workers = () => live.locator('#stations th[scope=row]', { hasText: 'worker-' }).allTextContents();
  const before = await until(async () => (await workers()).length === 2 && workers(), 'two workers are shown');
  const { counts } = await stage.outside.summary();
  await press(live, 'A thousand events');
  await until(async () => (await stage.outside.summary()).counts.mails > counts.mails + 20, 'the work has begun');
  await press(live, 'Restart safely');
  await until(async () => {
    const now = (await workers()).filter((name) => !before.includes(name));
    return now.length === 2;
  }, 'both workers are new');
  await until(async () => (await stage.outside.summary()).counts.mails === counts.mails + 1001, 'all mails are there', 180);
  await until(async () => (await stage.outside.summary()).counts.records === counts.records + 1001, 'all records are there', 90);
  await until(async () => (await stage.outside.summary()).counts.memberSteps === counts.memberSteps + 1001, 'all members are there', 90);
  const { records, steps, mails } = await stage.outside.ledger();
  for (const { puts, copies } of [...records, ...steps, ...mails]) assert.equal(puts ?? copies, 1);
  await picture(live, 'live-after-thousand');
});

test('The calls of each way are counted as they were made', async () => {
  const page = await browser.visitor();
  await page.goto('/calls');
  await page.getByRole('button', { name: 'Count anew' }).click();
  await page.getByRole('button', { name: /^Three steps/ }).click();
  const expected = {
    ...{ 'queues with': '9', 'queues without': '6' },
    ...{ 'topics with': '3', 'topics without': '3', 'mixed with': '6', 'mixed without': '3' },
  };
  const seen = await until(async () => {
    await page.goto('/calls');
    const rows = await page.locator('table').first().locator('tbody tr').evaluateAll((all) =>
      all.map((tr) => [`${tr.querySelector('th').firstChild.textContent.trim()} ${tr.children[1].textContent.trim().split(' ')[0]}`, tr.lastElementChild.textContent.trim()]),
    );
    const table = Object.fromEntries(rows);
    return Object.keys(expected).every((key) => key in table) && table;
  }, 'all ways are counted');
  for (const [key, calls] of Object.entries(expected)) assert.equal(seen[key], calls, key);
});

test('What a short poll finds in a queue of ten is shown, receive by receive', async () => {
  const page = await browser.visitor();
  await page.goto('/calls');
  await page.getByRole('button', { name: 'Send ten and receive them' }).click();
  const told = await page.getByText('A queue of ten, received ten at a time, took').textContent();
  const sizes = /took \d+ receives?: ([\d, ]+)\./.exec(told)[1].split(', ').map(Number);
  assert.equal(sizes.reduce((sum, size) => sum + size, 0), 10);
  // The daemon was told to be as weak as AWS is there.
  if (!onAws) assert.ok(sizes.length > 1, told);
  await picture(page, 'calls-wide', { whole: true });
});

test('What long polling saves is counted: a receive that waits is asked for a few times a minute, one that does not all the time', async () => {
  const [live, page] = [await browser.visitor(), await browser.visitor()];
  await live.goto('/live');
  // Of each worker that is there, by the seconds that its receives wait: [in the last minute, of these empty].
  const receives = async (wait) => {
    await page.goto('/calls');
    const rows = page.locator('tbody tr', { has: page.locator('th', { hasText: 'worker-' }), hasText: `ReceiveMessage, wait ${wait} s` });
    return rows.evaluateAll((all) => all.map((tr) => [...tr.querySelectorAll('.number')].map((cell) => Number(cell.textContent))));
  };
  await press(live, '0 s');
  await until(async () => (await receives(0)).some(([calls, empty]) => calls >= 100 && empty === calls), 'many receives bring nothing', 60);
  await picture(page, 'calls-wait-0', { whole: true });
  await press(live, '20 s');
  await until(async () => (await receives(0)).length === 0, 'a minute without short polls', 100);
  const waiting = await receives(20);
  assert.equal(waiting.length, 2);
  for (const [calls, empty] of waiting) assert.ok(calls <= 12 && empty === calls, `${empty} of ${calls}`);
  await picture(page, 'calls-wait-20', { whole: true });
});

test('Every page fits a wide and a narrow window, in light and dark, and names what it shows', async () => {
  for (const [name, window] of Object.entries(windows)) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.visitor({ ...window, colorScheme });
      const paths = ['/', '/register', '/login', '/live', '/calls', '/dead-letters', '/inbox', '/receivers', '/nowhere'];
      for (const path of [...paths, '/account']) {
        if (path === '/account') await register(page, 'Maria');
        await page.goto(path);
        assert.deepEqual(await fits(page), { overflow: 0, cut: 0, unlabelled: 0, headings: 1, nameless: 0 }, `${path} ${name}`);
        await picture(page, `${path.slice(1) || 'home'}-${name}-${colorScheme}`, { whole: path !== '/live' });
      }
    }
  }
});

test('The application asked for nothing that AWS does not offer or its policy does not allow, and no page failed', async () => {
  assert.deepEqual(await stage.refused(), []);
  assert.deepEqual(stage.denied, []);
  assert.deepEqual(browser.errors, []);
  if (onAws) return;
  for (const action of ['Publish', 'Subscribe', 'SendMessage', 'ReceiveMessage', 'StartMessageMoveTask']) {
    assert.ok(stage.counts[action] > 0, action);
  }
});
