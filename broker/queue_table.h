// QueueTable: the queues of a broker, by id, by name, and by when each wants to be called next.
//
//     put, recovered --> due at once --tick--> due at the deadline that the queue says
//                                                  ^                      |
//                                                  '---- tick, decision --'
//
// A queue has a slot for as long as it lives: its place in the heap of deadlines. Invariant: every queue is
// in that heap: a new one due at once, others under the deadline that was read off them after the table's last tick of
// them, or after a later decision as long as that deadline had not passed; so a tick costs what fell due, never the
// number of queues. Only the table's tick moves one that has passed, because what a queue says of its next deadline looks
// ahead.
//
// The queues that nobody can name (broker/outboxes.h) are here like the others, but under no name, and they
// are nobody's source of dead letters.
//
// Facts are the queues' own: `apply` hands each change to its queue. The rest is a view. The Broker owns it.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/dead_letter_sources.h"
#include "broker/indexed_heap.h"
#include "broker/queue.h"
#include "broker/queue_directory.h"

namespace penstock {

class QueueTable {
 public:
  explicit QueueTable(QueueShare& share) : share_(share) {}

  // ---- facts
  // Of a queue's record, and of everything that lies in one. A change of a queue that does not exist is our
  // own mistake and aborts.
  void apply(const Change& change);
  // Queue by queue.
  void each_fact(const std::function<void(const Record&)>& visit) const;

  // ---- which there are
  // Null: there is none.
  Queue* find(QueueId id) const {
    const auto found = slots_.find(id);
    return found == slots_.end() ? nullptr : places_[found->second].queue.get();
  }
  Queue* find(const World& world, std::string_view name) const {
    const std::optional<QueueId> id = names_.find(world, name);
    return id ? find(*id) : nullptr;
  }
  const QueueDirectory& names() const { return names_; }
  const DeadLetterSources& dead_letter_sources() const { return sources_; }
  std::size_t size() const { return slots_.size(); }
  // In the order of their slots.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const Place& place : places_) {
      if (place.queue) visit(*place.queue);
    }
  }
  // Those that a request can name, as they were created.
  void each_view(Time now, const std::function<void(const QueueView&)>& visit) const;
  std::vector<World> worlds_of(std::string_view name, std::size_t worlds_max) const;

  // ---- when they are called
  // Those whose deadline has come.
  void tick(Decision& decision);
  // Those for which another queue has done something. Asked after each decision, and mostly for nothing.
  void go_on(Decision& decision) {
    if (!share_.woken.empty()) wake(decision);
  }
  // After a tick of the queue: its next deadline is in force.
  void reschedule(QueueId id, Time now);
  // After another decision: likewise, unless the deadline has passed.
  void reschedule_unless_due(QueueId id, Time now);
  // kNever: none wants to be called.
  Time next_deadline() const { return deadlines_.empty() ? kNever : places_[deadlines_.top()].deadline; }

  // ---- what they hold
  // Takes windows that were not used since the last time, until a page that comes fits into the budget that
  // all share.
  void make_room(std::size_t bytes, QueueId for_queue);

 private:
  using Slot = IndexedHeap::Slot;

  struct Place {
    std::unique_ptr<Queue> queue;  // null: the slot is free
    Time deadline = kNever;
  };

  void wake(Decision& decision);
  void add(const QueueRecord& record);
  void drop(const QueueAddress& address);
  auto sooner() const {
    return [this](Slot a, Slot b) { return places_[a].deadline < places_[b].deadline; };
  }

  QueueShare& share_;
  std::deque<Place> places_;
  std::vector<Slot> free_slots_;
  boost::unordered_flat_map<QueueId, Slot, std::hash<QueueId>> slots_;
  IndexedHeap deadlines_;
  QueueDirectory names_;
  DeadLetterSources sources_;
  Slot eviction_hand_ = 0;
};

}  // namespace penstock
