// Rehearsal: the suite as it runs on AWS (`npm run e2e -- --target aws`), where a Penstock plays AWS: all that it is told
// is an endpoint by HTTPS, a region and keys, which may do what docs/aws.md says. Whatever becomes of the suite,
// nothing that it made is left.
//
// To see it pass takes as long as the suite itself, so that is left to REHEARSAL=whole, as `./dev test --long` has it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { addUser, Daemon, drawCertificate, scratchDirectory } from '../test/daemon.js';
import { policyOf, publishedPolicy } from '../test/published_policy.js';
import { onAws, prepared, until } from './stage.js';
import { suite } from './suite.js';

const skip = onAws && 'this is no rehearsal';
const skipWhole = skip || (process.env.REHEARSAL !== 'whole' && 'only with REHEARSAL=whole');
let environment, clients;
prepared(async (after) => {
  if (skip) return;
  const directory = await scratchDirectory(after);
  const { certificate, key } = await drawCertificate(directory);
  const credentials = join(directory, 'credentials.yaml');
  const keys = await addUser(credentials, 'suite', policyOf(await publishedPolicy('e2e-')));
  const owner = await addUser(credentials, 'owner', policyOf([{ Effect: 'Allow', Action: '*', Resource: '*' }]));
  const daemon = await Daemon.start(join(directory, 'data'), { strict: { certificate, key, credentials } });
  after(() => daemon.end());
  environment = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: certificate,
    AWS_ENDPOINT_URL: daemon.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  };
  clients = daemon.clients(after, { keys: owner, ca: await readFile(certificate) });
});

// Begins the suite, or these files of it.
const rehearse = (files, more = {}) => suite('aws', files, { ...environment, ...more });

// What there is on this AWS.
async function there() {
  const [{ QueueUrls = [] }, { Topics = [] }, { Subscriptions = [] }] = await Promise.all([
    clients.sqs.send(new ListQueuesCommand({})),
    clients.sns.send(new ListTopicsCommand({})),
    clients.sns.send(new ListSubscriptionsCommand({})),
  ]);
  return [...QueueUrls, ...Topics.map(({ TopicArn }) => TopicArn), ...Subscriptions.map(({ Endpoint }) => Endpoint)];
}
const complete = async () => (await there()).some((name) => name.startsWith('arn:aws:sqs:'));

test('The suite passes on what is AWS to it, and leaves nothing', { skip: skipWhole }, async () => {
  const { code, said } = await rehearse([]).result;
  assert.equal(code, 0, said);
  assert.deepEqual(await there(), []);
});

test('A suite that fails in the middle leaves nothing', { skip }, async () => {
  const running = rehearse(['fifo'], { CHROMIUM: '/bin/false' });
  await until(complete, 'everything is made');
  const { code, said } = await running.result;
  assert.equal(code, 1, said);
  assert.match(said, /\/bin\/false/);
  assert.deepEqual(await there(), []);
});

test('A suite that is interrupted leaves nothing', { skip }, async () => {
  const running = rehearse(['fifo']);
  await until(complete, 'everything is made');
  running.kill('SIGINT');
  const { code, said } = await running.result;
  assert.equal(code, 1, said);
  await until(async () => (await there()).length === 0, 'nothing is left');
});
