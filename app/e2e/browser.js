// Browser: Debian's Chromium, as a visitor uses it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
// Nothing leaves this machine, and a container has neither a sandbox for root nor a graphics card.
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const pictures = join(import.meta.dirname, '../../build/screenshots');

export const windows = {
  wide: { viewport: { width: 1360, height: 900 } },
  narrow: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

export class Browser {
  #browser;

  static async open(after, base) {
    const browser = new Browser();
    browser.base = base;
    browser.errors = [];
    browser.#browser = await chromium.launch({ executablePath, headless: true, args });
    after(() => browser.#browser.close());
    await mkdir(pictures, { recursive: true });
    return browser;
  }

  // A visitor with a window and cookies of their own.
  async visitor(options = windows.wide) {
    const context = await this.#browser.newContext({ baseURL: this.base, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('response', (answer) => answer.status() >= 500 && this.errors.push(`${answer.status()} ${answer.url()}`));
    return page;
  }
}

export async function register(page, name, { marketing = true } = {}) {
  const email = `${name.toLowerCase().replaceAll(' ', '-')}-${Math.random().toString(36).slice(2, 8)}@example.com`;
  await page.goto('/register');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('correct horse battery');
  if (marketing) await page.getByLabel('Send me news by e-mail').check();
  await page.getByRole('button', { name: 'Open the account' }).click();
  await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
  return email;
}

export async function deposit(page, amount) {
  await page.goto('/account');
  await page.locator('#deposit-amount').fill(amount);
  await page.getByRole('button', { name: 'Deposit' }).click();
  await page.getByRole('status').waitFor();
}

export async function transfer(page, to, amount) {
  await page.goto('/account');
  await page.locator('#to').fill(to);
  await page.locator('#transfer-amount').fill(amount);
  await page.getByRole('button', { name: 'Transfer' }).click();
  await page.getByRole('status').waitFor();
}

// Saved under build/screenshots for people to look at.
export const picture = (page, name, { whole = false } = {}) =>
  page.screenshot({ path: join(pictures, `${name}.png`), fullPage: whole });

// Whether the page is as wide as its window with nothing cut off, and everything that one can type into has a label.
export const fits = (page) =>
  page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    cut: [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).length,
    unlabelled: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter((input) => input.labels.length === 0).length,
    headings: document.querySelectorAll('h1').length,
    nameless: [...document.querySelectorAll('button, a')].filter((element) => element.textContent.trim() === '').length,
  }));
