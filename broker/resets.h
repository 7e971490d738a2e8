// Resets: everything goes away, a few queues and topics with each decision, however many there are.
//
// A reset means what was there when it began; what is created meanwhile stays. One at a time; others wait
// their turn. It is not atomic: a crash in the middle leaves the rest.
//
// What there is it reads from those who hold it, and has them erase it: it alters no fact itself. The Broker
// owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "broker/queue_administration.h"
#include "broker/topics.h"

namespace penstock {

class Resets {
 public:
  static constexpr std::size_t kWaitingMax = 16;
  // Queues, topics, names and the like that one decision erases.
  static constexpr std::size_t kChunk = 64;

  Resets(const QueueTable& queues, QueueAdministration& administration, Topics& topics)
      : queues_(queues), administration_(administration), topics_(topics) {}

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
    std::vector<MobileKey> mobile;  // of SMS and mobile push
    ResetDone done;
  };

  std::vector<QueueAddress> queues_of(const Reset& reset) const;
  std::vector<DeletedNameKey> names_of(const Reset& reset) const;
  std::vector<MobileKey> mobile_of(const Reset& reset) const;

  const QueueTable& queues_;
  QueueAdministration& administration_;
  Topics& topics_;
  std::deque<Waiting> waiting_;
};

}  // namespace penstock
