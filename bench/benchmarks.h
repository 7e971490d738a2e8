// The benchmarks of penstock-bench that start a daemon of their own, and what they can be told.
//
// Each prints its figures. It returns false if something that can be counted is not as promised: a message
// too many or too few, a descriptor that stayed open, more memory than it was allowed. How fast something
// was never makes it fail; in fanout ratios of figures from the same run do.
#pragma once

#include <cstdint>
#include <string>

#include "bench/report.h"

namespace penstock {

struct BenchmarkOptions {
  std::string penstock;
  std::string echo;
  std::string directory = "/var/tmp";
  std::size_t connections = 0;  // 0: the benchmark's own choice
  std::size_t rounds = 3;
  double seconds = 4;
  std::uint64_t messages = 1'000'000;
  std::uint64_t delay = 0;
  std::size_t groups = 100'000;
  double rate = 0;                    // 0: the benchmark's own choice
  std::size_t resident_mb_max = 250;  // that the daemon may come to hold
  ReportFiles report;                 // of those that make one
  std::string redis;                  // programs of peers; empty: they are left out
  std::string beanstalkd;
  std::string nginx;
  std::string rabbitmq;
  std::string node;
  std::string emulator;  // the script that node runs
};

// Durable SendMessage, then receives and deletes, against both bare baselines.
bool front(const BenchmarkOptions& options);
// The bare group commit alone.
bool commit(const BenchmarkOptions& options);
// The same signed sends to a daemon that believes everybody and to one that verifies.
bool verify(const BenchmarkOptions& options);
// What a durable send costs each kind of thread.
bool threads(const BenchmarkOptions& options);
// From a send on an idle machine to the answer of the receive that waits.
bool wake(const BenchmarkOptions& options);
// Publishes to 1, 10, 100 and 1,000 queues: what a copy costs, that it costs no more among more, and what
// others notice of it.
bool fanout(const BenchmarkOptions& options);
// Fills a queue, kills the daemon, starts it again, drains.
bool depth(const BenchmarkOptions& options);
// Many message groups of one FIFO queue: sends, receives and deletes on an empty queue and on a full one.
bool groups(const BenchmarkOptions& options);
// Everything that the table of ratios wants, the parts of each round interleaved with both baselines.
bool standard(const BenchmarkOptions& options);
// Peers and Penstock in the same rounds, on loopback.
bool compare(const BenchmarkOptions& options);
// Long polls by the thousand: idle first, then woken one by one.
bool soak(const BenchmarkOptions& options);

}  // namespace penstock
