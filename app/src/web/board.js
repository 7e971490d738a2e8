// Board: the hops of the journal as one row for each event, the newest first.
//
//   event, who            published           crm        marketing   email
//   deposit of €5, Ada    queues, 3 requests  done 4 ms  done 6 ms   attempt 2, waits
//
// Invariant: what a lane shows is what the last hop in it said; a row is changed since it was last taken.
const rowsMax = 40;

export class Board {
  #rows = new Map();
  #changed = new Set();
  lastNumber = 0;

  add(hop) {
    this.lastNumber = Math.max(this.lastNumber, hop.number);
    let row = this.#rows.get(hop.event);
    if (!row) {
      row = { event: hop.event, at: hop.at, what: undefined, published: undefined, lanes: {} };
      this.#rows.set(hop.event, row);
      // What is oldest is forgotten.
      if (this.#rows.size > rowsMax) this.#rows.delete(this.#rows.keys().next().value);
    }
    if (hop.kind === 'committed') row.what = hop.what;
    else if (hop.kind === 'published') row.published = { ...hop, after: hop.at - row.at };
    else if (hop.kind === 'again' && row.lanes[hop.lane]) row.lanes[hop.lane].again = (row.lanes[hop.lane].again ?? 0) + 1;
    else row.lanes[hop.lane] = { ...row.lanes[hop.lane], ...hop, after: hop.at - row.at };
    if (hop.kind === 'received') row.what ??= hop.what;
    this.#changed.add(hop.event);
  }

  rows() {
    return [...this.#rows.values()].reverse();
  }

  // Those that changed since this was last asked, the oldest first.
  takeChanged() {
    const rows = [...this.#changed].map((event) => this.#rows.get(event)).filter(Boolean);
    this.#changed.clear();
    return rows;
  }
}
