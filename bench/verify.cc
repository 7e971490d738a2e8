// verify: what verification costs a request: the same signed SendMessage, again and again, to a daemon that
// believes everybody and to one that verifies, in turns.
#include <chrono>
#include <stdexcept>
#include <string>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/http_load.h"
#include "bench/part.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/signed_call.h"
#include "bench/text.h"

namespace penstock {
namespace {

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;

Part measure(const Daemon& daemon, const BenchmarkOptions& options, std::size_t connections,
             Progress& progress) {
  Repeat creating(signed_call("CreateQueue", R"({"QueueName":"bench"})"), 1);
  if (run_http_load(daemon.port(), 1, std::chrono::seconds(10), creating).failures != 0) {
    throw std::runtime_error("the queue was not created");
  }
  Repeat sending(
      signed_call("SendMessage", R"({"QueueUrl":"http://127.0.0.1/000000000000/bench","MessageBody":")" +
                                     std::string(kBodyBytes, 'x') + "\"}"));
  return measure_load(daemon.process(), daemon.port(), options, connections, sending, progress);
}

}  // namespace

bool verify(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t connections = options.connections > 0 ? options.connections : kConnections;
  const std::string file = scratch.path("credentials.yaml");
  write_credentials(file);
  Report report = begin_report("verify");
  report.conditions = formatted("%zu connections, %zu byte bodies, %zu rounds in turns of %.0f s",
                                connections, kBodyBytes, options.rounds, options.seconds);
  Progress progress;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const std::string number = std::to_string(round);
    progress.now("round " + number);
    const Daemon believing(options.penstock, scratch.path("off-" + number));
    const Part off = measure(believing, options, connections, progress);
    const Daemon verifying(options.penstock, scratch.path("on-" + number), {"--credentials", file});
    const Part on = measure(verifying, options, connections, progress);
    off.add_to(report.subject("SendMessage, believed"));
    on.add_to(report.subject("SendMessage, verified"));
    report.claim("share of verification in a request's CPU", 0.25, true)
        .values.add((on.cpu_us - off.cpu_us) / on.cpu_us);
  }
  progress.clear();
  publish(report, options.report);
  return true;
}

}  // namespace penstock
