// Weather: what one simulated history is like, all drawn from its seed.
//
// Each seed turns some faults on and leaves others out, and draws bounds between tiny and ample, because a
// history in which everything happens all the time hides what only happens when something else does not.
#pragma once

#include <cstdint>

#include "base/random.h"
#include "broker/broker_limits.h"

namespace penstock {

struct Weather {
  BrokerLimits limits;
  std::uint64_t clients = 3;
  std::uint64_t queues = 2;
  std::uint64_t body_bytes_max = 40;
  std::uint64_t handles_max = 4;  // that a client holds before it deletes rather than receives

  // Of a hundred steps each, roughly.
  std::uint64_t asking = 40;
  std::uint64_t storing = 40;
  std::uint64_t waiting = 15;
  std::uint64_t long_waiting = 2;
  std::uint64_t vanishing = 0;
  std::uint64_t clock_mischief = 0;
  // Of a hundred steps: the disk is full from now on, or has room again.
  std::uint64_t filling = 0;

  // Of ten thousand.
  std::uint64_t crashing = 0;
  std::uint64_t reloading = 0;

  // Of a hundred commands.
  std::uint64_t receiving = 30;
  std::uint64_t refusing = 0;  // refused by whoever planned them
  std::uint64_t delaying = 0;  // of the sends
  std::uint64_t clearing = 0;
  std::uint64_t setting = 0;   // attributes; where it is 0, no tags either
  std::uint64_t grouping = 0;  // of the sends
  std::uint64_t batching = 0;  // of the sends, and of what is done with handles

  std::uint64_t redriving = 0;  // of the queues' attributes, a redrive policy among them
  std::uint64_t moving = 0;     // move tasks

  // Messages that some clients send in one go now and then; 0: nobody does.
  std::uint64_t crowd = 0;

  bool short_pages = false;
  bool short_retention = false;
  bool second_world = false;

  static Weather draw(Random& random);
};

}  // namespace penstock
