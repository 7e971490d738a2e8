import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modes, requestsFor } from '../src/queues/publisher.js';
import { FoundTopology, Topology } from '../src/queues/topology.js';
import { ada, bob, deposit, threeSteps, transfer } from './people.js';

function found(transfers) {
  const topology = new Topology({ APP_PREFIX: 'my-', APP_TRANSFERS: transfers });
  const queues = topology.queues().map((queue) => ({ ...queue, url: `https://sqs.example/1/${queue.name}` }));
  return new FoundTopology(topology, queues, 'arn:aws:sns:eu-north-1:123456789012');
}

test('Three steps are 9 requests by queues, 3 by topics and 6 mixed; without marketing 6, 3 and 3', () => {
  const count = (account, mode) =>
    threeSteps(account).reduce((sum, event) => sum + requestsFor(event, mode, found()).length, 0);
  assert.deepEqual(modes.map((mode) => [mode, count(ada, mode), count(bob, mode)]), [
    ['topics', 3, 3],
    ['queues', 9, 6],
    ['mixed', 6, 3],
  ]);
});

test('The event goes to the topic of its type, with what the filter policy reads', () => {
  const event = deposit(ada);
  const [{ client, command }] = requestsFor(event, 'topics', found());
  assert.equal(client, 'sns');
  assert.equal(command.input.TopicArn, 'arn:aws:sns:eu-north-1:123456789012:my-deposit-completed');
  assert.deepEqual(JSON.parse(command.input.Message), event);
  const said = (account, mode) =>
    requestsFor(deposit(account), mode, found())[0].command.input.MessageAttributes.marketing.StringValue;
  assert.equal(said(ada, 'topics'), 'yes');
  assert.equal(said(bob, 'topics'), 'no');
  // What was sent to marketing directly must not come through the topic as well.
  assert.equal(said(ada, 'mixed'), 'direct');
});

test('Transfers on FIFO are ordered by account and known by their id; other steps are not', () => {
  const event = transfer(ada);
  for (const mode of modes) {
    for (const { to, command } of requestsFor(event, mode, found('fifo'))) {
      assert.match(to, /\.fifo$/);
      assert.equal(command.input.MessageGroupId, ada.id);
      assert.equal(command.input.MessageDeduplicationId, event.id);
    }
    for (const { to, command } of requestsFor(deposit(ada), mode, found('fifo'))) {
      assert.doesNotMatch(to, /\.fifo$/);
      assert.equal(command.input.MessageGroupId, undefined);
    }
  }
});
