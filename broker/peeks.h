// Peeks: the questions of broker/peek.h that wait for pages.
//
//     begin --stretch--> page on its way --supply--> enough, or nothing more: answered
//                             ^                          | else
//                             '-------- next stretch <---'
//
// A question holds what it has seen, at most PeekBounds; and there are at most kUnderWayMax of them, so the
// memory for all is bounded. Their pages go into no window. The Broker owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "broker/queue.h"

namespace penstock {

class Peeks {
 public:
  static constexpr std::size_t kUnderWayMax = 32;

  void begin(const Queue& queue, const Ticket& ticket, const Peek& asked, Decision& decision);
  // A page of a question; `queue` is null if it was deleted meanwhile.
  void supply(const Queue* queue, const Page& page, Decision& decision);

 private:
  struct UnderWay {
    Ticket ticket;
    Peek asked;
    Peeked seen;
    PeekPosition position;
    PeekStretch stretch;  // that is being read
    std::size_t pages = 0;
    std::size_t records = 0;
    std::size_t bytes = 0;
  };

  void go_on(std::uint64_t number, const Queue& queue, Decision& decision);
  void take(UnderWay& peek, const Queue& queue, const Page& page, Time now);

  std::map<std::uint64_t, UnderWay> under_way_;
  std::uint64_t last_ = 0;
};

}  // namespace penstock
