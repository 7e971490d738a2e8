// Keeps the live page moving: puts in its place what the server sends, and presses its buttons without loading
// the page anew. Everything here is an extra; the page works without it.
const rowsMax = 40;
const rows = document.getElementById('rows');
const said = document.getElementById('said');
const feed = new EventSource('/live/feed');

feed.addEventListener('row', ({ data }) => {
  const { id, html } = JSON.parse(data);
  const table = document.createElement('tbody');
  table.innerHTML = html; // escaped by the server
  const row = table.firstElementChild;
  const there = document.getElementById(`event-${id}`);
  if (there) {
    there.replaceWith(row);
    return;
  }
  rows.prepend(row);
  while (rows.childElementCount > rowsMax) rows.lastElementChild.remove();
});

feed.addEventListener('stations', ({ data }) => {
  document.getElementById('stations').innerHTML = JSON.parse(data).html;
});

document.getElementById('controls').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const body = new URLSearchParams(new FormData(event.target, button)); // a disabled button would not be in it
  button.disabled = true;
  try {
    const answer = await fetch('/live', { method: 'POST', body, headers: { accept: 'text/plain' } });
    say(answer.ok ? `Done: ${button.closest('fieldset').querySelector('legend').textContent}, ${button.textContent}.` : 'That did not work; load the page again.');
  } catch {
    say('The server cannot be reached.');
  } finally {
    button.disabled = false;
    button.focus();
  }
});

function say(text) {
  said.textContent = text;
  said.hidden = false;
}
