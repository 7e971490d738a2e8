// Html: a template tag that escapes what is put into it.
//
//   html`<p>${name}</p>`    a string is escaped, another piece of Html is not, a list is joined, and null,
//                           undefined and false are nothing
const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => text.replace(/[&<>"']/g, (character) => escapes[character]);

class Html {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

function rendered(value) {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return escape(String(value));
}

export function html(strings, ...values) {
  return new Html(strings.reduce((text, string, i) => text + rendered(values[i - 1]) + string));
}
