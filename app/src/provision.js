// Provisioning: one queue for each service. Doing it again changes nothing: CreateQueue answers with the
// queue that is there, and refuses if that one has other attributes.
//
//   node src/provision.js
//
// Endpoint, region and credentials come from the environment (AWS_ENDPOINT_URL, AWS_REGION, ...), here
// and everywhere in this application.
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

import { serviceNames } from './services.js';

// An older Node would take none of these files for the program to run, and end in silence.
if (import.meta.main === undefined) throw new Error('this application needs Node 24 or later');

export const queueName = (service) => `customer-events-${service}`;

const attributes = {
  VisibilityTimeout: '60', // seconds; a service is given this long for one batch of events
  MessageRetentionPeriod: '345600', // seconds: four days
};

// The URL of each service's queue, by service.
export async function provision(sqs) {
  const urls = await Promise.all(
    serviceNames.map(async (service) => {
      const created = await sqs.send(
        new CreateQueueCommand({ QueueName: queueName(service), Attributes: attributes }),
      );
      return [service, created.QueueUrl];
    }),
  );
  return Object.fromEntries(urls);
}

if (import.meta.main) {
  for (const [service, url] of Object.entries(await provision(new SQSClient()))) {
    console.log(`${service.padEnd(9)} ${url}`);
  }
}
