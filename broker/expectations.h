// Expectations: those who wait until a queue stands as they expect it to (broker/controls.h).
//
// They are looked at after each decision, and when time alone changes a queue's counts, since nothing else
// can make one come true; there are at most kWaitingMax. Part of the view: it ends with the process. The
// Broker owns it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "broker/queue.h"

namespace penstock {

class Expectations {
 public:
  static constexpr std::size_t kWaitingMax = 256;

  // Answered at once if it holds, or if there is no room to wait.
  void begin(Queue& queue, const Ticket& ticket, const Expect& expected, Decision& decision);
  void forget(const Ticket& ticket);

  // Answers those that hold by now or whose time is over. `find` gives the queue, null if it is gone.
  void look(const std::function<Queue*(QueueId)>& find, Decision& decision);
  // When to look next if nothing is decided before; kNever: nobody waits.
  Time next_deadline() const;
  // Time has leapt: what is left of each one's time stays the same.
  void leap(Milliseconds by);

  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Ticket ticket;
    QueueId queue;
    Expect expected;
    Time deadline;
    Time turn;  // until then nothing comes true by time alone
  };

  std::vector<Waiting> waiting_;
};

}  // namespace penstock
