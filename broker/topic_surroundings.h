// TopicSurroundings: what topics and their subscriptions ask of the broker around them, which has the queues.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/queue.h"
#include "broker/topic_directory.h"

namespace penstock {

class TopicSurroundings {
 public:
  virtual ~TopicSurroundings() = default;

  // An id that was never used.
  virtual QueueId take_id(Decision& decision) = 0;
  virtual std::optional<QueueAddress> find_queue(const QueueName& name) const = 0;
  // False of a queue that is gone.
  virtual bool is_fifo(const QueueAddress& queue) const = 0;
  // Whether the queue's own policy lets SNS deliver what is of this topic.
  virtual bool admits(const QueueAddress& queue, const TopicAddress& topic, const std::string& topic_arn) = 0;
  // The queue of that name, if it takes what the topic delivers.
  std::optional<QueueAddress> find_admitting(const QueueName& name, const Topic& topic) {
    std::optional<QueueAddress> queue = find_queue(name);
    if (queue && !admits(*queue, topic.address(), topic.arn())) queue.reset();
    return queue;
  }
  // A queue for what the daemon is to deliver itself.
  virtual QueueAddress open_outbox(const SubscriptionKey& of, Decision& decision) = 0;
  virtual bool is_outbox(const QueueAddress& queue) const = 0;
  // What has to be looked up before a copy of this content is delivered there.
  virtual void each_doubt(const QueueAddress& queue, const MessageContent& content, Time now,
                          std::vector<Key>& keys) const = 0;
  // Nothing happens if the queue is gone.
  virtual void deliver(const QueueAddress& queue, const Send& copy, Decision& decision) = 0;
};

}  // namespace penstock
