#include <cstdio>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/group_commit.h"
#include "bench/part.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/text.h"

namespace penstock {
namespace {

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;

}  // namespace

bool front(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t connections = options.connections > 0 ? options.connections : kConnections;
  Report report = begin_report("front");
  report.conditions = formatted("%zu connections, %zu byte bodies, %zu interleaved rounds of %.0f s",
                                connections, kBodyBytes, options.rounds, options.seconds);
  Progress progress;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const std::string number = std::to_string(round);
    progress.now("round " + number + ", the baselines");
    const Part echo = measure_echo(options, connections, kBodyBytes, progress);
    const Part commit = measure_commit(options, connections, kBodyBytes, scratch.path("b2-" + number));
    const Daemon daemon(options.penstock, scratch.path("data-" + number));
    const std::string url = daemon.create_queue("bench");
    Repeat sending(sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" +
                                               std::string(kBodyBytes, 'x') + "\"}"));
    progress.now("round " + number + ", sends");
    const Part send = measure_load(daemon.process(), daemon.port(), options, connections, sending, progress);
    progress.now("round " + number + ", receives");
    Drain draining(url, connections, UINT64_MAX);
    const Part drain =
        measure_load(daemon.process(), daemon.port(), options, connections, draining, progress);

    echo.add_to(report.subject("B1 bare Beast echo"));
    commit.add_to(report.subject("B2 bare group commit", "records"));
    send.add_to(report.subject("SendMessage, durable"));
    drain.add_to(report.subject("ReceiveMessage x10 and deletes"));
    report.claim("durable sends over B2", 0.5).values.add(send.rate / commit.rate);
    report.claim("CPU of a send over CPU of B1 and B2", 1.15, true)
        .values.add(send.cpu_us / (echo.cpu_us + commit.cpu_us));
    report.claim("p99 over p50 of a send", 10, true).values.add(send.p99_us() / send.p50_us());
  }
  progress.clear();
  publish(report, options.report);
  return true;
}

bool commit(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t outstanding = options.connections > 0 ? options.connections : kConnections;
  const GroupCommitResult result = run_group_commit(scratch.path("b2"), outstanding, kBodyBytes,
                                                    std::chrono::duration<double>(options.seconds));
  std::printf("bare group commit, %zu outstanding: %.0f records/s, %.1f a sync, %.2f us of CPU each\n",
              outstanding, result.rate(),
              static_cast<double>(result.records) / static_cast<double>(result.syncs),
              result.cpu.count() * 1e6 / static_cast<double>(result.records));
  return true;
}

}  // namespace penstock
