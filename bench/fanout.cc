#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/figures.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/verdict.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 4> kTargets{1, 10, 100, 1000};
constexpr std::size_t kMessageBytes = 200;
constexpr double kSendRate = 500;
// A copy among ten times as many costs no more; the rest is for the machine's moods.
constexpr double kGrowthMax = 1.25;
// A send may find a commit of copies before its own, and that is all.
constexpr double kSlowerMax = 3;

std::string sns_call(const std::string& action, const std::string& form) {
  return http_post("Content-Type: application/x-www-form-urlencoded\r\n",
                   "Version=2010-03-31&Action=" + action + "&" + form);
}

std::string topic_arn(std::size_t targets) {
  return "arn:aws:sns:us-east-1:000000000000:to-" + std::to_string(targets);
}

// Subscribes, one after the other, and nothing but success will do. A topic serves its subscriptions in the
// order of their ids, which are random: so which of them is served last is seen here.
class Subscribing final : public HttpScript {
 public:
  explicit Subscribing(std::vector<std::string> requests) : requests_(std::move(requests)) {}
  std::string_view next(std::size_t) override {
    return at_ < requests_.size() ? std::string_view(requests_[at_++]) : std::string_view{};
  }
  void answered(std::size_t, const HttpAnswer& answer) override {
    refused_ += answer.status != 200 ? 1 : 0;
    constexpr std::string_view kTag = "<SubscriptionArn>";
    const std::size_t begin = std::min(answer.body.find(kTag), answer.body.size());
    const std::string_view arn = answer.body.substr(begin, answer.body.find('<', begin + 1) - begin);
    if (arn <= last_arn_) return;
    last_arn_ = arn;
    last_ = at_ - 1;
  }
  std::size_t refused() const { return refused_; }
  std::size_t last() const { return last_; }

 private:
  std::vector<std::string> requests_;
  std::size_t at_ = 0;
  std::size_t refused_ = 0;
  std::size_t last_ = 0;
  std::string last_arn_;
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
  std::string last_url;  // of the queue that is served last
  std::uint64_t published = 0;

  bool last_is_whole(const Daemon& daemon) const { return waiting_in(daemon, last_url) == published; }
  bool whole(const Daemon& daemon) const {
    return std::all_of(urls.begin(), urls.end(),
                       [&](const std::string& url) { return waiting_in(daemon, url) == published; });
  }
};

// A topic with that many queues, each subscribed raw.
Fan spread(const Daemon& daemon, std::size_t targets) {
  Fan fan{targets, {}, {}, 0};
  Repeat create(sns_call("CreateTopic", "Name=to-" + std::to_string(targets)), 1);
  run_http_load(daemon.port(), 1, std::chrono::seconds(120), create);
  std::vector<std::string> requests;
  for (std::size_t at = 0; at < targets; ++at) {
    const std::string name = "of-" + std::to_string(targets) + "-" + std::to_string(at);
    fan.urls.push_back(daemon.create_queue(name));
    requests.push_back(sns_call(
        "Subscribe", "Protocol=sqs&TopicArn=" + topic_arn(targets) +
                         "&Endpoint=arn:aws:sqs:us-east-1:000000000000:" + name +
                         "&Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true"));
  }
  Subscribing script(std::move(requests));
  run_http_load(daemon.port(), 1, std::chrono::seconds(120), script);
  if (script.refused() > 0) throw std::runtime_error("a queue could not be subscribed");
  fan.last_url = fan.urls[script.last()];
  return fan;
}

template <class Condition>
void wait_until(const Condition& condition, std::chrono::milliseconds pause) {
  while (!condition()) std::this_thread::sleep_for(pause);
}

// What a publication costs, in all and for each of its copies.
struct Cost {
  std::size_t targets = 0;
  double copy_us = 0;      // until the last queue has its own
  double copy_cpu_us = 0;  // of the daemon
};

Cost cost_of(const Daemon& daemon, Fan& fan, const BenchmarkOptions& options, Verdict& verdict) {
  const std::uint64_t publications = std::max<std::uint64_t>(20, 2'000 / fan.targets);
  Figures copies, cpu;
  Histogram latency;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    Repeat script(sns_call("Publish", "TopicArn=" + topic_arn(fan.targets) +
                                          "&Message=" + std::string(kMessageBytes, 'x')),
                  publications);
    const auto cpu_before = cpu_of(daemon.process().id());
    const auto begin = Clock::now();
    const LoadResult result = run_http_load(daemon.port(), 1, std::chrono::seconds(120), script);
    fan.published += result.answers - result.failures;
    wait_until([&] { return fan.last_is_whole(daemon); }, std::chrono::milliseconds(1));
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    const double used = (cpu_of(daemon.process().id()) - cpu_before).count();
    wait_until([&] { return fan.whole(daemon); }, std::chrono::milliseconds(5));
    verdict.expect(result.failures == 0 && result.answers == publications, "a publication was refused");
    const auto count = static_cast<double>(publications * fan.targets);
    copies.add(elapsed.count() * 1e6 / count);
    cpu.add(used * 1e6 / count);
    latency.add(result.latency);
  }
  const Cost cost{fan.targets, copies.median(), cpu.median()};
  std::printf(
      "  to %4zu: %8.1f us a copy (%6.1f us of CPU), %8.2f ms in all; the publish p50 %.2f ms p99 %.2f ms\n",
      cost.targets, cost.copy_us, cost.copy_cpu_us, cost.copy_us * static_cast<double>(cost.targets) / 1e3,
      microseconds(latency.at(0.5)) / 1e3, microseconds(latency.at(0.99)) / 1e3);
  return cost;
}

// Ten times the queues cost at most ten times as much.
void judge_growth(const Cost& few, const Cost& many, Verdict& verdict) {
  const double time = many.copy_us / few.copy_us;
  const double cpu = many.copy_cpu_us / few.copy_cpu_us;
  std::printf("  a copy of %4zu costs %.2f of one of %zu, in CPU %.2f (at most %.2f)\n", many.targets, time,
              few.targets, cpu, kGrowthMax);
  verdict.expect(time <= kGrowthMax && cpu <= kGrowthMax,
                 "the cost of a publication grows faster than the number of its queues");
}

// Sends to a queue of nobody's topic, at a rate, while publications go out or none do.
Histogram sends(const Daemon& daemon, const std::string& url, const BenchmarkOptions& options) {
  Repeat script(sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" +
                                            std::string(kMessageBytes, 'x') + "\"}"));
  LoadPlan plan;
  plan.port = daemon.port();
  plan.connections = 16;
  plan.time = std::chrono::duration<double>(options.seconds);
  plan.rate = kSendRate;
  return run_http_load(plan, script).latency;
}

// The same while a publisher goes on at its rate.
Histogram sends_beside(const Daemon& daemon, const std::string& url, Fan& fan, double rate,
                       const BenchmarkOptions& options, Verdict& verdict) {
  std::atomic<bool> over{false};
  LoadResult published;
  std::thread publisher([&] {
    Repeat script(sns_call(
        "Publish", "TopicArn=" + topic_arn(fan.targets) + "&Message=" + std::string(kMessageBytes, 'x')));
    LoadPlan plan;
    plan.port = daemon.port();
    plan.time = std::chrono::duration<double>(options.seconds + 60);
    plan.rate = rate;
    plan.over = &over;
    published = run_http_load(plan, script);
  });
  const Histogram latency = sends(daemon, url, options);
  over = true;
  publisher.join();
  fan.published += published.answers - published.failures;
  wait_until([&] { return fan.whole(daemon); }, std::chrono::milliseconds(5));
  // Else the sends had less beside them than is said.
  verdict.expect(static_cast<double>(published.answers) >= 0.9 * rate * options.seconds,
                 "publications did not keep their rate: say a lower --rate");
  return latency;
}

void tell(const std::string& what, const Histogram& latency) {
  std::printf("  %-55s p50 %6.2f ms  p99 %7.2f ms  longest %7.2f ms\n", what.c_str(),
              microseconds(latency.at(0.5)) / 1e3, microseconds(latency.at(0.99)) / 1e3,
              microseconds(latency.at(1)) / 1e3);
}

}  // namespace

bool fanout(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"));
  Verdict verdict;
  std::printf("fanout: %zu bytes to 1, 10, 100 and 1000 queues that are subscribed raw, one publisher\n",
              kMessageBytes);
  std::vector<Fan> fans;
  std::vector<Cost> costs;
  for (const std::size_t targets : kTargets) {
    Fan& fan = fans.emplace_back(spread(daemon, targets));
    costs.push_back(cost_of(daemon, fan, options, verdict));
  }
  for (std::size_t at = 1; at < costs.size(); ++at) judge_growth(costs[at - 1], costs[at], verdict);

  const std::string url = daemon.create_queue("beside");
  const double rate = options.rate > 0 ? options.rate : 10;
  Histogram alone, beside;
  Figures middle, slowest;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const Histogram without = sends(daemon, url, options);
    const Histogram with = sends_beside(daemon, url, fans.back(), rate, options, verdict);
    middle.add(microseconds(with.at(0.5)) / microseconds(without.at(0.5)));
    slowest.add(microseconds(with.at(0.99)) / microseconds(without.at(0.99)));
    alone.add(without);
    beside.add(with);
  }
  char publications[64];
  std::snprintf(publications, sizeof publications, "sends beside %g publications a second to 1000 queues",
                rate);
  tell("sends beside nothing", alone);
  tell(publications, beside);
  std::printf("  p50 with over without %.2f, p99 %.2f (at most %.1f)\n", middle.median(), slowest.median(),
              kSlowerMax);
  verdict.expect(slowest.median() <= kSlowerMax, "publications delay sends to other queues");
  verdict.expect(std::all_of(fans.begin(), fans.end(), [&](const Fan& fan) { return fan.whole(daemon); }),
                 "a queue has not what was published");
  std::printf("  %s\n", verdict.good()
                            ? "holds: cost grows no faster than the queues, and sends keep their latency"
                            : "DOES NOT HOLD");
  return verdict.good();
}

}  // namespace penstock
