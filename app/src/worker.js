// The worker: long-polls the queue of every service and lets the service handle what arrives.
//
//     polling --messages--> handling one after the other, each deleted when it is done --> polling
//        |                     |
//       stop                  stop: the message at hand is finished and deleted, those of the batch that
//        |                     |    were not begun become visible for others at once
//        +------> ended <------+
//
// Only what was handled is deleted. What fails stays hidden for the visibility timeout and then comes
// back, to this worker or to another; what is not an event does so until its retention ends. A broker
// that cannot be reached is asked again after a pause.
import { setTimeout as pause } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

import { decode } from './events.js';
import { provision } from './provision.js';
import { handle } from './services.js';
import { stopSignal } from './stop_signal.js';

const pauseAfterErrorMs = 1000;

// Serves one queue until the signal. `work(event)` may be asynchronous; what it returns is logged.
export async function serve({ sqs, QueueUrl, work, signal, log }) {
  while (!signal.aborted) {
    const messages = await poll({ sqs, QueueUrl, signal, log });
    for (const message of messages) {
      if (signal.aborted) {
        await giveBack({ sqs, QueueUrl, message, log });
      } else {
        await finish({ sqs, QueueUrl, message, work, log });
      }
    }
  }
}

async function poll({ sqs, QueueUrl, signal, log }) {
  try {
    const received = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
      { abortSignal: signal },
    );
    return received.Messages ?? [];
  } catch (error) {
    if (!signal.aborted) {
      log(`cannot receive, will try again: ${error.message}`);
      await pause(pauseAfterErrorMs, undefined, { signal }).catch(() => {});
    }
    return [];
  }
}

async function finish({ sqs, QueueUrl, message, work, log }) {
  try {
    const done = await work(decode(message.Body));
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    const count = Number(message.Attributes?.ApproximateReceiveCount);
    log(count > 1 ? `${done} (delivery ${count})` : done);
  } catch (error) {
    log(`message ${message.MessageId} not done, it will come back: ${error.message}`);
  }
}

async function giveBack({ sqs, QueueUrl, message, log }) {
  try {
    const { ReceiptHandle } = message;
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  } catch (error) {
    log(`message ${message.MessageId} not given back, it stays hidden for a while: ${error.message}`);
  }
}

if (import.meta.main) {
  const sqs = new SQSClient();
  const signal = stopSignal();
  const queueUrls = await provision(sqs);
  console.log(`waiting for events of ${Object.keys(queueUrls).join(', ')}`);
  await Promise.all(
    Object.entries(queueUrls).map(([service, QueueUrl]) =>
      serve({
        sqs,
        QueueUrl,
        signal,
        work: (event) => handle(service, event),
        log: (line) => console.log(`${service.padEnd(9)} ${line}`),
      }),
    ),
  );
  console.log('stopped');
}
