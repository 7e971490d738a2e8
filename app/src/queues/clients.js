// Clients: the official SDK's, unchanged, with a counter in their middleware.
//
// Endpoint, region and credentials come from the environment, as the SDK reads it. The counter sits behind the
// SDK's own retries, so that what is counted are the requests that went out. Within `counted` the requests of
// one piece of work are counted for themselves as well, however many other things go on beside it.
import { AsyncLocalStorage } from 'node:async_hooks';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

const work = new AsyncLocalStorage();

// Runs `action` and gives what it gave, and how many requests it made.
export async function counted(action) {
  const tally = { calls: 0 };
  const result = await work.run(tally, action);
  return { result, calls: tally.calls };
}

// `source` is what the journal calls this process.
export function openClients(source, journal) {
  const clients = { sqs: new SQSClient(options), sns: new SNSClient(options) };
  for (const client of Object.values(clients)) count(client, source, journal);
  return clients;
}

// A long poll takes twenty seconds, and a broker that is being restarted is worth a few tries.
const options = {
  maxAttempts: 3,
  requestHandler: {
    requestTimeout: 30_000,
    connectionTimeout: 3000,
    httpAgent: { maxSockets: 100 },
    httpsAgent: { maxSockets: 100 },
  },
};

export function count(client, source, journal) {
  client.middlewareStack.add(
    (next, context) => async (request) => {
      const tally = work.getStore();
      if (tally) ++tally.calls;
      let answer;
      try {
        answer = await next(request);
        return answer;
      } finally {
        const receive = context.commandName === 'ReceiveMessageCommand';
        const empty = receive && answer !== undefined && !answer.output.Messages?.length;
        const name = context.commandName.replace(/Command$/, '');
        journal?.call(source, receive ? `${name}, wait ${request.input?.WaitTimeSeconds ?? 0}` : name, empty);
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
  );
}
