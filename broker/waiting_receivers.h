// WaitingReceivers: every receive of a broker that has not been answered yet.
//
// It waits for a message (a long poll) or for a page (a short poll too: it is never answered "empty" while
// a page of its queue is on its way). Within a queue they are served first come, first served; over all
// queues a heap finds the next whose time is up. One that is overdue but waits for a page leaves the heap
// and stays in its queue's line until the page comes.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "broker/command.h"
#include "broker/indexed_heap.h"

namespace penstock {

// The line of one queue: held by the queue, kept by WaitingReceivers.
struct ReceiverLine {
  std::uint32_t first = 0xffffffff;
  std::uint32_t last = 0xffffffff;

  bool empty() const { return first == 0xffffffff; }
};

class WaitingReceivers {
 public:
  using Slot = IndexedHeap::Slot;

  struct Receiver {
    Ticket ticket;
    QueueId queue;
    std::uint32_t messages_max = 1;
    std::optional<Seconds> visibility_timeout;
    Time deadline;  // of a short poll: when it came
    bool short_poll = false;
    std::string attempt_id;  // empty: none
  };

  std::size_t size() const { return by_ticket_.size(); }

  void add(ReceiverLine& line, const Receiver& receiver);
  // The line's first; the line must not be empty.
  const Receiver& front(const ReceiverLine& line) const { return waiting_[line.first].receiver; }
  void remove_front(ReceiverLine& line);

  // In order of the line, all whose deadline is not after now; they are removed.
  std::vector<Receiver> take_overdue(ReceiverLine& line, Time now);
  std::vector<Receiver> take_all(ReceiverLine& line);

  // Whose queue's line this ticket stands in, if it stands anywhere.
  std::optional<QueueId> queue_of(const Ticket& ticket) const;
  void remove(ReceiverLine& line, const Ticket& ticket);

  Time next_deadline() const;  // kNever if no clock is running
  // One whose deadline is not after now, if there is one. It stays where it is.
  std::optional<Receiver> overdue(Time now) const;
  // It leaves the heap but not its line: a page will decide.
  void stop_clock(const Ticket& ticket);

 private:
  static constexpr Slot kNone = 0xffffffff;

  struct Waiting {
    Receiver receiver;
    Slot previous = kNone;
    Slot next = kNone;
  };
  struct TicketHash {
    std::size_t operator()(const Ticket& ticket) const {
      return static_cast<std::size_t>(ticket.session * 0x9e3779b97f4a7c15ULL ^ ticket.request);
    }
  };

  auto sooner() const {
    return [this](Slot a, Slot b) { return waiting_[a].receiver.deadline < waiting_[b].receiver.deadline; };
  }
  void remove_slot(ReceiverLine& line, Slot slot);

  std::deque<Waiting> waiting_;
  std::vector<Slot> free_;
  boost::unordered_flat_map<Ticket, Slot, TicketHash> by_ticket_;
  IndexedHeap deadlines_;
};

}  // namespace penstock
