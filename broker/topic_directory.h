// TopicDirectory: the facts of all topics of a partition, and the view of them: which topic a name means,
// which subscription an endpoint or a token has, compiled filter policies, and the publications that are
// still being delivered.
//
// `apply` alone alters it. A publication is held until its last target is served; it outlives its topic.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/change.h"
#include "broker/filter_policy.h"
#include "broker/dedup_window.h"
#include "broker/queue_directory.h"

namespace penstock {

struct Subscription {
  SubscriptionRecord record;
  FilterPolicyPtr filter;              // null: none
  std::optional<QueueName> queue;      // of protocol sqs
  std::optional<QueueName> dead_letter;

  std::optional<QueueAddress> outbox() const {
    if (record.outbox == QueueId{}) return std::nullopt;
    return QueueAddress{record.key.topic.partition, record.key.topic.world, record.outbox};
  }
};

struct AcceptedPublication {
  Time at;
  MessageId id;
  PublicationSequence sequence;
};

struct Topic {
  explicit Topic(DedupBudget& budget) : accepted(budget) {}

  TopicRecord record;
  PublicationSequence next{1};
  std::map<SubscriptionId, Subscription> subscriptions;
  std::map<SubscriptionId, Subscription> unsubscribed;  // that may be restored; otherwise they do not exist
  std::map<std::pair<SubscriptionProtocol, std::string>, SubscriptionId> endpoints;
  DedupWindow<AcceptedPublication> accepted;
  std::size_t pending = 0;          // subscriptions
  std::size_t filter_policies = 0;  // subscriptions that have one

  TopicAddress address() const { return record.key.topic; }
  bool fifo() const { return record.attributes.fifo; }
  std::string arn() const { return topic_arn(address().world, record.name); }
};

// Which part of a filter policy's text is looked at where.
inline FilterScope scope_of(const SubscriptionAttributes& attributes) {
  return attributes.filter_scope == FilterPolicyScope::kMessageBody ? FilterScope::kMessageBody
                                                                    : FilterScope::kMessageAttributes;
}

struct UndeliveredPublication {
  PublicationRecord record;
  std::uint64_t delivered = 0;
};

class TopicDirectory {
 public:
  explicit TopicDirectory(DedupBudget& dedup) : dedup_(dedup) {}

  // True of the changes of topics, which are for this directory and for nobody else.
  static bool concerns(const Change& change);
  void apply(const Change& change);
  // Topics ascending by address, each with what it has; then the publications.
  void each_fact(const std::function<void(const Record&)>& visit) const;
  // The topics and their subscriptions alone, restorable ones included.
  void each_resource(const std::function<void(const Record&)>& visit) const;

  Topic* find(const World& world, std::string_view name);
  Topic* find(const TopicAddress& address);
  // Also one that was unsubscribed and may be restored; null: there is none.
  const Subscription* find_subscription(const SubscriptionKey& key);
  // Those that nobody has confirmed in time, or restored: which, and when their time is over.
  // Of subscriptions, and of deduplication ids.
  Time next_expiry() const {
    const Time subscription = expiring_.empty() ? kNever : expiring_.begin()->first;
    return remembering_.empty() ? subscription : std::min(subscription, remembering_.begin()->first);
  }
  // A topic with ids of a minute that is over by now; null if there is none.
  const Topic* first_remembering(Time now);
  std::optional<SubscriptionKey> first_expired(Time now) const;
  // The outboxes of which something has changed since the last call.
  std::vector<QueueId> take_concerned_outboxes() { return std::exchange(concerned_outboxes_, {}); }
  // Whose token it is; null: nobody's.
  std::optional<SubscriptionKey> find_token(const std::string& token) const;
  std::vector<std::string> list(const World& world, std::string_view after, std::size_t count) const {
    return names_.list(world, {}, after, count);
  }
  // Calls visit(topic) for the world's topics from this id on, until it answers false.
  void each_topic(PartitionId partition, const World& world, QueueId from,
                  const std::function<bool(const Topic&)>& visit) const;

  // Of all topics that are wanted, in the order of their addresses.
  std::vector<TopicAddress> addresses(const std::function<bool(const TopicAddress&)>& wanted) const;

  std::size_t topics() const { return topics_.size(); }
  std::size_t subscriptions() const { return subscriptions_; }

  // The first publication of the topic that is not delivered; null: none.
  const UndeliveredPublication* first_undelivered(const TopicAddress& topic) const;
  // That of the topic after this one, around the end; null: no topic has any.
  const UndeliveredPublication* next_undelivered(const TopicAddress& after) const;
  bool all_delivered() const { return publications_.empty(); }
  std::size_t publication_bytes() const { return publication_bytes_; }
  static std::size_t memory_bytes_of(const PublicationRecord& record);

 private:
  struct Apply;

  // An endpoint that has not confirmed is asked no more (AWS: after 48 to 72 hours); what was unsubscribed is
  // forgotten with its token.
  static constexpr Seconds kPendingLives{259'200};
  static constexpr Seconds kUnsubscribedLives{172'800};
  static Time end_of(const SubscriptionRecord& record);  // kNever: none

  void put(const SubscriptionRecord& record);
  void forget(const SubscriptionRecord& record);
  void erase(Topic& topic, SubscriptionId id);
  void erase(const PublicationKey& key);

  DedupBudget& dedup_;
  std::map<TopicAddress, std::unique_ptr<Topic>> topics_;
  QueueDirectory names_;
  std::map<std::string, SubscriptionKey, std::less<>> tokens_;
  std::map<PublicationKey, UndeliveredPublication> publications_;
  std::set<std::pair<Time, SubscriptionKey>> expiring_;
  std::set<std::pair<Time, TopicAddress>> remembering_;  // by when their oldest ids are over
  std::vector<QueueId> concerned_outboxes_;
  std::size_t subscriptions_ = 0;
  std::size_t publication_bytes_ = 0;
};

}  // namespace penstock
