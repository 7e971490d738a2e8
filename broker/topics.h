// Topics: what is decided about topics and publications.
//
//     publish --> matching subscriptions --> targets: a queue each, or its subscription's dead-letter queue
//                                               |
//          at most 64 and 1 MiB: copies in this commit ------------------> queues
//          else: the publication with its list --tick, 64 and 1 MiB------> queues
//
// The law of publishing: a publication is decided in one commit. Once it is durable it reaches every one of
// its targets, whatever crashes; before that, none. Its list of targets is fixed with it; how far it has
// come is stored with the copies, so that each target has it once. While a FIFO topic has a publication that
// is still being delivered, its later ones are stored behind it, in order.
//
// Two files: topics.cc decides about topics, and who else is asked; topic_publishing.cc delivers. What is
// decided about subscriptions is in broker/subscriptions.h. The Broker owns it, and calls it, as Resets do.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/broker_limits.h"
#include "broker/mobile_directory.h"
#include "broker/queue.h"
#include "broker/subscriptions.h"
#include "broker/topic_directory.h"
#include "broker/topic_surroundings.h"

namespace penstock {

class Topics {
 public:
  static constexpr std::size_t kTargetsMax = 64;
  static constexpr std::size_t kCopyBytesMax = 1 << 20;

  Topics(PartitionId partition, const BrokerLimits& limits, DedupBudget& dedup,
         TopicSurroundings& surroundings)
      : partition_(partition),
        limits_(limits),
        dedup_(dedup),
        surroundings_(surroundings),
        directory_(dedup),
        mobile_(partition, limits),
        subscriptions_(partition, limits, directory_, mobile_, surroundings) {}
  // Its parts refer to each other.
  Topics(const Topics&) = delete;
  Topics& operator=(const Topics&) = delete;

  TopicDirectory& directory() { return directory_; }
  const TopicDirectory& directory() const { return directory_; }
  MobileDirectory& mobile() { return mobile_; }
  const MobileDirectory& mobile() const { return mobile_; }
  const Subscriptions& subscriptions() const { return subscriptions_; }

  // A command about a topic.
  void execute(Command&& command, Decision& decision);

  // Without being asked by a command (broker/resets.h); false: it is gone already.
  bool erase(const TopicAddress& address, Decision& decision);

  // What has to be looked up before the command, a publication, can be decided.
  void each_doubt(const Command& command, Time now, std::vector<Key>& keys);

  // Delivers some of what is undelivered. Before a copy that may repeat an earlier one it looks that up,
  // under the token kDrain; recall() takes what was found.
  static constexpr std::uint64_t kDrain = 0;
  void drain(Decision& decision);
  void recall(LookedUp&& found);

  // Forgets some of the subscriptions that nobody has confirmed, or restored, in time, and of the ids that
  // are no longer to be recognised.
  void expire(Decision& decision);

 private:
  // What one decision may still deliver at once.
  struct Room {
    std::size_t targets = kTargetsMax;
    std::size_t bytes = kCopyBytesMax;
    bool used = false;
  };
  class Copies;

  std::optional<Error> refuse_access(const Command& command);

  void change(Change&& change, Decision& decision) {
    directory_.apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }
  void put(Record&& record, Decision& decision) { change(Put{std::move(record)}, decision); }

  Result<TopicAnswer> create(const Command& command, const CreateTopic& request, Decision& decision);
  Result<TopicAnswer> list(const Command& command, const ListTopics& request) const;
  Result<Answer> act(Topic& topic, TopicOperation&& operation, Decision& decision);
  void erase(Topic& topic, Decision& decision);

  Result<Published> publish(Topic& topic, Publish&& request, Room& room, Decision& decision);
  Result<Answer> publish(Topic& topic, PublishBatch&& batch, Decision& decision);
  Result<void> check(const Topic& topic, const Publish& request) const;
  void deliver(Copies& copies, const PublicationTarget& target, Decision& decision);
  void each_doubt(const Topic& topic, const Publish& request, Time now, std::vector<Key>& keys) const;
  // Whether the next copies have to wait for a look at the store.
  bool waits(std::span<const PublicationTarget> targets, const MessageContent& content, Decision& decision);
  // By the form that they get: first those of the message itself, then those of each of its forms.
  std::vector<std::vector<PublicationTarget>> targets_of(const Topic& topic, const Publish& request) const;
  std::optional<PublicationTarget> target_by_outbox(const Topic& topic, const Subscription& subscription,
                                                    const QueueAddress& outbox) const;
  std::optional<PublicationTarget> target_of(const Topic& topic, const Subscription& subscription,
                                             const Publish& request) const;

  const PartitionId partition_;
  const BrokerLimits limits_;
  DedupBudget& dedup_;
  TopicSurroundings& surroundings_;
  TopicDirectory directory_;
  MobileDirectory mobile_;
  Subscriptions subscriptions_;
  TopicAddress drained_last_;
  // Of the copies that are next: its records are those of its keys, or none while they are on their way.
  Recollection drained_;
  bool looks_up_ = false;
};

}  // namespace penstock
