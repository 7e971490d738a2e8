// Resets: everything goes away, a few queues and topics with each decision, however many there are.
//
// A reset means what was there when it began; what is created meanwhile stays. One at a time; others wait
// their turn. It is not atomic: a crash in the middle leaves the rest. The Broker owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "broker/queue.h"

namespace penstock {

// What a reset asks of the broker around it.
class ResetSurroundings {
 public:
  virtual ~ResetSurroundings() = default;

  virtual std::vector<QueueAddress> queues_of(const Reset& reset) const = 0;
  virtual std::vector<TopicAddress> topics_of(const Reset& reset) const = 0;
  virtual std::vector<DeletedNameKey> deleted_names_of(const Reset& reset) const = 0;
  // Of SMS and mobile push.
  virtual std::vector<MobileKey> mobile_of(const Reset& reset) const = 0;
  // False: it is gone already.
  virtual bool erase_queue(const QueueAddress& queue, Decision& decision) = 0;
  virtual bool erase_topic(const TopicAddress& topic, Decision& decision) = 0;
  virtual void erase_deleted_name(const DeletedNameKey& name, Decision& decision) = 0;
  virtual void erase_mobile(const MobileKey& key, Decision& decision) = 0;
};

class Resets {
 public:
  static constexpr std::size_t kWaitingMax = 16;
  // Queues, topics, names and the like that one decision erases.
  static constexpr std::size_t kChunk = 64;

  explicit Resets(ResetSurroundings& surroundings) : surroundings_(surroundings) {}

  void begin(const Ticket& ticket, const Reset& reset, Decision& decision);
  bool under_way() const { return !waiting_.empty(); }
  // The next chunk.
  void go_on(Decision& decision);

 private:
  struct Waiting {
    Ticket ticket;
    // What is left.
    std::vector<TopicAddress> topics;
    std::vector<QueueAddress> queues;
    std::vector<DeletedNameKey> names;
    std::vector<MobileKey> mobile;
    ResetDone done;
  };

  ResetSurroundings& surroundings_;
  std::deque<Waiting> waiting_;
};

}  // namespace penstock
