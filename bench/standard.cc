// standard: everything that the table of ratios wants, in one run. The parts of a round lie seconds apart and
// each ratio is taken within a round. What is measured once comes behind the rounds.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "bench/background_load.h"
#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/depth.h"
#include "bench/endpoint_load.h"
#include "bench/endpoint_scripts.h"
#include "bench/part.h"
#include "bench/peers.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/signed_call.h"
#include "bench/sns_dialect.h"
#include "bench/space.h"
#include "bench/text.h"
#include "bench/verdict.h"
#include "bench/wire_load.h"
#include "storage/rocks_store.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kFew = 64;
constexpr std::size_t kMany = 256;
constexpr std::size_t kBatch = 10;
constexpr std::size_t kIdlePolls = 10'000;
constexpr std::size_t kWaiting = 1'000;
// The log is written to tables some 256 MB at a time, so fewer bytes would show nothing of that.
constexpr std::uint64_t kLifeMessages = 300'000;
constexpr std::size_t kTouchedQueues = 10;
constexpr std::size_t kTouchedInQueue = 100'000;

double megabytes(std::size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

class Standard {
 public:
  explicit Standard(const BenchmarkOptions& options)
      : options_(options), scratch_(options.directory), report_(begin_report("penstock")) {
    report_.conditions = formatted("%zu byte bodies, %zu interleaved rounds, %g s each part", kBodyBytes,
                                   options.rounds, options.seconds);
    write_credentials(credentials());
    name_claims();
  }

  bool run();

 private:
  std::string credentials() const { return scratch_.path("credentials.yaml"); }
  // In the order in which they are told, also those that are measured late or not at all.
  void name_claims();
  void now(const std::string& what) { progress_.now(what); }
  Part on(const Daemon& daemon, std::size_t connections, HttpScript& script, double each = 1) {
    return measure_load(daemon.process(), daemon.port(), options_, connections, script, progress_, each);
  }
  Part consume(const Daemon& daemon, const SqsDialect& dialect, ConsumerPlan plan);
  Part publish(const Daemon& daemon, const std::string& name);
  Endpoint endpoint_of(const Daemon& daemon) const;

  void round(std::size_t number);
  void bytes_written();
  void depth();
  void wake_ups();
  void idle_polls();
  void touched();
  void space();

  const BenchmarkOptions& options_;
  const ScratchDirectory scratch_;
  Report report_;
  Progress progress_;
};

constexpr const char* kSendOverB2 = "durable Send with SigV4 over B2, 64 connections";
constexpr const char* kSendOverB2Many = "durable Send with SigV4 over B2, 256 connections";
constexpr const char* kCpu = "CPU of such a Send over that of B1 and B2, 64";
constexpr const char* kBatches = "messages in batches of ten over B2, 256";
constexpr const char* kOverRedis = "durable Send over Redis XADD appendfsync always, 64";
constexpr const char* kTail = "p99 over p50 of a Send, 64";
constexpr const char* kBeyondLog = "bytes written beyond the log over those of bodies";
constexpr const char* kDrain = "drain, last tenth over first";
constexpr const char* kMemory = "resident with that many messages of 200 bytes, MB";
constexpr const char* kRestart = "serving again after a kill with that many, s";
constexpr const char* kTouched = "1,000,000 in flight, MB that they add";
constexpr const char* kIdleMemory = "10,000 idle long polls, MB that they add";
constexpr const char* kIdleCpu = "10,000 idle long polls, share of a processor";
constexpr const char* kSpace = "disk a minute after a queue was emptied, over the log's limit";
constexpr const char* kConsume = "receives of ten and single deletes, messages over Sends";
constexpr const char* kFifo = "FIFO send, receive and delete over Sends";
constexpr const char* kPublish = "publications to three raw queues over Sends";
constexpr const char* kWake = "wake-up of one of 1,000, p99 above the Send's, ms";

void Standard::name_claims() {
  report_.subject("B1 bare Beast echo, 64");
  report_.subject("B2 bare group commit, 64", "records");
  report_.subject("B2 bare group commit, 256", "records");
  for (const auto& [name, goal, at_most] : {std::tuple{kSendOverB2, 0.50, false},
                                            {kSendOverB2Many, 0.37, false},
                                            {kCpu, 1.15, true},
                                            {kBatches, 1.0, false},
                                            {kOverRedis, 1.1, false},
                                            {kTail, 10.0, true},
                                            {kBeyondLog, 0.02, true},
                                            {kDrain, 0.95, false},
                                            {kMemory, 250.0, true},
                                            {kRestart, 2.0, true},
                                            {kTouched, 100.0, true},
                                            {kIdleMemory, 64.0, true},
                                            {kIdleCpu, 0.002, true},
                                            {kSpace, 2.0, true},
                                            {kConsume, 0.5, false},
                                            {kFifo, 0.333, false},
                                            {kPublish, 0.333, false},
                                            {kWake, 10.0, true}}) {
    report_.claim(name, goal, at_most).unmeasured = "this run did not come to it";
  }
}

Endpoint Standard::endpoint_of(const Daemon& daemon) const {
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = daemon.port();
  endpoint.caller.authority = "127.0.0.1:" + std::to_string(daemon.port());
  endpoint.server = daemon.process().id();
  return endpoint;
}

Part Standard::consume(const Daemon& daemon, const SqsDialect& dialect, ConsumerPlan plan) {
  Consumers script(dialect, std::move(plan), kFew);
  Part part = on(daemon, kFew, script);
  // By requests so far; what is counted are messages.
  const double messages_each = static_cast<double>(script.messages) / static_cast<double>(script.all);
  if (script.messages == 0) throw std::runtime_error("nothing was received");
  part.rate *= messages_each;
  part.cpu_us /= messages_each;
  return part;
}

Part Standard::publish(const Daemon& daemon, const std::string& name) {
  const SnsDialect sns(endpoint_of(daemon).caller);
  OneAnswer topic(sns.create_topic(name));
  run_http_load(daemon.port(), 1, std::chrono::seconds(10), topic);
  const std::string arn = SnsDialect::topic_arn(topic.body);
  for (int queue = 0; queue < 3; ++queue) {
    const std::string to = name + "-" + std::to_string(queue);
    daemon.create_queue(to);
    OneAnswer subscribed(sns.subscribe_raw(arn, "arn:aws:sqs:us-east-1:000000000000:" + to));
    run_http_load(daemon.port(), 1, std::chrono::seconds(10), subscribed);
    if (subscribed.status != 200) throw std::runtime_error("a queue could not be subscribed");
  }
  Repeat script(sns.publish(arn, std::string(kBodyBytes, 'x')));
  return on(daemon, kFew, script);
}

void Standard::round(std::size_t round) {
  const std::string number = std::to_string(round + 1);
  const std::string prefix = "round " + number + " of " + std::to_string(options_.rounds) + ", ";
  const std::string body(kBodyBytes, 'x');

  now(prefix + "B1");
  const Part echo = measure_echo(options_, kFew, kBodyBytes, progress_);
  now(prefix + "B2 with 64");
  const Part commit = measure_commit(options_, kFew, kBodyBytes, scratch_.path("b2-64-" + number));
  Part send;
  {
    const Daemon verifying(options_.penstock, scratch_.path("verifying-" + number),
                           {"--credentials", credentials()});
    OneAnswer create(signed_call("CreateQueue", R"({"QueueName":"bench"})"));
    run_http_load(verifying.port(), 1, std::chrono::seconds(10), create);
    // Signed for each load: a signature is good for a quarter of an hour.
    const auto signed_send = [&body] {
      return signed_call("SendMessage",
                         R"({"QueueUrl":"http://127.0.0.1/000000000000/bench","MessageBody":")" + body + "\"}");
    };
    Repeat sending(signed_send());
    now(prefix + "signed sends, 64");
    send = on(verifying, kFew, sending);
    if (!options_.redis.empty()) {
      now(prefix + "Redis");
      const Peer redis = start_redis(options_.redis, scratch_.path("redis-" + number));
      if (round == 0) report_.versions.emplace_back(redis.name, redis.version);
      const Seconds before = cpu_of(redis.server);
      const LoadResult load =
          run_wire_load(redis.port, kFew, Seconds(options_.seconds), redis_xadd(kBodyBytes));
      const Part added = Part::of(load, cpu_of(redis.server) - before);
      added.add_to(report_.subject("Redis XADD, appendfsync always, 64"));
      report_.claim(kOverRedis, 0).values.add(send.rate / added.rate);
    }
    now(prefix + "B2 with 256");
    const Part commit_many = measure_commit(options_, kMany, kBodyBytes, scratch_.path("b2-256-" + number));
    now(prefix + "signed sends, 256");
    Repeat sending_many(signed_send());
    const Part send_many = on(verifying, kMany, sending_many);
    const Daemon daemon(options_.penstock, scratch_.path("data-" + number));
    const SqsDialect dialect(SqsDialect::Protocol::kJson, endpoint_of(daemon).caller);
    Repeat batches(dialect.send_batch(daemon.create_queue("batches"), body, kBatch));
    now(prefix + "batches of ten, 256");
    const Part batch = on(daemon, kMany, batches, kBatch);
    commit_many.add_to(report_.subject("B2 bare group commit, 256", "records"));
    send_many.add_to(report_.subject("SendMessage, verified, 256"));
    batch.add_to(report_.subject("SendMessageBatch of ten, 256", "messages"));
    report_.claim(kSendOverB2Many, 0).values.add(send_many.rate / commit_many.rate);
    report_.claim(kBatches, 0).values.add(batch.rate / commit_many.rate);
  }
  const Daemon daemon(options_.penstock, scratch_.path("more-" + number));
  const SqsDialect dialect(SqsDialect::Protocol::kJson, endpoint_of(daemon).caller);
  const std::string url = daemon.create_queue("bench");
  Repeat sending(dialect.send(url, body));
  now(prefix + "sends, 64");
  const Part plain = on(daemon, kFew, sending);
  now(prefix + "receives and deletes, 64");
  const Part drain = consume(daemon, dialect, {.url = url, .body = {}, .until_dry = true});
  now(prefix + "cycles, 64");
  const Part cycle =
      consume(daemon, dialect, {.url = daemon.create_queue("cycle"), .messages_max = 1, .body = body});
  now(prefix + "FIFO cycles, 64");
  const Part fifo = consume(daemon, dialect,
                            {.url = daemon.create_queue("fifo.fifo", "\"FifoQueue\":\"true\""),
                             .messages_max = 1,
                             .body = body,
                             .in_groups = true});
  now(prefix + "publications, 64");
  const Part published = publish(daemon, "topic");

  echo.add_to(report_.subject("B1 bare Beast echo, 64"));
  commit.add_to(report_.subject("B2 bare group commit, 64", "records"));
  send.add_to(report_.subject("SendMessage, verified, 64"));
  plain.add_to(report_.subject("SendMessage, 64"));
  drain.add_to(report_.subject("receives of ten, single deletes, 64", "messages"));
  cycle.add_to(report_.subject("send, receive one, delete, 64", "messages"));
  fifo.add_to(report_.subject("the same on a FIFO queue, 64", "messages"));
  published.add_to(report_.subject("Publish to three raw queues, 64"));
  report_.claim(kSendOverB2, 0).values.add(send.rate / commit.rate);
  report_.claim(kCpu, 0).values.add(send.cpu_us / (echo.cpu_us + commit.cpu_us));
  report_.claim(kTail, 0).values.add(send.p99_us() / send.p50_us());
  report_.claim(kConsume, 0).values.add(drain.rate / plain.rate);
  report_.claim(kFifo, 0).values.add(fifo.rate / plain.rate);
  report_.claim(kPublish, 0).values.add(published.rate / plain.rate);
}

// Lives of messages in a queue that is never deeper than there are connections.
void Standard::bytes_written() {
  now("lives of messages, for what is written beyond the log");
  const Daemon daemon(options_.penstock, scratch_.path("life"));
  const SqsDialect dialect(SqsDialect::Protocol::kJson, endpoint_of(daemon).caller);
  Consumers script(
      dialect, {.url = daemon.create_queue("life"), .messages_max = 1, .body = std::string(kBodyBytes, 'x')},
      kFew);
  LoadPlan plan;
  plan.port = daemon.port();
  plan.connections = kFew;
  plan.time = std::chrono::hours(1);
  std::atomic<bool> over{false};
  plan.over = &over;
  plan.each_second = [&, show = progress_.each_second()](double seconds, std::uint64_t answers) {
    if (show) show(seconds, answers);
    if (script.messages >= std::min(kLifeMessages, options_.messages)) over = true;
  };
  const std::uint64_t written_before = written_bytes_of(daemon.process().id());
  const std::uint64_t log_before = daemon.number("penstock_store_bytes_written_total");
  run_http_load(plan, script);
  const double written = static_cast<double>(written_bytes_of(daemon.process().id()) - written_before);
  const double logged = static_cast<double>(daemon.number("penstock_store_bytes_written_total") - log_before);
  const double bodies = static_cast<double>(script.messages) * kBodyBytes;
  report_.claim(kBeyondLog, 0).values.add((written - logged) / bodies);
  report_.notes.push_back(
      formatted("%s lives of messages wrote %.3f bytes for each of a body, %.3f of them to the log",
                readable(static_cast<double>(script.messages)).c_str(), written / bodies, logged / bodies));
}

void Standard::depth() {
  now(readable(static_cast<double>(options_.messages)) + " messages deep");
  Verdict verdict;
  const DepthFigures figures = measure_depth(options_, verdict, nullptr);
  report_.claim(kDrain, 0).values.add(figures.last_over_first);
  report_.claim(kMemory, 0).values.add(megabytes(figures.resident_bytes_max));
  report_.claim(kRestart, 0).values.add(figures.restart_seconds);
  report_.notes.push_back("\"that many\": " + readable(static_cast<double>(options_.messages)) +
                          (verdict.good() ? ", each of which came once" : ", and NOT each came once") +
                          "; --messages N for others");
  if (!verdict.good()) report_.subject("SendMessage, 64").went_wrong("promise of depth broken", 1);
}

void Standard::wake_ups() {
  const Daemon daemon(options_.penstock, scratch_.path("wake"),
                      {"--connections-max", "2000", "--connections-address-max", "2000"});
  EndpointLoadOptions load;
  load.endpoints = {endpoint_of(daemon)};
  load.plan.connections = kWaiting;
  load.plan.warm_up = Seconds(2);
  load.plan.time = Seconds(std::max(options_.seconds, 10.0));
  load.body_bytes = 200;
  for (std::size_t round = 0; round < options_.rounds; ++round) {
    now("wake-ups, " + std::to_string(round + 1));
    Report one = begin_report("");
    measure_endpoint(LoadKind::kLongPoll, load.endpoints.front(), load, progress_, one);
    const Subject& send = one.subjects.front();
    const Subject& woken = one.subjects.back();
    report_.claim(kWake, 0).values.add((woken.p99_us.median() - send.p99_us.median()) / 1e3);
    report_.add_round("sends that wake", send);
    report_.add_round("wake-up of one of 1,000 long polls", woken);
  }
}

void Standard::idle_polls() {
  now("10,000 idle long polls");
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_max < kIdlePolls + 200) {
    const std::string why = "a process may open only " + std::to_string(files.rlim_max) + " files here";
    report_.claim(kIdleMemory, 0).unmeasured = report_.claim(kIdleCpu, 0).unmeasured = why;
    return;
  }
  const std::string most = std::to_string(kIdlePolls + 100);
  const Daemon daemon(options_.penstock, scratch_.path("idle"),
                      {"--connections-max", most, "--connections-address-max", most});
  const SqsDialect dialect(SqsDialect::Protocol::kJson, endpoint_of(daemon).caller);
  const std::string url = daemon.create_queue("idle");
  const std::size_t before = daemon.process().resident_bytes();
  Repeat script(dialect.receive(url, 1, 20));
  LoadPlan plan;
  plan.port = daemon.port();
  plan.connections = kIdlePolls;
  plan.strict = false;
  BackgroundLoad poller(plan, script);
  const Clock::time_point end = Clock::now() + std::chrono::seconds(8);
  bool all = false;
  while (!(all = daemon.number("penstock_receivers_waiting") == kIdlePolls) && Clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (all) {
    // Both together shorter than they wait, so that none is answered meanwhile.
    const Seconds cpu = daemon.process().cpu();
    const Clock::time_point from = Clock::now();
    std::this_thread::sleep_for(std::chrono::seconds(10));
    report_.claim(kIdleCpu, 0).values.add((daemon.process().cpu() - cpu) / Seconds(Clock::now() - from));
    report_.claim(kIdleMemory, 0).values.add(megabytes(daemon.process().resident_bytes() - before));
  } else {
    report_.claim(kIdleMemory, 0).unmeasured = report_.claim(kIdleCpu, 0).unmeasured = "not all came to wait";
  }
  poller.end();
}

// In flight: received, and not deleted.
void Standard::touched() {
  now("1,000,000 in flight");
  const Daemon daemon(options_.penstock, scratch_.path("touched"));
  const SqsDialect dialect(SqsDialect::Protocol::kJson, endpoint_of(daemon).caller);
  std::vector<std::string> urls;
  const auto load = [&](std::string request, std::size_t times) {
    Repeat script(std::move(request), times);
    const LoadResult result = run_http_load(daemon.port(), kFew, std::chrono::hours(1), script);
    if (result.failures > 0) throw std::runtime_error("a request failed");
  };
  for (std::size_t at = 0; at < kTouchedQueues; ++at) {
    urls.push_back(daemon.create_queue("touched-" + std::to_string(at), "\"VisibilityTimeout\":\"3600\""));
    load(dialect.send_batch(urls.back(), std::string(200, 'x'), kBatch), kTouchedInQueue / kBatch);
  }
  const std::size_t before = daemon.process().resident_bytes();
  constexpr std::uint64_t kAll = kTouchedQueues * kTouchedInQueue;
  // Now and then a receive hands out fewer than ten.
  for (int times = 0; times < 5 && daemon.number("penstock_messages_touched") < kAll; ++times) {
    for (const std::string& url : urls)
      load(dialect.receive(url, kBatch, 0), times == 0 ? kTouchedInQueue / kBatch : kFew);
  }
  const std::size_t after = daemon.process().resident_bytes();
  const std::uint64_t in_flight = daemon.number("penstock_messages_touched");
  if (in_flight < kAll) {
    report_.claim(kTouched, 0).unmeasured = readable(static_cast<double>(in_flight)) + " were handed out";
    return;
  }
  report_.claim(kTouched, 0).values.add(megabytes(after - std::min(before, after)));
}

void Standard::space() {
  const SpaceFigures space = measure_space(options_, [&](const char* what) { now(what); });
  report_.claim(kSpace, 0)
      .values.add(static_cast<double>(space.emptied_bytes) / static_cast<double>(RocksStoreOptions{}.wal_bytes_max));
  report_.notes.push_back(
      formatted("%s messages of 1 KB took %.0f MB of disk, and %.0f MB a minute after the last one was deleted",
                readable(static_cast<double>(space.messages)).c_str(), megabytes(space.filled_bytes),
                megabytes(space.emptied_bytes)));
}

bool Standard::run() {
  if (options_.redis.empty()) report_.claim(kOverRedis, 0).unmeasured = "no Redis was named (--redis)";
  for (std::size_t number = 0; number < options_.rounds; ++number) round(number);
  bytes_written();
  depth();
  wake_ups();
  idle_polls();
  touched();
  space();
  progress_.clear();
  penstock::publish(report_, options_.report);
  return std::all_of(report_.subjects.begin(), report_.subjects.end(),
                     [](const Subject& subject) { return subject.wrong.empty(); });
}

}  // namespace

bool standard(const BenchmarkOptions& options) { return Standard(options).run(); }

}  // namespace penstock
