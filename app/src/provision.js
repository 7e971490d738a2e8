// Makes the topics and queues, as often as one likes:
//
//   npm run provision            makes what is missing and sets what should be set
//   npm run provision -- --remove  deletes all of it, with what is in it
import { openClients } from './queues/clients.js';
import { provision, unprovision } from './queues/provision.js';
import { Topology } from './queues/topology.js';
import { readSettings } from './settings.js';

const settings = readSettings();
const clients = openClients('provision');
const topology = new Topology(settings);
if (process.argv.includes('--remove')) {
  await unprovision(topology, clients);
  console.log('all queues and topics are deleted');
} else {
  const found = await provision(topology, clients, settings);
  for (const { name, url, deadUrl } of found.queues) console.log(`${name.padEnd(16)} ${url}\n${''.padEnd(16)} ${deadUrl}`);
  for (const { type, name } of topology.topics()) console.log(`${name.padEnd(16)} ${found.topicArn(type)}`);
}
