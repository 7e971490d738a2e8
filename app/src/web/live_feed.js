// LiveFeed: sends what changes on the live page to every browser that has it open, as server-sent events.
//
// While somebody looks, the journal is read five times a second and the queues are asked once in two
// seconds; while nobody does, nothing happens. A message is a piece of the page, ready to be put in its place:
//   row      {id, html} of an event       stations   html of the strip above them
import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { readMode, readPaused, readWait } from '../switches.js';
import { Board } from './board.js';
import { eventRow, stations } from './live_parts.js';

const lookEveryMs = 200;
const stationsEveryMs = 1000;
const queuesEveryMs = 2000;
const listenersMax = 50;
const backlogBytesMax = 1024 * 1024;

export class LiveFeed {
  #room;
  #board = new Board();
  #listeners = new Set();
  #queues = [];
  #queuesAt = 0;
  #running = false;

  constructor(room) {
    this.#room = room;
  }

  // Adds the answer to those that are written to; false if there are enough already.
  add(response) {
    if (this.#listeners.size >= listenersMax) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    response.write('retry: 1000\n\n');
    // A page that was cut off catches up.
    for (const row of this.rows().reverse()) response.write(rowMessage(row));
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
    if (!this.#running) void this.#run();
    return true;
  }

  end() {
    for (const response of this.#listeners) response.end();
  }

  rows() {
    this.#catchUp();
    return this.#board.rows();
  }

  async #run() {
    this.#running = true;
    for (let stationsAt = 0; this.#listeners.size > 0; await pause(lookEveryMs)) {
      try {
        this.#catchUp();
        for (const row of this.#board.takeChanged()) this.#send(rowMessage(row));
        if (Date.now() - stationsAt >= stationsEveryMs) {
          stationsAt = Date.now();
          this.#send(message('stations', { html: stations(await this.overview()).text }));
        }
      } catch (error) {
        this.#room.log(`live page: ${error.message}`);
      }
    }
    this.#running = false;
  }

  #catchUp() {
    const { journal } = this.#room;
    // A journal with an hour in it need not be told from the beginning.
    if (this.#board.lastNumber === 0) this.#board.lastNumber = Math.max(0, journal.lastNumber() - 5000);
    for (let hops = journal.hopsAfter(this.#board.lastNumber); hops.length > 0; hops = journal.hopsAfter(this.#board.lastNumber)) {
      for (const hop of hops) this.#board.add(hop);
    }
  }

  #send(text) {
    for (const response of this.#listeners) {
      // Whoever does not read is let go; the browser comes back by itself.
      if (response.writableLength > backlogBytesMax) response.destroy();
      else response.write(text);
    }
  }

  // Everything that the strip shows.
  async overview() {
    const { journal, outbox, cache, settings } = this.#room;
    if (Date.now() - this.#queuesAt >= queuesEveryMs) {
      this.#queuesAt = Date.now();
      this.#queues = await this.#askQueues();
    }
    const [paused, wait, mode, outside] = await Promise.all([
      readPaused(cache),
      readWait(cache),
      readMode(cache, settings),
      this.#room.outside.summary().catch(() => undefined),
    ]);
    return { waiting: outbox.waitingCount(), queues: this.#queues, workers: journal.workers(), paused, wait, mode, outside };
  }

  async #askQueues() {
    const { clients, found } = this.#room;
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const ask = async (QueueUrl) => {
      const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return { visible: Number(Attributes[AttributeNames[0]]), inFlight: Number(Attributes[AttributeNames[1]]) };
    };
    return Promise.all(
      found.queues.map(async ({ service, fifo, url, deadUrl }) => {
        const [live, dead] = await Promise.all([ask(url), ask(deadUrl)]);
        return { service, fifo, ...live, dead: dead.visible };
      }),
    );
  }
}

const message = (event, data) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const rowMessage = (row) => message('row', { id: row.event, html: eventRow(row).text });
