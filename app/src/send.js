// The producer: customers who register, transfer and deposit, at a gentle pace.
//
//   node src/send.js [seconds between events, 2 if not said]
//
// It stands where the web application will be. Every event goes to every service: one send for each
// queue. An event that could not be sent to all of them is reported and not repeated. SIGTERM and SIGINT
// end it after the event at hand.
import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import { deposit, describe, encode, registration, transfer } from './events.js';
import { provision } from './provision.js';
import { stopSignal } from './stop_signal.js';

export async function publish(sqs, queueUrls, event) {
  await Promise.all(
    Object.values(queueUrls).map((QueueUrl) =>
      sqs.send(new SendMessageCommand({ QueueUrl, ...encode(event) })),
    ),
  );
}

const names = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Grace', 'John', 'Katherine', 'Margaret'];

// Without end: somebody registers, then deposits, then transfers, in turn.
export function* steps() {
  for (let turn = 0; ; ++turn) {
    const name = names[turn % names.length];
    const customer = { name, email: `${name.toLowerCase()}@example.com` };
    const cents = 1000 + ((turn * 3725) % 50000);
    yield registration(customer);
    yield deposit(customer, cents);
    yield transfer(customer, Math.ceil(cents / 2), names[(turn + 1) % names.length]);
  }
}

async function main(seconds) {
  const sqs = new SQSClient();
  const signal = stopSignal();
  const queueUrls = await provision(sqs);
  for (const event of steps()) {
    if (signal.aborted) return;
    try {
      await publish(sqs, queueUrls, event);
      console.log(`${describe(event)} -> ${Object.keys(queueUrls).join(', ')}`);
    } catch (error) {
      console.error(`${describe(event)}: not sent to all: ${error.message}`);
    }
    await pause(seconds * 1000, undefined, { signal }).catch(() => {});
  }
}

if (import.meta.main) {
  const seconds = Number(process.argv[2] ?? 2);
  if (!(seconds > 0)) {
    console.error('usage: node src/send.js [seconds between events]');
    process.exit(64);
  }
  await main(seconds);
}
