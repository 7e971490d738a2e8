#include "bench/endpoint_load.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>

#include "bench/background_load.h"
#include "bench/endpoint_scripts.h"
#include "bench/process_usage.h"
#include "bench/sns_dialect.h"
#include "bench/text.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::array<std::pair<LoadKind, std::string_view>, 9> kNames{
    {{LoadKind::kSend, "send"},
     {LoadKind::kBatch, "batch"},
     {LoadKind::kReceiveDelete, "receive-delete"},
     {LoadKind::kCycle, "cycle"},
     {LoadKind::kFifo, "fifo"},
     {LoadKind::kPublish, "publish"},
     {LoadKind::kLongPoll, "long-poll"},
     {LoadKind::kBacklog, "backlog"},
     {LoadKind::kMixed, "mixed"}}};

constexpr double kWakesASecond = 100;
constexpr std::size_t kWakers = 4;
// For how long messages and copies that were accepted may take to be there, and polls to be waiting.
constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kPollsSettle = std::chrono::seconds(1);

template <class Holds>
bool comes_true(const Holds& holds) {
  for (const Clock::time_point end = Clock::now() + kPatience; !holds();) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::string own_name() {
  const auto moment = Clock::now().time_since_epoch().count();
  return "penstock-bench-" + std::to_string(getpid()) + "-" + std::to_string(moment % 1'000'000'000);
}

// Measures one kind at one endpoint. What it creates there is gone when it is.
class Visit {
 public:
  Visit(LoadKind kind, const Endpoint& endpoint, const EndpointLoadOptions& options, Progress& progress,
        Report& report)
      : kind_(kind),
        endpoint_(endpoint),
        options_(options),
        progress_(progress),
        report_(report),
        dialect_(options.protocol, endpoint.caller),
        sns_(endpoint.caller) {}
  ~Visit() {
    for (const auto& request : to_remove_) {
      try {
        if (call(request()).status / 100 == 2) continue;
      } catch (const std::exception&) {
      }
      std::fprintf(stderr, "penstock-bench: something was left at %s\n", endpoint_.caller.authority.c_str());
    }
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  void measure();

 private:
  OneAnswer call(std::string request) const {
    LoadPlan one;
    one.host = endpoint_.host;
    one.port = endpoint_.port;
    one.tls = endpoint_.tls.get();
    one.time = std::chrono::seconds(60);
    OneAnswer script(std::move(request));
    run_http_load(one, script);
    return script;
  }
  LoadPlan plan() const {
    LoadPlan plan = options_.plan;
    plan.host = endpoint_.host;
    plan.port = endpoint_.port;
    plan.tls = endpoint_.tls.get();
    plan.each_second = progress_.each_second();
    return plan;
  }
  // As many requests as there are, as fast as they are answered.
  LoadPlan until_done() const {
    LoadPlan until = plan();
    until.rate = 0;
    until.warm_up = Seconds(0);
    until.time = std::chrono::hours(10);
    return until;
  }
  Subject& subject(std::string_view part, std::string_view counts) {
    std::string name(name_of(kind_));
    if (!part.empty()) name += ", " + std::string(part);
    if (options_.endpoints.size() > 1) name += " at " + endpoint_.caller.authority;
    return report_.subject(name, counts);
  }

  std::string create_queue(bool fifo = false);
  std::string create_topic();
  std::uint64_t waiting_in(const std::string& url) const;
  void fill(const std::string& url);
  LoadResult load(const LoadPlan& plan, CountingScript& script, Subject& subject);
  void over_and_over(std::function<std::string()> request, std::uint64_t each, std::string_view counts);
  void consume(ConsumerPlan consumers);
  void publish();
  void long_poll();
  void backlog();

  const LoadKind kind_;
  const Endpoint& endpoint_;
  const EndpointLoadOptions& options_;
  Progress& progress_;
  Report& report_;
  const SqsDialect dialect_;
  const SnsDialect sns_;
  std::vector<std::function<std::string()>> to_remove_;
};

std::string Visit::create_queue(bool fifo) {
  const std::string name = own_name();
  const OneAnswer made =
      call(fifo ? dialect_.create_fifo_queue(name + ".fifo") : dialect_.create_queue(name));
  const std::string url = made.status == 200 ? dialect_.queue_url(made.body) : std::string();
  if (url.empty()) {
    throw std::runtime_error("the endpoint gave no queue: " + std::to_string(made.status) + " " +
                             made.body.substr(0, kRefusalBytesMax));
  }
  to_remove_.push_back([this, url] { return dialect_.delete_queue(url); });
  return url;
}

std::string Visit::create_topic() {
  const OneAnswer made = call(sns_.create_topic(own_name()));
  const std::string arn = made.status == 200 ? SnsDialect::topic_arn(made.body) : std::string();
  if (arn.empty()) {
    throw std::runtime_error("the endpoint gave no topic: " + std::to_string(made.status) + " " +
                             made.body.substr(0, kRefusalBytesMax));
  }
  to_remove_.push_back([this, arn] { return sns_.delete_topic(arn); });
  return arn;
}

std::uint64_t Visit::waiting_in(const std::string& url) const {
  const char* const name = "ApproximateNumberOfMessages";
  const std::string count = dialect_.attribute(call(dialect_.get_attribute(url, name)).body, name);
  return count.empty() ? 0 : std::stoull(count);
}

void Visit::fill(const std::string& url) {
  SendOver script(
      dialect_, [&] { return dialect_.send(url, std::string(options_.body_bytes, 'x')); }, 1,
      options_.messages);
  run_http_load(until_done(), script);
  if (script.messages < options_.messages) {
    throw std::runtime_error("filling the queue failed: " + script.first_refusal);
  }
}

// Runs it, and adds everything that any load tells of itself.
LoadResult Visit::load(const LoadPlan& plan, CountingScript& script, Subject& subject) {
  const auto own_before = own_cpu();
  const auto server_before = endpoint_.server ? std::optional(cpu_of(*endpoint_.server)) : std::nullopt;
  const Clock::time_point begin = Clock::now();
  LoadResult load = run_http_load(plan, script);
  subject.own_share.add((own_cpu() - own_before).count() / Seconds(Clock::now() - begin).count());
  if (server_before && script.messages > 0) {
    subject.cpu_us.add((cpu_of(*endpoint_.server) - *server_before).count() * 1e6 /
                       static_cast<double>(script.messages));
    subject.resident_mb.add(static_cast<double>(resident_bytes_of(*endpoint_.server) >> 20));
  }
  subject.went_wrong("answers that are not 2xx", load.failures);
  subject.went_wrong("broken connections", load.broken);
  subject.went_wrong("batches with refused entries", script.refused_batches);
  if (load.late > 0)
    subject.told["requests were due and never sent: no connection came free in time"] += load.late;
  if (script.empty_receives > 0) subject.told["receives found nothing"] += script.empty_receives;
  if (subject.first_refusal.empty()) subject.first_refusal = script.first_refusal;
  // What was moved during the warm-up is left out in proportion.
  const double share =
      script.all > 0 ? static_cast<double>(load.answers) / static_cast<double>(script.all) : 0;
  if (load.elapsed.count() > 0)
    subject.rate.add(static_cast<double>(script.messages) * share / load.elapsed.count());
  subject.p50_us.add(microseconds(load.latency.at(0.50)));
  subject.p99_us.add(microseconds(load.latency.at(0.99)));
  subject.latency.add(load.latency);
  subject.by_second.insert(subject.by_second.end(), load.by_second.begin(), load.by_second.end());
  return load;
}

void Visit::over_and_over(std::function<std::string()> request, std::uint64_t each, std::string_view counts) {
  SendOver script(dialect_, std::move(request), each);
  load(plan(), script, subject("", counts));
}

void Visit::consume(ConsumerPlan consumers) {
  Consumers script(dialect_, std::move(consumers), options_.plan.connections);
  load(plan(), script, subject("", "messages"));
}

void Visit::publish() {
  const std::string topic = create_topic();
  std::vector<std::string> urls;
  for (std::size_t at = 0; at < options_.queues; ++at) {
    const std::string& url = urls.emplace_back(create_queue());
    const std::string arn =
        dialect_.attribute(call(dialect_.get_attribute(url, "QueueArn")).body, "QueueArn");
    if (call(sns_.subscribe_raw(topic, arn)).status != 200)
      throw std::runtime_error("the endpoint did not subscribe a queue");
  }
  SendOver script(
      dialect_, [&] { return sns_.publish(topic, std::string(options_.body_bytes, 'x')); }, 1);
  Subject& told = subject(formatted("to %zu queues", options_.queues), "publications");
  load(plan(), script, told);
  std::uint64_t missing = 0;
  comes_true([&] {
    missing = 0;
    for (const std::string& url : urls)
      missing += script.messages - std::min(script.messages, waiting_in(url));
    return missing == 0;
  });
  told.went_wrong("copies are not in their queues", missing);
}

void Visit::long_poll() {
  const std::string url = create_queue();
  MarkedPolls polls(dialect_, {url}, options_.plan.connections);
  LoadPlan polling = plan();
  polling.rate = 0;
  polling.warm_up = Seconds(0);
  polling.each_second = nullptr;
  BackgroundLoad poller(polling, polls);
  // No endpoint tells how many wait.
  std::this_thread::sleep_for(std::max<Clock::duration>(
      std::chrono::duration_cast<Clock::duration>(options_.plan.warm_up), kPollsSettle));

  LoadPlan sending = plan();
  sending.connections = kWakers;
  sending.warm_up = Seconds(0);
  if (sending.rate <= 0) sending.rate = kWakesASecond;
  MarkedSends sends(dialect_, {url}, options_.body_bytes, kWakers);
  load(sending, sends, subject("the send's own answer", "messages"));
  comes_true([&] { return polls.deleted.load() >= sends.messages; });
  const LoadResult& polled = poller.end();

  Subject& woken =
      subject(formatted("of %zu the one that a send wakes", options_.plan.connections), "messages");
  woken.rate.add(static_cast<double>(polls.messages) / sending.time.count());
  woken.p50_us.add(microseconds(polls.wakes.at(0.50)));
  woken.p99_us.add(microseconds(polls.wakes.at(0.99)));
  woken.latency.add(polls.wakes);
  woken.went_wrong("answers that are not 2xx", polled.failures);
  woken.went_wrong("broken connections", polled.broken);
  woken.went_wrong("messages came to nobody", sends.messages - std::min(sends.messages, polls.seen()));
  woken.went_wrong("messages came twice", polls.twice);
}

void Visit::backlog() {
  const std::string url = create_queue();
  SendOver filling(
      dialect_, [&] { return dialect_.send(url, std::string(options_.body_bytes, 'x')); }, 1,
      options_.messages);
  load(until_done(), filling, subject("fill", "messages"));
  Consumers draining(dialect_, {.url = url, .body = {}, .until_dry = true}, options_.plan.connections);
  Subject& drained = subject("drain", "messages");
  const LoadResult result = load(until_done(), draining, drained);
  drained.went_wrong("messages did not come",
                     filling.messages - std::min(filling.messages, draining.messages));
  const std::size_t tenth = result.by_second.size() / 10;
  if (tenth == 0) return;  // too short to say anything
  const auto sum = [tenth](auto from) {
    return std::accumulate(from, from + static_cast<std::ptrdiff_t>(tenth), 0.0);
  };
  report_.notes.push_back(drained.name + ": the last tenth of its seconds over the first " +
                          readable(sum(result.by_second.end() - static_cast<std::ptrdiff_t>(tenth)) /
                                   sum(result.by_second.begin())));
}

void Visit::measure() {
  const std::string body(options_.body_bytes, 'x');
  switch (kind_) {
    case LoadKind::kSend: {
      const std::string url = create_queue();
      return over_and_over([&] { return dialect_.send(url, body); }, 1, "messages");
    }
    case LoadKind::kBatch: {
      const std::string url = create_queue();
      return over_and_over([&] { return dialect_.send_batch(url, body, kBatchEntries); }, kBatchEntries,
                           "messages");
    }
    case LoadKind::kReceiveDelete: {
      const std::string url = create_queue();
      fill(url);
      return consume({.url = url, .body = {}, .until_dry = true});
    }
    case LoadKind::kCycle:
      return consume({.url = create_queue(), .messages_max = 1, .body = body});
    case LoadKind::kFifo:
      return consume({.url = create_queue(true), .messages_max = 1, .body = body, .in_groups = true});
    case LoadKind::kMixed:
      return consume({.url = create_queue(),
                      .wait_seconds = 1,
                      .body = body,
                      .senders = std::max<std::size_t>(options_.plan.connections / 2, 1)});
    case LoadKind::kPublish:
      return publish();
    case LoadKind::kLongPoll:
      return long_poll();
    case LoadKind::kBacklog:
      return backlog();
  }
}

}  // namespace

std::string_view name_of(LoadKind kind) {
  return std::find_if(kNames.begin(), kNames.end(), [kind](const auto& named) { return named.first == kind; })
      ->second;
}

std::optional<LoadKind> load_kind(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

void measure_endpoint(LoadKind kind, const Endpoint& endpoint, const EndpointLoadOptions& options,
                      Progress& progress, Report& report) {
  Visit(kind, endpoint, options, progress, report).measure();
}

Report run_endpoint_load(const EndpointLoadOptions& options) {
  std::string endpoints;
  for (const Endpoint& endpoint : options.endpoints) endpoints += " " + endpoint.caller.authority;
  Report report = begin_report("load on" + endpoints);
  report.conditions =
      formatted("%zu connections, %zu byte bodies, AWS %s, %s, %zu round%s of %g s", options.plan.connections,
                options.body_bytes, options.protocol == SqsDialect::Protocol::kJson ? "JSON" : "Query",
                options.plan.rate > 0 ? formatted("%g requests/s asked for", options.plan.rate).c_str()
                                      : "each connection as fast as it is answered",
                options.rounds, options.rounds == 1 ? "" : "s", options.plan.time.count());
  Progress progress;
  for (std::size_t round = 1; round <= options.rounds; ++round) {
    for (const LoadKind kind : options.kinds) {
      for (const Endpoint& endpoint : options.endpoints) {
        progress.now(formatted("round %zu of %zu, %s at %s", round, options.rounds,
                               std::string(name_of(kind)).c_str(), endpoint.caller.authority.c_str()));
        measure_endpoint(kind, endpoint, options, progress, report);
      }
    }
  }
  return report;
}

}  // namespace penstock
