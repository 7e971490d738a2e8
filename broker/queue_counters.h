// QueueCounters and QueueView: what a queue tells of itself, for metrics.
//
// The counters are view: they begin at 0 with the process, count what was decided, and never go back.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "broker/command.h"
#include "broker/record.h"

namespace penstock {

struct QueueCounters {
  std::uint64_t sent = 0;            // messages accepted
  std::uint64_t sent_bytes = 0;      // of body and attributes
  std::uint64_t received = 0;        // deliveries, each time that a message is handed out
  std::uint64_t deleted = 0;         // messages that a consumer ended
  std::uint64_t empty_receives = 0;  // receives answered without a message
};

struct QueueView {
  const QueueRecord& record;
  QueueCounts counts;
  // When the oldest visible message was sent; kNever: none is visible. Where the oldest is on disk only, a
  // moment at or before that.
  Time oldest_visible;
  const QueueCounters& counters;
};

}  // namespace penstock
