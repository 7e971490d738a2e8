// Part: what one part of one round came to, and the parts that several benchmarks share: the two bare
// baselines, and load on a daemon.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/http_load.h"
#include "bench/progress.h"
#include "bench/report.h"

namespace penstock {

struct Part {
  double rate = 0;
  double cpu_us = 0;
  double resident_mb = 0;  // 0: not looked at
  Histogram latency;
  std::vector<double> by_second;

  double p50_us() const { return microseconds(latency.at(0.50)); }
  double p99_us() const { return microseconds(latency.at(0.99)); }
  // `each`: of what is counted, how much one answer stands for. Throws if requests failed.
  static Part of(const LoadResult& load, std::chrono::duration<double> cpu, double each = 1);
  void add_to(Subject& subject) const;
};

// B1 (bench/http_echo.cc) with bodies of that size.
Part measure_echo(const BenchmarkOptions& options, std::size_t connections, std::size_t body_bytes,
                  Progress& progress);
// B2 (bench/group_commit.h), in a directory that is not there yet.
Part measure_commit(const BenchmarkOptions& options, std::size_t outstanding, std::size_t body_bytes,
                    const std::string& directory);
// Load on a process that listens here, with its CPU and memory.
Part measure_load(const ChildProcess& server, std::uint16_t port, const BenchmarkOptions& options,
                  std::size_t connections, HttpScript& script, Progress& progress, double each = 1);

}  // namespace penstock
