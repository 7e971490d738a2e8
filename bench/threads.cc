// threads: what a durable send costs each kind of thread, and how many of them one thread carries by itself.
#include <array>
#include <cstdio>
#include <map>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/part.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/text.h"

namespace penstock {
namespace {

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 256;
constexpr std::array kKinds{"io", "broker", "committer"};

// "io-0" and "io-1" are of one kind.
std::string kind_of(const std::string& thread) { return thread.substr(0, thread.find('-')); }

std::map<std::string, double> cpu_by_kind(pid_t process) {
  std::map<std::string, double> seconds;
  for (const auto& [thread, cpu] : cpu_of_threads(process)) seconds[kind_of(thread)] += cpu.count();
  return seconds;
}

}  // namespace

bool threads(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t connections = options.connections > 0 ? options.connections : kConnections;
  Report report = begin_report("threads");
  report.conditions = formatted("durable sends of %zu bytes, %zu connections, %zu rounds of %g s", kBodyBytes,
                                connections, options.rounds, options.seconds);
  Progress progress;
  std::map<std::string, Figures> each_us;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    progress.now("round " + std::to_string(round + 1));
    const Daemon daemon(options.penstock, scratch.path("data-" + std::to_string(round)));
    const std::string url = daemon.create_queue("bench");
    Repeat sending(sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" +
                                               std::string(kBodyBytes, 'x') + "\"}"));
    const std::map<std::string, double> before = cpu_by_kind(daemon.process().id());
    const std::uint64_t commits = daemon.number("penstock_commits_total");
    const Part part = measure_load(daemon.process(), daemon.port(), options, connections, sending, progress);
    const std::map<std::string, double> after = cpu_by_kind(daemon.process().id());
    const auto sends = static_cast<double>(part.latency.count());
    part.add_to(report.subject("SendMessage, durable"));
    each_us["sends a commit"].add(sends /
                                  static_cast<double>(daemon.number("penstock_commits_total") - commits));
    for (const char* const kind : kKinds) each_us[kind].add((after.at(kind) - before.at(kind)) * 1e6 / sends);
  }
  progress.clear();
  const double io = each_us["io"].median();
  report.notes.push_back(formatted("%.1f sends shared a commit", each_us["sends a commit"].median()));
  report.notes.push_back(
      formatted("an I/O thread uses %.2f us of a processor for a send and carries %s a second by itself", io,
                readable(1e6 / io).c_str()));
  for (const char* const kind : {"broker", "committer"}) {
    const double us = each_us[kind].median();
    report.notes.push_back(
        formatted("the %s uses %.2f us, and carries what %.1f I/O threads bring it", kind, us, io / us));
  }
  publish(report, options.report);
  return true;
}

}  // namespace penstock
