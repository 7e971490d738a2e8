#include "bench/part.h"

#include <stdexcept>

#include "bench/child_process.h"
#include "bench/group_commit.h"
#include "bench/scripts.h"

namespace penstock {

using Seconds = std::chrono::duration<double>;

Part Part::of(const LoadResult& load, Seconds cpu, double each) {
  if (load.failures != 0) throw std::runtime_error(std::to_string(load.failures) + " requests failed");
  if (load.answers == 0) throw std::runtime_error("nothing was answered");
  Part part;
  part.rate = load.rate() * each;
  part.cpu_us = cpu.count() * 1e6 / (static_cast<double>(load.answers) * each);
  part.latency = load.latency;
  part.by_second = load.by_second;
  return part;
}

void Part::add_to(Subject& subject) const {
  subject.rate.add(rate);
  subject.cpu_us.add(cpu_us);
  if (resident_mb > 0) subject.resident_mb.add(resident_mb);
  if (latency.count() > 0) {
    subject.p50_us.add(p50_us());
    subject.p99_us.add(p99_us());
    subject.latency.add(latency);
  }
  subject.by_second.insert(subject.by_second.end(), by_second.begin(), by_second.end());
}

Part measure_load(const ChildProcess& server, std::uint16_t port, const BenchmarkOptions& options,
                  std::size_t connections, HttpScript& script, Progress& progress, double each) {
  LoadPlan plan;
  plan.port = port;
  plan.connections = connections;
  plan.time = Seconds(options.seconds);
  plan.each_second = progress.each_second();
  const Seconds before = server.cpu();
  const LoadResult load = run_http_load(plan, script);
  Part part = Part::of(load, server.cpu() - before, each);
  part.resident_mb = static_cast<double>(server.resident_bytes() >> 20);
  return part;
}

Part measure_echo(const BenchmarkOptions& options, std::size_t connections, std::size_t body_bytes,
                  Progress& progress) {
  ChildProcess server({options.echo});
  const std::string ready = server.line();
  const auto port = static_cast<std::uint16_t>(std::stoul(ready.substr(ready.find(' ') + 1)));
  Repeat script(http_post("Content-Type: text/plain\r\n", std::string(body_bytes, 'x')));
  return measure_load(server, port, options, connections, script, progress);
}

Part measure_commit(const BenchmarkOptions& options, std::size_t outstanding, std::size_t body_bytes,
                    const std::string& directory) {
  const GroupCommitResult bare =
      run_group_commit(directory, outstanding, body_bytes, Seconds(options.seconds));
  Part part;
  part.rate = bare.rate();
  part.cpu_us = bare.cpu.count() * 1e6 / static_cast<double>(bare.records);
  return part;
}

}  // namespace penstock
