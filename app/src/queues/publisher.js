// Publisher: the requests that make one event known, in each of three ways.
//
//   topics   one Publish to the event's topic; SNS copies it to the queues, to marketing's only if the
//            message's attribute `marketing` is "yes" (the subscription's filter policy)
//   queues   one SendMessage to each service's queue; to marketing's only for visitors who agreed
//   mixed    one Publish for CRM and e-mail, and a SendMessage to marketing for visitors who agreed; the
//            attribute then says "direct", which the filter policy does not let through
//
// Three steps of a visitor who agreed are 3, 9 and 6 requests; of one who did not, 3, 6 and 3. What a queue
// holds is the same in all three: the event as JSON, for the subscriptions deliver raw.
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { serviceNames } from './topology.js';
import { encode } from '../events.js';

export const modes = ['topics', 'queues', 'mixed'];

const text = (StringValue) => ({ DataType: 'String', StringValue });

// The requests as {client: 'sns' | 'sqs', to, command}, to be sent in any order.
export function requestsFor(event, mode, found) {
  const body = encode(event);
  const agreed = event.account.marketing;
  // Of one account in order, and never twice within five minutes, however often the relay tries.
  const order = found.topology.isOrdered(event.type)
    ? { MessageGroupId: event.account.id, MessageDeduplicationId: event.id }
    : {};

  const publish = (marketing) => ({
    client: 'sns',
    to: found.topology.topicName(event.type),
    command: new PublishCommand({
      TopicArn: found.topicArn(event.type),
      Message: body,
      MessageAttributes: { type: text(event.type), marketing: text(marketing) },
      ...order,
    }),
  });
  const send = (service) => {
    const queue = found.queueFor(service, event.type);
    return {
      client: 'sqs',
      to: queue.name,
      command: new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: body,
        MessageAttributes: { type: text(event.type) },
        ...order,
      }),
    };
  };

  switch (mode) {
    case 'topics':
      return [publish(agreed ? 'yes' : 'no')];
    case 'queues':
      return serviceNames.filter((service) => service !== 'marketing' || agreed).map(send);
    case 'mixed':
      return [publish(agreed ? 'direct' : 'no'), ...(agreed ? [send('marketing')] : [])];
    default:
      throw new Error(`no such mode: ${mode}`);
  }
}
