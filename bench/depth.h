// Depth: a queue that is filled, a daemon that is killed and started again, and the drain.
#pragma once

#include <cstddef>
#include <cstdio>

#include "bench/benchmarks.h"
#include "bench/verdict.h"

namespace penstock {

struct DepthFigures {
  double restart_seconds = 0;
  double last_over_first = 0;  // speeds of the drain, by tenths of the messages
  std::size_t resident_bytes_max = 0;
};

// Tells what it does in `log`, unless there is none; the verdict is about what came and what is left.
DepthFigures measure_depth(const BenchmarkOptions& options, Verdict& verdict, std::FILE* log);

}  // namespace penstock
