#include <cstdio>
#include <thread>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/figures.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {

bool wake(const BenchmarkOptions& options) {
  using Clock = std::chrono::steady_clock;
  constexpr int kTimes = 200;
  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"));
  const std::string url = daemon.create_queue("wake");
  const std::string receive =
      sqs_call("ReceiveMessage", "{\"QueueUrl\":\"" + url + "\",\"WaitTimeSeconds\":20}");
  const std::string send = sqs_call(
      "SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" + std::string(200, 'x') + "\"}");
  Histogram wakes;
  Histogram sends;
  for (int i = 0; i < kTimes; ++i) {
    Clock::time_point answered;
    std::thread receiver([&] {
      Repeat script(receive, 1);
      run_http_load(daemon.port(), 1, std::chrono::seconds(30), script);
      answered = Clock::now();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // so that the receive is waiting
    Repeat script(send, 1);
    const Clock::time_point begin = Clock::now();
    sends.add(run_http_load(daemon.port(), 1, std::chrono::seconds(30), script).latency);
    receiver.join();
    wakes.add(answered - begin);
  }
  std::printf("wake: from a send on an idle machine to the answer of the waiting receive, %d times\n",
              kTimes);
  std::printf("  p50 %.0f us  p99 %.0f us   (the send's own answer: p50 %.0f us  p99 %.0f us)\n",
              microseconds(wakes.at(0.5)), microseconds(wakes.at(0.99)), microseconds(sends.at(0.5)),
              microseconds(sends.at(0.99)));
  return true;
}

}  // namespace penstock
