// Layout: what every page has around it.
import { html } from './html.js';

const demoLinks = [
  ['/live', 'Live'],
  ['/calls', 'Calls'],
  ['/dead-letters', 'Dead letters'],
  ['/inbox', 'Inbox'],
  ['/receivers', 'Receivers'],
];

// page: {title, content(visit), script, wide}. visit: {session, account, path, demo}.
export function layout({ title, content, script, wide = false }, visit) {
  const { session, account, path, demo } = visit;
  const link = ([to, text]) =>
    html`<li><a href="${to}" ${path === to || (to !== '/' && path.startsWith(`${to}/`)) ? html`aria-current="page"` : null}>${text}</a></li>`;
  const mine = account ? [['/account', 'Account']] : [['/register', 'Open an account'], ['/login', 'Sign in']];
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Penstock Bank</title>
  <link rel="stylesheet" href="/public/style.css">
  <link rel="icon" href="/public/icon.svg" type="image/svg+xml">
  ${script && html`<script src="/public/${script}" defer></script>`}
</head>
<body>
  <a class="skip" href="#content">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/"><svg aria-hidden="true" viewBox="0 0 24 24" width="22" height="22"><path d="M3 5h18M3 10h6v9M15 19v-9h6" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>Penstock Bank</a>
    <nav aria-label="Main"><ul>${mine.map(link)}
      ${account && html`<li><form method="post" action="/logout">${formToken(session)}<button class="plain">Sign out</button></form></li>`}
    </ul></nav>
    ${demo && html`<nav aria-label="Behind the counter" class="demo"><ul>${demoLinks.map(link)}</ul></nav>`}
  </header>
  <main id="content" class="${wide ? 'wide' : 'narrow'}">
    ${content(visit)}
  </main>
  <footer>A demonstration: no real bank, no real money.</footer>
</body>
</html>`;
}

export const formToken = (session) => html`<input type="hidden" name="form_token" value="${session.formToken}">`;

// A labelled input with what is wrong about it. field: {name, label, type, hint, ...attributes}.
export function field({ name, id = name, label, type = 'text', hint: hinted, value = '', error, autocomplete, inputmode, minlength, maxlength }) {
  const hint = hinted === error ? undefined : hinted; // not said twice
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const attribute = (key, given) => given !== undefined && html` ${key}="${given}"`;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    <input id="${id}" name="${name}" type="${type}" value="${value}" required${attribute('autocomplete', autocomplete)}${attribute('inputmode', inputmode)}${attribute('minlength', minlength)}${attribute('maxlength', maxlength)}${attribute('aria-describedby', notes || undefined)}${error && html` aria-invalid="true"`}>
  </div>`;
}

export const time = (ms) =>
  html`<time datetime="${new Date(ms).toISOString()}">${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}</time>`;
export const clock = (ms) => html`<time datetime="${new Date(ms).toISOString()}">${new Date(ms).toISOString().slice(11, 23)}</time>`;
