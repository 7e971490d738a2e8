// QueueSurvey: how every queue stood at one moment, for /metrics.
//
// The broker thread takes it when it is asked, at most once a second however often it is asked, and never
// changes it again; I/O threads read it. The names are CloudWatch's, in Prometheus's spelling.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "broker/address.h"
#include "broker/command.h"
#include "server/exposition.h"

namespace penstock {

// Since the daemon started.
struct QueueTraffic {
  std::uint64_t messages_sent = 0;
  std::uint64_t message_bytes_sent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t messages_deleted = 0;
  std::uint64_t empty_receives = 0;
};

struct QueueReading {
  World world;
  std::string name;
  QueueCounts counts;
  // Nothing: the core does not tell. What no queue tells is left out of the metrics.
  std::optional<Milliseconds> oldest_age = {};  // of the oldest visible message; 0 without one
  std::optional<QueueTraffic> traffic = {};
};

struct QueueSurvey {
  static constexpr std::chrono::seconds kAgeMax{1};

  std::chrono::steady_clock::time_point taken;
  std::vector<QueueReading> queues;

  // By account, region and name, so that the same queues are the first ones in each survey.
  void sort();
};
using QueueSurveyPtr = std::shared_ptr<const QueueSurvey>;

// Appends its families. The first `queues_max` queues have series of their own; the others are summed up as
// queue="_other" (of their ages the greatest), without account and region.
void append_queue_metrics(Exposition& out, const QueueSurvey& survey, std::size_t queues_max);

}  // namespace penstock
