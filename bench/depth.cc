#include "bench/depth.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/verdict.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kConnections = 64;
constexpr std::size_t kBodyBytes = 200;
// A start reads the queue, its lanes and the partition: nothing that grows with the messages. What was
// received and not deleted is read as well, and here that is nothing.
constexpr std::uint64_t kRecordsLoadedMax = 16;
// The counters of delayed messages, one for each coming second at most.
constexpr std::uint64_t kSecondsDelayedMax = 901;

class Deep {
 public:
  Deep(const BenchmarkOptions& options, Verdict& verdict, std::FILE* log)
      : options_(options),
        verdict_(verdict),
        log_(log),
        connections_(options.connections > 0 ? options.connections : kConnections) {}

  // Runs the script in ten parts of equal work and prints each part's speed; `moved` looks at each.
  template <class MakeScript, class Moved>
  std::vector<double> in_tenths(const Daemon& daemon, const char* what, const MakeScript& make_script,
                                const Moved& moved) {
    std::vector<double> rates;
    for (std::uint64_t tenth = 0; tenth < 10; ++tenth) {
      const std::uint64_t part = options_.messages * (tenth + 1) / 10 - options_.messages * tenth / 10;
      auto script = make_script(part);
      const LoadResult load = run_http_load(daemon.port(), connections_, std::chrono::hours(10), script);
      verdict_.expect(load.failures == 0, std::to_string(load.failures) + " requests failed");
      moved(script, load);
      rates.push_back(static_cast<double>(part) / load.elapsed.count());
      const std::size_t resident = daemon.process().resident_bytes();
      resident_max_ = std::max(resident_max_, resident);
      tell("  %s %3d %%  %8.0f messages/s  resident %4zu MB\n", what, static_cast<int>(tenth + 1) * 10,
           rates.back(), resident >> 20);
    }
    return rates;
  }

  DepthFigures run();

 private:
  template <class... Values>
  void tell(const char* format, Values... values) const {
    if (log_ == nullptr) return;
    std::fprintf(log_, format, values...);
    std::fflush(log_);
  }

  const BenchmarkOptions& options_;
  Verdict& verdict_;
  std::FILE* const log_;
  const std::size_t connections_;
  std::size_t resident_max_ = 0;
};

DepthFigures Deep::run() {
  const ScratchDirectory scratch(options_.directory);
  tell("depth: %llu messages of %zu bytes, delay %llu s, %zu connections\n",
       static_cast<unsigned long long>(options_.messages), kBodyBytes,
       static_cast<unsigned long long>(options_.delay), connections_);
  Clock::time_point sent;
  {
    Daemon daemon(options_.penstock, scratch.path("data"));
    std::string json = "{\"QueueUrl\":\"" + daemon.create_queue("depth") + "\",\"MessageBody\":\"" +
                       std::string(kBodyBytes, 'x') + "\"";
    if (options_.delay > 0) json += ",\"DelaySeconds\":" + std::to_string(options_.delay);
    const std::string send = sqs_call("SendMessage", json + "}");
    std::uint64_t accepted = 0;
    in_tenths(
        daemon, "filled ", [&](std::uint64_t part) { return Repeat(send, part); },
        [&](const Repeat&, const LoadResult& load) { accepted += load.answers - load.failures; });
    verdict_.expect(accepted == options_.messages, std::to_string(accepted) + " messages were accepted");
    sent = Clock::now();
    daemon.kill_now();
  }
  const Clock::time_point begin = Clock::now();
  const Daemon daemon(options_.penstock, scratch.path("data"));
  const std::chrono::duration<double> restart = Clock::now() - begin;
  const std::uint64_t loaded = daemon.number("penstock_store_records_loaded");
  const std::uint64_t pages = daemon.number("penstock_store_pages_total");
  tell("  killed; serving again after %.2f s, %llu records and %llu pages read\n", restart.count(),
       static_cast<unsigned long long>(loaded), static_cast<unsigned long long>(pages));
  verdict_.expect(loaded <= kRecordsLoadedMax + (options_.delay > 0 ? kSecondsDelayedMax : 0),
                  "a start reads " + std::to_string(loaded) + " records");
  verdict_.expect(pages == 0, "a start reads " + std::to_string(pages) + " pages");

  const std::string url = daemon.create_queue("depth");
  std::this_thread::sleep_until(sent + std::chrono::seconds(options_.delay + (options_.delay > 0 ? 1 : 0)));
  std::uint64_t deleted = 0;
  const std::vector<double> rates = in_tenths(
      daemon, "drained", [&](std::uint64_t part) { return Drain(url, connections_, part); },
      [&](const Drain& drain, const LoadResult&) { deleted += drain.deleted(); });
  tell("  last tenth over first tenth of the drain: %.2f\n", rates.back() / rates.front());
  tell("  most resident memory seen: %zu MB\n", resident_max_ >> 20);
  // Receives hand out what is there, so the tenths may differ a little; the sum may not.
  Drain rest(url, connections_, UINT64_MAX);
  run_http_load(daemon.port(), connections_, std::chrono::hours(1), rest);
  deleted += rest.deleted();
  verdict_.expect(deleted == options_.messages,
                  std::to_string(deleted) + " messages were received and deleted");
  verdict_.expect(resident_max_ >> 20 <= options_.resident_mb_max,
                  std::to_string(resident_max_ >> 20) + " MB were resident");

  const std::string left =
      daemon.call("GetQueueAttributes", "{\"QueueUrl\":\"" + url + "\",\"AttributeNames\":[\"All\"]}");
  for (const char* count : {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"}) {
    const std::string value(json_string(left, count));
    verdict_.expect(value == "0", std::string(count) + " is " + value + " at the end");
  }
  return {restart.count(), rates.back() / rates.front(), resident_max_};
}

}  // namespace

DepthFigures measure_depth(const BenchmarkOptions& options, Verdict& verdict, std::FILE* log) {
  return Deep(options, verdict, log).run();
}

bool depth(const BenchmarkOptions& options) {
  Verdict verdict;
  measure_depth(options, verdict, stdout);
  std::printf("  %s\n", verdict.good() ? "every message came once, and nothing is left" : "NOT as promised");
  return verdict.good();
}

}  // namespace penstock
