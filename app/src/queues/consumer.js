// Consumer: takes the messages of one queue and lets a handler do each, a bounded number at a time.
//
//   receive --> waiting --> busy --> done: deleted, in batches
//     (long poll of         |   |
//      up to 10)            |   +--> failed: hidden for a while that grows with each attempt
//                           +------> stop: given back, visible for others at once
//
// Invariant: what is waiting or busy is held, and what is held is kept hidden by a heartbeat well before its
// visibility timeout ends; a message leaves `held` only when it was deleted, given back or left to come back.
// A failure concerns its own message alone.
//
// A FIFO queue is received from one by one: the broker hands out nothing of a group while one of its messages is
// held, so what is held is of different groups, and order needs no care here. More at a time would have those
// behind a message that fails come back with it, with a receive more each, and become dead letters untried.
//
// The handler must bear to see a message twice: every queue delivers at least once.
import { setTimeout as pause } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';

const batchMax = 10; // AWS's bound of a batch and of a receive
const deleteWithinMs = 20;
const pauseAfterErrorMs = 1000;
const retrySecondsMax = 60;
// At a stop a receive under way is waited for so long: on a queue with messages in it the answer is on its way,
// and what it brings would stay hidden if nobody read it. On an empty one it is given up after that.
const answerWithinMs = 1000;

// How long a message is hidden that failed for the nth time.
export const retrySeconds = (attempt) => Math.min(2 ** (attempt - 1), retrySecondsMax);

// What a handler throws to have a message hidden for so long, and it was no failure.
export class Later extends Error {
  constructor(seconds, message) {
    super(message);
    this.seconds = seconds;
  }
}

export class Consumer {
  #sqs;
  #queue;
  #handle;
  #concurrency;
  #visibility;
  #receiveWait;
  #log;
  #held = new Set();
  #waiting = [];
  #busy = new Set();
  #toDelete = [];
  #deleteTimer;
  #changed = () => {};

  // queue: {url, fifo, name}. handle(message, attempt) resolves when the message is done. receiveWait() gives
  // the seconds of a long poll.
  constructor({ sqs, queue, handle, concurrency = 5, visibility = 30, receiveWait = () => 20, log = console.error }) {
    this.#sqs = sqs;
    this.#queue = queue;
    this.#handle = handle;
    this.#concurrency = concurrency;
    this.#visibility = visibility;
    this.#receiveWait = receiveWait;
    this.#log = (line) => log(`${queue.name}: ${line}`);
  }

  get holding() {
    return this.#held.size;
  }

  // Until the signal; resolves when nothing is held any more.
  async run(signal) {
    const heartbeat = setInterval(() => this.#prolong(), (this.#visibility * 1000) / 3);
    const givenUp = new AbortController();
    const giveUp = () => setTimeout(() => givenUp.abort(), answerWithinMs).unref();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      while (!signal.aborted) {
        if (this.#held.size >= this.#concurrency + batchMax) {
          await this.#change(signal);
          continue;
        }
        for (const message of await this.#receive(signal, givenUp.signal)) {
          this.#held.add(message);
          this.#waiting.push(message);
        }
        this.#begin(signal);
      }
      await this.#giveBack(this.#waiting.splice(0), 0);
      while (this.#busy.size > 0) await this.#change();
      await this.#delete();
      while (this.#held.size > 0) await this.#change();
    } finally {
      clearInterval(heartbeat);
      signal.removeEventListener('abort', giveUp);
    }
  }

  // Resolves when something has left, or at the signal.
  #change(signal) {
    const { promise, resolve } = Promise.withResolvers();
    this.#changed = resolve;
    signal?.addEventListener('abort', resolve, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', resolve));
  }

  async #receive(signal, givenUp) {
    const wait = this.#receiveWait();
    try {
      const room = this.#concurrency + batchMax - this.#held.size;
      const received = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#queue.url,
          MaxNumberOfMessages: this.#queue.fifo ? 1 : Math.min(batchMax, room),
          WaitTimeSeconds: wait,
          VisibilityTimeout: this.#visibility,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        }),
        { abortSignal: givenUp },
      );
      const messages = received.Messages ?? [];
      // Without a long poll somebody must wait, or one consumer asks a thousand times a second.
      if (messages.length === 0 && wait === 0) await pause(100, undefined, { signal });
      return messages;
    } catch (error) {
      if (!signal.aborted) {
        this.#log(`cannot receive, will try again: ${error.message}`);
        await pause(pauseAfterErrorMs, undefined, { signal }).catch(() => {});
      }
      return [];
    }
  }

  // Lets waiting messages become busy as long as there is room.
  #begin(signal) {
    if (signal.aborted) return;
    while (this.#waiting.length > 0 && this.#busy.size < this.#concurrency) {
      const message = this.#waiting.shift();
      this.#busy.add(message);
      void this.#finish(message, signal);
    }
  }

  async #finish(message, signal) {
    const attempt = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
    try {
      await this.#handle(message, attempt);
      this.#deleteSoon(message);
    } catch (error) {
      const seconds = error instanceof Later ? error.seconds : retrySeconds(attempt);
      await this.#giveBack([message], seconds);
    }
    this.#busy.delete(message);
    this.#begin(signal);
    this.#changed();
  }

  #deleteSoon(message) {
    this.#toDelete.push(message);
    if (this.#toDelete.length >= batchMax) void this.#delete();
    else this.#deleteTimer ??= setTimeout(() => void this.#delete(), deleteWithinMs);
  }

  async #delete() {
    clearTimeout(this.#deleteTimer);
    this.#deleteTimer = undefined;
    const messages = this.#toDelete.splice(0);
    await this.#inBatches(messages, 'deleted', (QueueUrl, Entries) =>
      new DeleteMessageBatchCommand({ QueueUrl, Entries: Entries.map(({ Id, ReceiptHandle }) => ({ Id, ReceiptHandle })) }),
    );
  }

  async #giveBack(messages, seconds) {
    await this.#inBatches(messages, 'given back', (QueueUrl, Entries) => visibilityBatch(QueueUrl, Entries, seconds));
  }

  async #prolong() {
    const messages = [...this.#held].filter((message) => !this.#toDelete.includes(message));
    await this.#inBatches(
      messages,
      'kept hidden',
      (QueueUrl, Entries) => visibilityBatch(QueueUrl, Entries, this.#visibility),
      { leave: false },
    );
  }

  // Sends them in batches; an entry that fails is tried once more, and then the message comes back by itself
  // when its visibility timeout ends. Unless told otherwise the messages are held no longer.
  async #inBatches(messages, what, commandOf, { leave = true } = {}) {
    for (let i = 0; i < messages.length; i += batchMax) {
      const batch = messages.slice(i, i + batchMax);
      let entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      for (let triesLeft = 1; entries.length > 0; --triesLeft) {
        let failed;
        try {
          ({ Failed: failed = [] } = await this.#sqs.send(commandOf(this.#queue.url, entries)));
        } catch (error) {
          failed = entries.map(({ Id }) => ({ Id, Message: error.message }));
        }
        if (failed.length > 0 && triesLeft === 0) {
          this.#log(`${failed.length} of ${batch.length} not ${what}: ${failed[0].Message}`);
        }
        entries = triesLeft === 0 ? [] : entries.filter(({ Id }) => failed.some((entry) => entry.Id === Id));
      }
      if (leave) for (const message of batch) this.#held.delete(message);
    }
    this.#changed();
  }
}

const visibilityBatch = (QueueUrl, entries, VisibilityTimeout) =>
  new ChangeMessageVisibilityBatchCommand({
    QueueUrl,
    Entries: entries.map(({ Id, ReceiptHandle }) => ({ Id, ReceiptHandle, VisibilityTimeout })),
  });
