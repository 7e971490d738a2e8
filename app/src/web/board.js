// Board: the hops of the journal as one row for each event, the newest first.
//
//   event, who            published           crm        marketing   email
//   deposit of €5, Ada    queues, 3 requests  done 4 ms  done 6 ms   attempt 2, waits
//
// Invariant: what a lane shows is what happened last in it. Each process tells of its hops in their order, but in batches,
// so that between processes the hops' times decide. What was done already stays done, whatever is received
// again. More rows are remembered than shown, so that what is told late of an event that has left the page does not
// bring it back.
const shownMax = 40;
const rememberedMax = 5000;

export class Board {
  #rows = new Map();
  #changed = new Set();
  lastNumber = 0;

  add(hop) {
    this.lastNumber = Math.max(this.lastNumber, hop.number);
    let row = this.#rows.get(hop.event);
    if (!row) {
      row = { event: hop.event, at: hop.at, what: undefined, committed: false, published: undefined, lanes: {} };
      this.#rows.set(hop.event, row);
      // What is oldest is forgotten.
      if (this.#rows.size > rememberedMax) this.#rows.delete(this.#rows.keys().next().value);
    }
    this.#changed.add(hop.event);
    const lane = row.lanes[hop.lane];
    const news = !lane || (hop.by && hop.by === lane.by) || hop.at >= lane.at;
    switch (hop.kind) {
      case 'committed':
        row.what = hop.what;
        row.committed = true;
        break;
      case 'published':
        row.published = hop;
        break;
      case 'again':
        if (lane) lane.again = (lane.again ?? 0) + 1;
        break;
      case 'received':
        row.what ??= hop.what;
        if (news && lane?.kind !== 'done') row.lanes[hop.lane] = { ...lane, ...hop, queuedMs: hop.took_ms };
        break;
      default:
        if (news) row.lanes[hop.lane] = { ...lane, ...hop };
    }
  }

  // The newest first.
  rows() {
    return [...this.#rows.values()].slice(-shownMax).reverse();
  }

  // Those of the shown rows that changed since this was last asked, the oldest first.
  takeChanged() {
    const rows = this.rows().reverse().filter(({ event }) => this.#changed.has(event));
    this.#changed.clear();
    return rows;
  }
}
