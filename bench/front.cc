#include <cstdio>
#include <stdexcept>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/figures.h"
#include "bench/group_commit.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;

// What one part of one round came to.
struct Part {
  double rate = 0;
  double cpu_us = 0;
  double p50_us = 0;
  double p99_us = 0;

  static Part of(const LoadResult& load, Seconds cpu) {
    if (load.failures != 0) throw std::runtime_error(std::to_string(load.failures) + " requests failed");
    return {load.rate(), cpu.count() * 1e6 / static_cast<double>(load.answers),
            microseconds(load.latency.at(0.50)), microseconds(load.latency.at(0.99))};
  }
};

struct Parts {
  Figures rate;
  Figures cpu_us;
  Figures p50_us;
  Figures p99_us;

  void add(const Part& part) {
    rate.add(part.rate);
    cpu_us.add(part.cpu_us);
    p50_us.add(part.p50_us);
    p99_us.add(part.p99_us);
  }
  void print(const char* name) const {
    std::printf("  %-32s %8.0f /s (%.0f to %.0f)  CPU %5.2f us (%.2f to %.2f)", name, rate.median(),
                rate.least(), rate.most(), cpu_us.median(), cpu_us.least(), cpu_us.most());
    if (p50_us.most() > 0) std::printf("  p50 %.0f us  p99 %.0f us", p50_us.median(), p99_us.median());
    std::printf("\n");
  }
};

// Ratios are taken within a round, whose parts lie seconds apart: a machine that is slower for a while is
// so above and below the line.
void print_ratio(const char* name, const Figures& ratio) {
  std::printf("  %-40s %5.2f (%.2f to %.2f)\n", name, ratio.median(), ratio.least(), ratio.most());
}

Part measure_echo(const BenchmarkOptions& options, std::size_t connections) {
  ChildProcess server({options.echo});
  const std::string ready = server.line();
  const auto port = static_cast<std::uint16_t>(std::stoul(ready.substr(ready.find(' ') + 1)));
  Repeat script(http_post("Content-Type: text/plain\r\n", std::string(kBodyBytes, 'x')));
  const LoadResult load = run_http_load(port, connections, Seconds(options.seconds), script);
  return Part::of(load, server.cpu());
}

Part measure_commit(const BenchmarkOptions& options, std::size_t connections, const std::string& directory) {
  const GroupCommitResult bare =
      run_group_commit(directory, connections, kBodyBytes, Seconds(options.seconds));
  return {bare.rate(), bare.cpu.count() * 1e6 / static_cast<double>(bare.records)};
}

Part measure(const Daemon& daemon, const BenchmarkOptions& options, std::size_t connections,
             HttpScript& script) {
  const Seconds before = daemon.process().cpu();
  const LoadResult load = run_http_load(daemon.port(), connections, Seconds(options.seconds), script);
  return Part::of(load, daemon.process().cpu() - before);
}

}  // namespace

bool front(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t connections = options.connections > 0 ? options.connections : kConnections;
  Parts echoes, commits, sends, drains;
  Figures over_commit, over_echo, cpu_over_both, tail;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const std::string number = std::to_string(round);
    const Part echo = measure_echo(options, connections);
    const Part commit = measure_commit(options, connections, scratch.path("b2-" + number));
    const Daemon daemon(options.penstock, scratch.path("data-" + number));
    const std::string url = daemon.create_queue("bench");
    Repeat sending(sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" +
                                               std::string(kBodyBytes, 'x') + "\"}"));
    const Part send = measure(daemon, options, connections, sending);
    Drain draining(url, connections, UINT64_MAX);
    const Part drain = measure(daemon, options, connections, draining);

    echoes.add(echo);
    commits.add(commit);
    sends.add(send);
    drains.add(drain);
    over_commit.add(send.rate / commit.rate);
    over_echo.add(send.rate / echo.rate);
    cpu_over_both.add(send.cpu_us / (echo.cpu_us + commit.cpu_us));
    tail.add(send.p99_us / send.p50_us);
  }

  std::printf("front: %zu connections, %zu byte bodies, %zu interleaved rounds of %.0f s, medians (spread)\n",
              connections, kBodyBytes, options.rounds, options.seconds);
  echoes.print("B1 bare Beast echo");
  commits.print("B2 bare group commit");
  sends.print("SendMessage, durable");
  drains.print("ReceiveMessage x10 and deletes");
  print_ratio("durable sends over B2", over_commit);
  print_ratio("durable sends over B1", over_echo);
  print_ratio("CPU of a send over CPU of B1 and B2", cpu_over_both);
  print_ratio("p99 over p50 of a send", tail);
  return true;
}

bool commit(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t outstanding = options.connections > 0 ? options.connections : kConnections;
  const GroupCommitResult result =
      run_group_commit(scratch.path("b2"), outstanding, kBodyBytes, Seconds(options.seconds));
  std::printf("bare group commit, %zu outstanding: %.0f records/s, %.1f a sync, %.2f us of CPU each\n",
              outstanding, result.rate(),
              static_cast<double>(result.records) / static_cast<double>(result.syncs),
              result.cpu.count() * 1e6 / static_cast<double>(result.records));
  return true;
}

}  // namespace penstock
