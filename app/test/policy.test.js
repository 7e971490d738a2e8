// The IAM policy that docs/aws.md publishes, on a daemon that enforces it: it is enough for everything that the
// application does, and nothing in it is more than that.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from '../src/queues/consumer.js';
import { provision, unprovision } from '../src/queues/provision.js';
import { requestsFor } from '../src/queues/publisher.js';
import { findTopology, Topology } from '../src/queues/topology.js';
import { readSettings } from '../src/settings.js';
import { until } from './application.js';
import { addUser, Daemon, drawCertificate, scratchDirectory } from './daemon.js';
import { Browser } from './pages.js';
import { ada, deposit } from './people.js';
import { policyOf, publishedPolicy } from './published_policy.js';

// What each role of the page is given, as it says itself: whoever provisions needs nothing of the pages.
const sids = {
  runner: ['Web', 'WebAndWorker', 'PagesBehindTheCounter'],
  operator: ['WebAndWorker', 'Provisioning', 'Removing'],
};

// The policy less one action each, and less one statement each.
async function reduced() {
  const whole = await publishedPolicy('');
  const without = whole.flatMap(({ Sid, Action }) => [
    { name: `the statement ${Sid}`, removed: Action, keep: (statement) => (statement.Sid === Sid ? [] : statement.Action) },
    ...Action.map((action) => ({
      name: `${action} of ${Sid}`,
      removed: [action],
      keep: (statement) => statement.Action.filter((other) => statement.Sid !== Sid || other !== action),
    })),
  ]);
  return [{ name: 'nothing', removed: [], keep: ({ Action }) => Action }, ...without];
}

const cases = (await reduced()).map((one, number) => ({ ...one, prefix: `p${number}-` }));
const directory = await scratchDirectory(after);
const { certificate, key } = await drawCertificate(directory);
const credentials = join(directory, 'credentials.yaml');
for (const one of cases) {
  const statements = (await publishedPolicy(one.prefix))
    .map((statement) => ({ ...statement, Action: one.keep(statement) }))
    .filter(({ Action }) => Action.length > 0);
  for (const role of ['runner', 'operator']) {
    const own = statements.filter(({ Sid }) => sids[role].includes(Sid));
    one[role] = await addUser(credentials, `${role}-${one.prefix}`, policyOf(own));
  }
}
const daemon = await Daemon.start(join(directory, 'data'), { strict: { certificate, key, credentials } });
after(() => daemon.end('SIGKILL'));
const ca = await readFile(certificate);

// Clients with these keys; `refused(action)` hears of each request that was not allowed.
function clientsFor(keys, refused) {
  const options = {
    endpoint: daemon.endpoint,
    region: 'us-east-1',
    credentials: keys,
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) },
  };
  const clients = { sqs: new SQSClient(options), sns: new SNSClient(options) };
  for (const [service, client] of Object.entries(clients)) {
    after(() => client.destroy());
    client.middlewareStack.add(
      (next, { commandName }) => async (request) => {
        try {
          return await next(request);
        } catch (error) {
          // A batch is allowed with the single action.
          if (error.$metadata?.httpStatusCode === 403) refused(`${service}:${commandName.replace(/(Batch)?Command$/, '')}`);
          throw error;
        }
      },
      { step: 'initialize', name: 'hearRefusals' },
    );
  }
  return clients;
}

// Everything that the application asks of the broker, until it is done or something was refused; what was refused.
async function everything({ prefix, runner, operator }) {
  const settings = readSettings({ APP_PREFIX: prefix, APP_DEMO: 'yes', WORKER_ATTEMPTS: '1' });
  const topology = new Topology(settings);
  const refusals = [];
  const stop = new AbortController();
  const refused = (action) => {
    refusals.push(action);
    stop.abort();
  };
  const [owner, clients] = [operator, runner].map((keys) => clientsFor(keys, refused));
  const steps = async () => {
    await provision(topology, owner, settings);
    await provision(topology, owner, settings); // sets what is there already
    const found = await findTopology(topology, clients, { signal: stop.signal });
    const crm = found.queues.find(({ service }) => service === 'crm');

    // By topics and by queues, and what fails becomes a dead letter.
    for (const mode of ['topics', 'queues']) {
      for (const { client, command } of requestsFor(deposit(ada), mode, found)) await clients[client].send(command);
    }
    let received = 0;
    const work = async (handle) => {
      const done = new AbortController();
      const consumer = new Consumer({
        sqs: clients.sqs,
        queue: crm,
        handle: (...words) => handle(() => done.abort(), ...words),
        receiveWait: () => 1,
        log: () => {},
      });
      await consumer.run(AbortSignal.any([stop.signal, done.signal]));
    };
    await work((enough) => {
      if (++received === 1) throw new Error('not today');
      enough();
    });
    const browser = await Browser.open({ APP_DEMO: 'yes' }, {
      clients,
      found,
      journal: { hop: () => {}, modes: () => [], callsAMinute: () => [], lastFailure: () => undefined },
    });
    const gone = new AbortController();
    const receiving = new Consumer({ sqs: clients.sqs, queue: crm, handle: () => gone.abort(), receiveWait: () => 1, log: () => {} });
    const working = receiving.run(AbortSignal.any([stop.signal, gone.signal]));
    await until(async () => {
      stop.signal.throwIfAborted();
      return (await browser.get('/dead-letters')).body.includes('Send all back');
    }, 'the dead letter is shown', 20);
    assert.equal((await browser.submit('/dead-letters', '/dead-letters', {})).statusCode, 303);
    await working;
    const { body } = await browser.get('/calls');
    const form_token = /name="form_token" value="([^"]+)"/.exec(body)[1];
    assert.equal((await browser.post('/calls', { form_token, action: 'small queue' })).statusCode, 303);
    await unprovision(topology, owner);
  };
  let finished = false;
  try {
    await steps();
    finished = true;
  } catch (error) {
    if (refusals.length === 0) throw error;
  }
  return { finished, refusals };
}

const [whole] = cases;

test('The published policy is enough for everything that the application asks', async () => {
  assert.deepEqual(await everything(whole), { finished: true, refusals: [] });
});

for (const one of cases) {
  if (one === whole) continue;
  test(`Without ${one.name} the published policy is not enough`, async () => {
    const { finished, refusals } = await everything(one);
    assert.ok(!finished && refusals.length > 0);
    for (const action of refusals) assert.ok(one.removed.includes(action), action);
  });
}

test('A topic delivers to no queue whose own policy does not let it', async () => {
  const settings = readSettings({ APP_PREFIX: whole.prefix });
  const topology = new Topology(settings);
  const clients = clientsFor(whole.operator, assert.fail);
  const found = await provision(topology, clients, settings);
  const [crm, , email] = found.queues;
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: crm.url, Attributes: { Policy: '' } }));
  const runner = clientsFor(whole.runner, assert.fail);
  await runner.sns.send(new PublishCommand({ TopicArn: found.topicArn('deposit-completed'), Message: 'hello' }));
  const AttributeNames = ['ApproximateNumberOfMessages'];
  const countOf = async ({ url }) => {
    const { Attributes } = await runner.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
    return Number(Attributes.ApproximateNumberOfMessages);
  };
  await until(async () => (await countOf(email)) === 1, 'the other queue has it', 10);
  assert.equal(await countOf(crm), 0);
});
