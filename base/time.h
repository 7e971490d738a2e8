// Time: the broker's own time line, in milliseconds since the Unix epoch.
//
// It is not any machine clock: base/clock.h derives it and guarantees that it never runs back. The core
// is always handed a Time and never asks for one.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace penstock {

using Milliseconds = std::chrono::duration<std::int64_t, std::milli>;
using Seconds = std::chrono::duration<std::int64_t>;

struct BrokerTimeline {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BrokerTimeline>;
  static constexpr bool is_steady = true;
};

using Time = BrokerTimeline::time_point;

// Later than every moment that can be reached; "no deadline".
inline constexpr Time kNever{Milliseconds{std::numeric_limits<std::int64_t>::max()}};
inline constexpr Time kEpoch{};

constexpr std::int64_t epoch_milliseconds(Time time) { return time.time_since_epoch().count(); }
constexpr Time from_epoch_milliseconds(std::int64_t milliseconds) { return Time{Milliseconds{milliseconds}}; }

}  // namespace penstock
