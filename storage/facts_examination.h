// FactsExamination: whether all records of a store agree with each other: those of each queue
// (storage/queue_facts.h), and across queues, topics and subscriptions.
//
// Records come in the order of their keys, each once. Memory: what queues and topics there are, and what
// QueueFacts keeps of one queue. Pure, so that it can be held against whatever makes records.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "broker/record.h"
#include "storage/finding.h"
#include "storage/queue_facts.h"
#include "storage/record_codec.h"

namespace penstock {

// "queue orders (account 000000000000, us-east-1)"
std::string place_of(const QueueRecord& queue);

class FactsExamination {
 public:
  explicit FactsExamination(SayFinding say) : say_(std::move(say)) {}

  // Before the records of its partition.
  void add(const AppliedRecord& applied);
  void add(const Record& record);
  // All records were seen.
  void finish();

  std::uint64_t queues() const { return names_.size(); }

 private:
  // Whose records are being read: a queue, a topic, or what there is no record of.
  struct Current {
    QueueAddress address;
    std::optional<QueueRecord> queue;
    std::optional<QueueFacts> facts;  // of it
    bool is_topic = false;
    std::uint64_t orphans = 0;
    std::set<std::uint64_t> publications;
  };

  void begin(const QueueAddress& address);
  void end();
  void add_to_queue(const Record& record);
  void add_to_topic(const Record& record);
  void said(std::string place, std::string what, const char* advice);

  const SayFinding say_;
  std::optional<AppliedRecord> applied_;
  std::optional<PartitionRecord> partition_;
  QueueId highest_;
  std::optional<Current> current_;
  std::map<std::pair<World, std::string>, QueueId> names_;
  // Outboxes: what the queues say of their subscriptions, and the other way round. One may outlive its
  // subscription for a while, not the other way round.
  std::map<QueueAddress, SubscriptionKey> outboxes_;
  std::map<QueueAddress, SubscriptionKey> subscribed_;
};

}  // namespace penstock
