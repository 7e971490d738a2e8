#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/figures.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 4> kTargets{1, 10, 100, 1000};
constexpr std::size_t kMessageBytes = 200;

std::string sns_call(const std::string& action, const std::string& form) {
  return http_post("Content-Type: application/x-www-form-urlencoded\r\n",
                   "Version=2010-03-31&Action=" + action + "&" + form);
}

std::string topic_arn(std::size_t targets) {
  return "arn:aws:sns:us-east-1:000000000000:to-" + std::to_string(targets);
}

// Nothing but success will do.
class Sure final : public HttpScript {
 public:
  explicit Sure(std::vector<std::string> requests) : requests_(std::move(requests)) {}
  std::string_view next(std::size_t) override {
    return at_ < requests_.size() ? std::string_view(requests_[at_++]) : std::string_view{};
  }
  void answered(std::size_t, const HttpAnswer& answer) override { refused_ += answer.status != 200 ? 1 : 0; }
  std::size_t refused() const { return refused_; }

 private:
  std::vector<std::string> requests_;
  std::size_t at_ = 0;
  std::size_t refused_ = 0;
};

std::uint64_t waiting_in(const Daemon& daemon, const std::string& url) {
  const std::string answer =
      daemon.call("GetQueueAttributes",
                  "{\"QueueUrl\":\"" + url + "\",\"AttributeNames\":[\"ApproximateNumberOfMessages\"]}");
  return std::stoull(std::string(json_string(answer, "ApproximateNumberOfMessages")));
}

struct Fan {
  std::size_t targets = 0;
  std::vector<std::string> urls;
  std::uint64_t published = 0;

  bool whole(const Daemon& daemon) const {
    for (const std::string& url : urls) {
      if (waiting_in(daemon, url) != published) return false;
    }
    return true;
  }
};

// A topic with that many queues, each subscribed raw.
Fan spread(const Daemon& daemon, std::size_t targets) {
  Fan fan{targets, {}, 0};
  std::vector<std::string> requests{sns_call("CreateTopic", "Name=to-" + std::to_string(targets))};
  for (std::size_t at = 0; at < targets; ++at) {
    const std::string name = "of-" + std::to_string(targets) + "-" + std::to_string(at);
    fan.urls.push_back(daemon.create_queue(name));
    requests.push_back(sns_call(
        "Subscribe", "Protocol=sqs&TopicArn=" + topic_arn(targets) +
                         "&Endpoint=arn:aws:sqs:us-east-1:000000000000:" + name +
                         "&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true"));
  }
  Sure script(std::move(requests));
  run_http_load(daemon.port(), 1, std::chrono::seconds(120), script);
  if (script.refused() > 0) throw std::runtime_error("a queue could not be subscribed");
  return fan;
}

// Of the last queue that is served nobody knows which it is; all of them have to be whole.
void settle(const Daemon& daemon, const Fan& fan) {
  while (!fan.whole(daemon)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

// Sends to a queue of nobody's topic, at a rate, while publications go out or none do.
Histogram beside(const Daemon& daemon, const std::string& url, const BenchmarkOptions& options) {
  Repeat script(sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" +
                                            std::string(kMessageBytes, 'x') + "\"}"));
  LoadPlan plan;
  plan.port = daemon.port();
  plan.connections = 16;
  plan.time = std::chrono::duration<double>(options.seconds);
  plan.rate = 500;
  return run_http_load(plan, script).latency;
}

void tell(const char* what, const Histogram& latency) {
  std::printf("  %-42s p50 %6.2f ms  p99 %7.2f ms  longest %7.2f ms\n", what,
              microseconds(latency.at(0.5)) / 1e3, microseconds(latency.at(0.99)) / 1e3,
              microseconds(latency.at(1)) / 1e3);
}

}  // namespace

bool fanout(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"));
  std::printf("fanout: %zu bytes to 1, 10, 100 and 1000 queues that are subscribed raw, one publisher\n",
              kMessageBytes);
  bool whole = true;
  double first_cost = 0;
  std::vector<Fan> fans;
  for (const std::size_t targets : kTargets) {
    Fan& fan = fans.emplace_back(spread(daemon, targets));
    const std::uint64_t publications = std::max<std::uint64_t>(20, 2'000 / targets);
    Figures copies, cpu;
    Histogram latency;
    for (std::size_t round = 0; round < options.rounds; ++round) {
      Repeat script(sns_call("Publish", "TopicArn=" + topic_arn(targets) +
                                            "&Message=" + std::string(kMessageBytes, 'x')),
                    publications);
      const auto cpu_before = cpu_of(daemon.process().id());
      const auto begin = Clock::now();
      const LoadResult result = run_http_load(daemon.port(), 1, std::chrono::seconds(120), script);
      fan.published += publications;
      // The copies are complete when the last queue has its own; the question itself is not counted.
      settle(daemon, Fan{targets, {fan.urls.back()}, fan.published});
      const std::chrono::duration<double> elapsed = Clock::now() - begin;
      const double used = (cpu_of(daemon.process().id()) - cpu_before).count();
      settle(daemon, fan);
      whole = whole && result.failures == 0;
      const auto count = static_cast<double>(publications * targets);
      copies.add(elapsed.count() * 1e6 / count);
      cpu.add(used * 1e6 / count);
      latency.add(result.latency);
    }
    if (targets == 1) first_cost = copies.median();
    std::printf(
        "  to %4zu: %8.1f us a copy (%6.1f us of CPU), %5.2f of a copy alone; the publish p50 %.2f ms "
        "p99 %.2f ms\n",
        targets, copies.median(), cpu.median(), copies.median() / first_cost,
        microseconds(latency.at(0.5)) / 1e3, microseconds(latency.at(0.99)) / 1e3);
  }

  const std::string url = daemon.create_queue("beside");
  tell("sends beside nothing", beside(daemon, url, options));
  std::atomic<bool> over{false};
  std::uint64_t published = 0;
  std::thread publisher([&] {
    Repeat script(sns_call(
        "Publish", "TopicArn=" + topic_arn(kTargets.back()) + "&Message=" + std::string(kMessageBytes, 'x')));
    LoadPlan plan;
    plan.port = daemon.port();
    plan.time = std::chrono::duration<double>(options.seconds + 60);
    plan.rate = options.rate > 0 ? options.rate : 10;
    plan.over = &over;
    published = run_http_load(plan, script).answers;
  });
  const Histogram loaded = beside(daemon, url, options);
  over = true;
  publisher.join();
  tell("sends beside publications to 1000 queues", loaded);
  std::printf("  (%llu publications meanwhile)\n", static_cast<unsigned long long>(published));
  fans.back().published += published;
  settle(daemon, fans.back());
  for (const Fan& fan : fans) whole = whole && fan.whole(daemon);
  if (!whole) std::printf("  WRONG: a queue has not what was published\n");
  return whole;
}

}  // namespace penstock
