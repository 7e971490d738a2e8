// penstock-bench: what the daemon does, as ratios to two bare baselines measured in the same run.
//
//   penstock-bench front   durable 1 KB SendMessage, then receive and delete, against the bare Beast echo
//                          (B1) and the bare group commit (B2), interleaved; medians of the rounds
//   penstock-bench wake    from a send on an idle machine to the answer of the receive that waits
//   penstock-bench commit  the bare group commit alone (the bare echo is a program of its own)
//   penstock-bench depth   fills a queue, plain or delayed, restarts, drains: memory, and the last tenth's
//                          speed over the first's
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <stdexcept>
#include <thread>

#include "bench/daemon.h"
#include "bench/group_commit.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

struct Options {
  std::string penstock;
  std::string echo;
  std::string directory = "/var/tmp";
  std::size_t connections = 64;
  std::size_t rounds = 3;
  double seconds = 4;
  std::uint64_t messages = 1'000'000;
  std::uint64_t delay = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double microseconds(Histogram::Duration duration) { return static_cast<double>(duration.count()) / 1e3; }

std::string send_call(const std::string& queue_url, std::size_t body_bytes, std::uint64_t delay = 0) {
  std::string json =
      "{\"QueueUrl\":\"" + queue_url + "\",\"MessageBody\":\"" + std::string(body_bytes, 'x') + "\"";
  if (delay > 0) json += ",\"DelaySeconds\":" + std::to_string(delay);
  return sqs_call("SendMessage", json + "}");
}

// One line of measurements, all from the same rounds.
struct Series {
  std::vector<double> rate;
  std::vector<double> cpu_us;
  std::vector<double> p50_us;
  std::vector<double> p99_us;

  void add(const LoadResult& load, Seconds cpu) {
    if (load.failures != 0) throw std::runtime_error(std::to_string(load.failures) + " requests failed");
    rate.push_back(load.rate());
    cpu_us.push_back(cpu.count() * 1e6 / static_cast<double>(load.answers));
    p50_us.push_back(microseconds(load.latency.at(0.50)));
    p99_us.push_back(microseconds(load.latency.at(0.99)));
  }
  void print(const char* name) const {
    std::printf("  %-34s %9.0f /s  CPU %6.2f us", name, median(rate), median(cpu_us));
    if (!p50_us.empty()) std::printf("  p50 %7.0f us  p99 %7.0f us", median(p50_us), median(p99_us));
    std::printf("\n");
    std::fflush(stdout);
  }
};

void front(const Options& options) {
  constexpr std::size_t kBodyBytes = 1024;
  const ScratchDirectory scratch(options.directory);
  const Seconds time(options.seconds);
  Series echo, commit, send, drain;

  for (std::size_t round = 0; round < options.rounds; ++round) {
    {
      ChildProcess server({options.echo});
      const std::string ready = server.line();
      const auto port = static_cast<std::uint16_t>(std::stoul(ready.substr(ready.find(' ') + 1)));
      Repeat script(http_post("Content-Type: text/plain\r\n", std::string(kBodyBytes, 'x')));
      const LoadResult load = run_http_load(port, options.connections, time, script);
      echo.add(load, server.cpu());
    }
    {
      const GroupCommitResult result = run_group_commit(scratch.path("b2-" + std::to_string(round)),
                                                        options.connections, kBodyBytes, time);
      commit.rate.push_back(result.rate());
      commit.cpu_us.push_back(result.cpu.count() * 1e6 / static_cast<double>(result.records));
    }
    {
      const Daemon daemon(options.penstock, scratch.path("data-" + std::to_string(round)));
      const std::string url = daemon.create_queue("bench");
      Seconds before = daemon.process().cpu();
      Repeat sending(send_call(url, kBodyBytes));
      const LoadResult sent = run_http_load(daemon.port(), options.connections, time, sending);
      send.add(sent, daemon.process().cpu() - before);
      before = daemon.process().cpu();
      Drain draining(url, options.connections, UINT64_MAX);
      const LoadResult drained = run_http_load(daemon.port(), options.connections, time, draining);
      drain.add(drained, daemon.process().cpu() - before);
    }
  }

  std::printf("front: %zu connections, %zu byte bodies, %zu interleaved rounds of %.0f s, medians\n",
              options.connections, kBodyBytes, options.rounds, options.seconds);
  echo.print("B1 bare Beast echo");
  commit.print("B2 bare group commit");
  send.print("SendMessage, durable");
  drain.print("ReceiveMessage x10 and deletes");
  std::printf("  durable sends over B2:                  %5.2f\n", median(send.rate) / median(commit.rate));
  std::printf("  durable sends over B1:                  %5.2f\n", median(send.rate) / median(echo.rate));
  std::printf("  CPU of a send over (B1 + B2):           %5.2f\n",
              median(send.cpu_us) / (median(echo.cpu_us) + median(commit.cpu_us)));
  std::printf("  p99 over p50 of a send:                 %5.1f\n", median(send.p99_us) / median(send.p50_us));
}

void commit(const Options& options) {
  const ScratchDirectory scratch(options.directory);
  const GroupCommitResult result =
      run_group_commit(scratch.path("b2"), options.connections, 1024, Seconds(options.seconds));
  std::printf(
      "commit: %.0f records of 1,024 bytes a second with %zu outstanding, %.1f a sync, CPU %.2f us each\n",
      result.rate(), options.connections,
      static_cast<double>(result.records) / static_cast<double>(result.syncs),
      result.cpu.count() * 1e6 / static_cast<double>(result.records));
}

void wake(const Options& options) {
  constexpr int kTimes = 200;
  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"));
  const std::string url = daemon.create_queue("wake");
  const std::string receive =
      sqs_call("ReceiveMessage", "{\"QueueUrl\":\"" + url + "\",\"WaitTimeSeconds\":20}");
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
    Repeat script(send_call(url, 200), 1);
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
}

// Runs the script in ten parts of equal work and prints each part's speed.
template <class MakeScript>
std::vector<double> in_tenths(const Daemon& daemon, const Options& options, const char* what,
                              std::size_t& resident_max, const MakeScript& make_script) {
  std::vector<double> rates;
  for (int tenth = 0; tenth < 10; ++tenth) {
    auto script = make_script(options.messages / 10);
    const LoadResult load = run_http_load(daemon.port(), options.connections, std::chrono::hours(1), script);
    if (load.failures != 0) throw std::runtime_error("requests failed");
    rates.push_back(static_cast<double>(options.messages) / 10 / load.elapsed.count());
    resident_max = std::max(resident_max, daemon.process().resident_bytes());
    std::printf("  %s %3d %%  %8.0f messages/s  resident %4zu MB\n", what, (tenth + 1) * 10, rates.back(),
                daemon.process().resident_bytes() >> 20);
    std::fflush(stdout);
  }
  return rates;
}

void depth(const Options& options) {
  const ScratchDirectory scratch(options.directory);
  std::size_t resident_max = 0;
  std::string url;
  Clock::time_point sent;
  std::printf("depth: %llu messages of 200 bytes, delay %llu s, %zu connections\n",
              static_cast<unsigned long long>(options.messages),
              static_cast<unsigned long long>(options.delay), options.connections);
  {
    const Daemon daemon(options.penstock, scratch.path("data"));
    url = daemon.create_queue("depth");
    in_tenths(daemon, options, "filled ", resident_max,
              [&](std::uint64_t part) { return Repeat(send_call(url, 200, options.delay), part); });
    sent = Clock::now();
  }
  const Clock::time_point begin = Clock::now();
  const Daemon daemon(options.penstock, scratch.path("data"));
  std::printf("  restarted and serving after %.2f s; %s\n", Seconds(Clock::now() - begin).count(),
              daemon.metric("penstock_store_records_loaded").c_str());
  std::printf("  until now %s\n", daemon.metric("penstock_store_pages_total").c_str());
  std::fflush(stdout);
  url = daemon.create_queue("depth");
  std::this_thread::sleep_until(sent + std::chrono::seconds(options.delay + (options.delay > 0 ? 1 : 0)));
  const std::vector<double> rates =
      in_tenths(daemon, options, "drained", resident_max,
                [&](std::uint64_t part) { return Drain(url, options.connections, part); });
  std::printf("  last tenth over first tenth of the drain: %.2f\n", rates.back() / rates.front());
  std::printf("  most resident memory seen: %zu MB\n", resident_max >> 20);
  const std::string left =
      daemon.call("GetQueueAttributes", "{\"QueueUrl\":\"" + url + "\",\"AttributeNames\":[\"All\"]}");
  std::printf("  left: %s visible, %s in flight, %s delayed\n",
              std::string(json_string(left, "ApproximateNumberOfMessages")).c_str(),
              std::string(json_string(left, "ApproximateNumberOfMessagesNotVisible")).c_str(),
              std::string(json_string(left, "ApproximateNumberOfMessagesDelayed")).c_str());
}

int usage() {
  std::fprintf(
      stderr,
      "usage: penstock-bench front|commit|wake|depth --penstock PATH [--echo PATH] [--directory DIR]\n"
      "         [--connections N] [--rounds N] [--seconds S] [--messages N] [--delay S]\n");
  return 2;
}

int run(int argc, char** argv) {
  if (argc < 2) return usage();
  const std::map<std::string, void (*)(const Options&)> benchmarks{
      {"front", front}, {"commit", commit}, {"wake", wake}, {"depth", depth}};
  const auto benchmark = benchmarks.find(argv[1]);
  if (benchmark == benchmarks.end()) return usage();
  Options options;
  for (int i = 2; i < argc; i += 2) {
    if (i + 1 >= argc) return usage();
    const std::string flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--penstock")
      options.penstock = value;
    else if (flag == "--echo")
      options.echo = value;
    else if (flag == "--directory")
      options.directory = value;
    else if (flag == "--connections")
      options.connections = std::stoul(value);
    else if (flag == "--rounds")
      options.rounds = std::stoul(value);
    else if (flag == "--seconds")
      options.seconds = std::stod(value);
    else if (flag == "--messages")
      options.messages = std::stoull(value);
    else if (flag == "--delay")
      options.delay = std::stoull(value);
    else
      return usage();
  }
  if (options.penstock.empty() || (options.echo.empty() && benchmark->first == "front")) return usage();
  benchmark->second(options);
  return 0;
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) {
  try {
    return penstock::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "penstock-bench: %s\n", error.what());
    return 1;
  }
}
