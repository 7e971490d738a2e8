// Subscriptions: what is decided about the subscriptions of topics.
//
//     (nothing) --subscribe--> pending --the token comes--> confirmed
//                                 |                           |    ^
//                    two days     v          unsubscribed     |    | the token comes, within two days
//                               (gone) <----------------------+    |
//                                 ^                           v    |
//                                 '-------- two days -------- restorable
//
// Pending is one whose receiver has to agree: it is sent a token, and again whenever somebody subscribes it
// anew. Restorable is one that its receiver ended without a name: it gets a last word with a token that takes
// that back. Confirmed from the start are those that nobody has to be asked about. There is one subscription
// of each protocol and endpoint in a topic.
//
// A subscription that is not a queue's has an outbox from its beginning (broker/outboxes.h), which goes with
// it.
//
// Facts are the TopicDirectory's; changes are applied there. Topics owns it and calls it; the Broker asks it,
// for the outboxes, where and how to deliver.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "broker/broker_limits.h"
#include "broker/mobile_directory.h"
#include "broker/outgoing.h"
#include "broker/topic_directory.h"
#include "broker/topic_surroundings.h"

namespace penstock {

class Subscriptions {
 public:
  Subscriptions(PartitionId partition, const BrokerLimits& limits, TopicDirectory& directory,
                const MobileDirectory& mobile, TopicSurroundings& surroundings)
      : partition_(partition),
        limits_(limits),
        directory_(directory),
        mobile_(mobile),
        surroundings_(surroundings) {}

  // Of a topic that exists.
  Result<TopicAnswer> subscribe(const Topic& topic, const Subscribe& request, Decision& decision);
  Result<Answer> set(const Topic& topic, const SetSubscriptionAttributes& request, Decision& decision);
  Result<TopicAnswer> list(const Topic& topic, const ListTopicSubscriptions& request) const;

  // Of one that need not exist, or of many.
  Result<TopicAnswer> confirm(const ConfirmSubscription& request, Decision& decision);
  Result<Answer> unsubscribe(const Command& command, const Unsubscribe& request, Decision& decision);
  Result<Answer> describe(const Command& command, const DescribeSubscription& request) const;
  Result<TopicAnswer> list(const Command& command, const ListSubscriptions& request) const;

  // Forgets some of those that nobody has confirmed, or restored, in time.
  void expire(Decision& decision);

  // Why the topic may have no messages of more than kPublicationBytesMax because of whom it delivers to, as
  // AWS's detail; nothing: it may.
  static std::optional<std::string> fault_of_large_messages(const Topic& topic);

  // For outboxes (broker/outboxes.h).
  OutgoingDestination destination_of(const Subscription& subscription) const;
  DeliveryPolicy delivery_policy_of(const Subscription& subscription) const;
  // Where what the subscription gives up goes; nothing: nowhere.
  std::optional<QueueAddress> dead_letters_of(const Subscription& subscription) const;

 private:
  void change(Change&& change, Decision& decision) {
    directory_.apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }
  void put(Record&& record, Decision& decision) { change(Put{std::move(record)}, decision); }

  void ask_to_confirm(const Topic& topic, const SubscriptionRecord& record, Notification::Kind kind,
                      const std::array<std::uint8_t, 16>& signing_key, Decision& decision);
  // The text of a topic's, empty if it has none.
  std::string delivery_policy_of(const TopicAddress& topic) const;

  const PartitionId partition_;
  const BrokerLimits limits_;
  TopicDirectory& directory_;
  const MobileDirectory& mobile_;
  TopicSurroundings& surroundings_;
};

}  // namespace penstock
