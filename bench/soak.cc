#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "bench/background_load.h"
#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/endpoint_scripts.h"
#include "bench/figures.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kPolls = 1000;
constexpr std::size_t kQueues = 10;
constexpr double kSendsASecond = 500;
constexpr std::size_t kBodyBytes = 200;
// While all polls wait, the daemon does nothing but look at its clock and its connections once a second.
constexpr double kIdleShareMax = 0.02;
// What the second half of the traffic may add to the memory of the first. Nothing is kept of messages that
// were deleted, but what the store holds in memory fills up before it is written to a table.
constexpr std::size_t kGrowthMax = 64 << 20;
// Of the daemon's own, beside its connections: the store opens and closes files as it works.
constexpr std::size_t kFilesMax = 64;

// Looks again and again, for ten seconds at most.
template <class Holds>
bool comes_true(const Holds& holds) {
  const Clock::time_point end = Clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace

bool soak(const BenchmarkOptions& options) {
  const std::size_t polls = options.connections > 0 ? options.connections : kPolls;
  const double rate = options.rate > 0 ? options.rate : kSendsASecond;
  // A third of the time idle, the rest traffic.
  const Seconds idle_time(options.seconds / 3);
  const Seconds traffic_time(options.seconds - idle_time.count());

  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"),
                      {"--connections-max", std::to_string(polls + 100), "--connections-address-max",
                       std::to_string(polls + 100)});
  std::vector<std::string> urls;
  for (std::size_t queue = 0; queue < kQueues; ++queue) {
    urls.push_back(daemon.create_queue("soak-" + std::to_string(queue)));
  }
  const pid_t process = daemon.process().id();
  const std::size_t resident_before = resident_bytes_of(process);
  const std::size_t descriptors_before = descriptors_of(process);

  bool good = true;
  const auto expect = [&good](bool holds, const std::string& what) {
    if (holds) return;
    std::printf("  WRONG: %s\n", what.c_str());
    good = false;
  };

  const SqsDialect dialect(SqsDialect::Protocol::kJson, {"127.0.0.1:" + std::to_string(daemon.port())});
  MarkedPolls polling(dialect, urls, polls);
  LoadPlan poll_plan;
  poll_plan.port = daemon.port();
  poll_plan.connections = polls;
  BackgroundLoad poller(poll_plan, polling);

  std::printf("soak: %zu long polls on %zu queues, %.0f s idle, then %.0f s with %.0f messages a second\n",
              polls, kQueues, idle_time.count(), traffic_time.count(), rate);
  const auto all_wait = [&] { return daemon.number("penstock_receivers_waiting") == polls; };
  expect(comes_true(all_wait), "not all polls wait");

  const Seconds cpu_before = cpu_of(process);
  const Clock::time_point idle_from = Clock::now();
  std::this_thread::sleep_for(idle_time);
  const double idle_share =
      (cpu_of(process) - cpu_before).count() / Seconds(Clock::now() - idle_from).count();
  const std::size_t resident_idle = resident_bytes_of(process);
  std::printf("  idle: %.2f %% of a processor, %.1f KB of memory and %.2f descriptors a poll\n",
              idle_share * 100,
              static_cast<double>(resident_idle - std::min(resident_idle, resident_before)) / 1024 /
                  static_cast<double>(polls),
              static_cast<double>(descriptors_of(process) - descriptors_before) / static_cast<double>(polls));
  expect(idle_share <= kIdleShareMax,
         "polls that wait cost " + std::to_string(idle_share * 100) + " % of a processor");

  LoadPlan send_plan;
  send_plan.port = daemon.port();
  send_plan.connections = 16;
  send_plan.rate = rate;
  send_plan.time = traffic_time / 2;
  Histogram sends;
  std::uint64_t sent = 0;
  std::size_t resident_half = 0;
  std::size_t descriptors_most = 0;
  MarkedSends sending(dialect, urls, kBodyBytes, send_plan.connections);
  for (int half = 0; half < 2; ++half) {
    const LoadResult load = run_http_load(send_plan, sending);
    sends.add(load.latency);
    sent += load.answers;
    expect(load.failures == 0, std::to_string(load.failures) + " sends failed");
    if (half == 0) resident_half = resident_bytes_of(process);
    descriptors_most = std::max(descriptors_most, descriptors_of(process));
  }
  const std::size_t resident_end = resident_bytes_of(process);
  // Everything that was sent has been handed out and deleted, and all polls wait again.
  expect(comes_true(all_wait), "not all polls wait at the end");
  expect(daemon.number("penstock_messages_touched") == 0, "messages are left in flight");

  const LoadResult& polled = poller.end();
  expect(polled.failures == 0, std::to_string(polled.failures) + " receives or deletes failed");
  expect(sent == sending.sent() && polling.seen() == sent && polling.deleted == sent,
         std::to_string(sent) + " sent, " + std::to_string(polling.seen()) + " received, " +
             std::to_string(polling.deleted) + " deleted");
  expect(polling.twice == 0, std::to_string(polling.twice) + " received twice");
  expect(comes_true([&] { return daemon.number("penstock_http_connections") <= 1; }),
         "connections that were closed stay open");
  expect(comes_true([&] { return daemon.number("penstock_receivers_waiting") == 0; }),
         "receives of clients that are gone still wait");
  const std::size_t descriptors_end = descriptors_of(process);

  std::printf("  %llu messages, each received once and deleted\n", static_cast<unsigned long long>(sent));
  std::printf("  from a send to the answer of the poll that it wakes: p50 %.0f us  p99 %.0f us\n",
              microseconds(polling.wakes.at(0.5)), microseconds(polling.wakes.at(0.99)));
  std::printf("  from a send to its own answer, which waits for the same commit: p50 %.0f us  p99 %.0f us\n",
              microseconds(sends.at(0.5)), microseconds(sends.at(0.99)));
  std::printf("  resident: %zu MB before, %zu idle, %zu half way, %zu at the end\n", resident_before >> 20,
              resident_idle >> 20, resident_half >> 20, resident_end >> 20);
  std::printf("  descriptors: %zu before, %zu at most, %zu after\n", descriptors_before, descriptors_most,
              descriptors_end);
  expect(resident_end <= resident_half + kGrowthMax, "memory grows with the messages that were sent");
  expect(resident_end >> 20 <= options.resident_mb_max,
         std::to_string(resident_end >> 20) + " MB are resident");
  expect(descriptors_most <= descriptors_before + polls + send_plan.connections + kFilesMax &&
             descriptors_end <= descriptors_before + kFilesMax,
         "descriptors stay open");
  std::printf("  %s\n", good ? "as promised" : "NOT as promised");
  return good;
}

}  // namespace penstock
