// Space: what a queue that was filled and emptied leaves on the disk.
#pragma once

#include <cstdint>
#include <functional>

#include "bench/benchmarks.h"

namespace penstock {

struct SpaceFigures {
  std::uint64_t messages = 0;
  std::uint64_t filled_bytes = 0;   // of the data directory when all are there
  std::uint64_t emptied_bytes = 0;  // a minute after the last one was deleted
};

// Tells `now` what it is about. Throws if not every message could be received and deleted.
SpaceFigures measure_space(const BenchmarkOptions& options, const std::function<void(const char*)>& now);

}  // namespace penstock
