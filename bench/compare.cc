// compare: Penstock, the bare baselines and peers in the same rounds on this machine, over loopback, each
// with 64 connections that have one request of 1 KB outstanding. Who keeps its word is said beside each:
// "durable" answers when the message is synced to disk.
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/endpoint_load.h"
#include "bench/part.h"
#include "bench/peers.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/text.h"
#include "bench/wire_load.h"

namespace penstock {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;

class Comparison {
 public:
  explicit Comparison(const BenchmarkOptions& options)
      : options_(options),
        scratch_(options.directory),
        connections_(options.connections > 0 ? options.connections : kConnections),
        report_(begin_report("Penstock beside others")) {
    report_.conditions = formatted(
        "%zu connections with one request outstanding each, %zu byte bodies, %zu interleaved rounds of %g s",
        connections_, kBodyBytes, options.rounds, options.seconds);
  }
  bool run();

 private:
  void beside(const std::string& program, const std::function<void()>& measure, const char* what) {
    if (program.empty()) return;
    progress_.now(formatted("round %zu of %zu, %s", round_ + 1, options_.rounds, what));
    measure();
  }
  void seen(const Peer& peer) {
    if (round_ == 0) report_.versions.emplace_back(peer.name, peer.version);
  }
  Part wire(const Peer& peer, const WireProtocol& protocol);
  // SQS calls to whoever listens there.
  void sqs(const std::string& name, std::uint16_t port, pid_t server, const char* word);
  std::string directory(const char* name) const { return scratch_.path(name + std::to_string(round_)); }
  void round();

  const BenchmarkOptions& options_;
  const ScratchDirectory scratch_;
  const std::size_t connections_;
  std::size_t round_ = 0;
  Report report_;
  Progress progress_;
};

constexpr const char* kEcho = "CPU of the HTTP echo over that of nginx answering 200";
constexpr const char* kEchoSame = "the same, of nginx answering as many bytes";
constexpr const char* kCommit = "bare group commit over Redis XADD appendfsync always";
constexpr const char* kRedis = "Penstock SendMessage over Redis XADD";
constexpr const char* kBeanstalkd = "Penstock SendMessage over beanstalkd put";
constexpr const char* kRabbit = "Penstock SendMessage over RabbitMQ publish, quorum queue";
constexpr const char* kEmulator = "Penstock SendMessage over the emulator's";

Part Comparison::wire(const Peer& peer, const WireProtocol& protocol) {
  const Seconds before = cpu_of(peer.server);
  const LoadResult load = run_wire_load(peer.port, connections_, Seconds(options_.seconds), protocol);
  Part part = Part::of(load, cpu_of(peer.server) - before);
  part.resident_mb = static_cast<double>(resident_bytes_of(peer.server) >> 20);
  seen(peer);
  return part;
}

void Comparison::sqs(const std::string& name, std::uint16_t port, pid_t server, const char* word) {
  EndpointLoadOptions load;
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = port;
  endpoint.caller.authority = "127.0.0.1:" + std::to_string(port);
  endpoint.server = server;
  load.endpoints = {endpoint};
  load.plan.connections = connections_;
  load.plan.time = Seconds(options_.seconds);
  for (const LoadKind kind : {LoadKind::kSend, LoadKind::kCycle}) {
    Report one = begin_report("");
    measure_endpoint(kind, endpoint, load, progress_, one);
    report_.add_round(name + (kind == LoadKind::kSend ? " SendMessage, " : " send, receive, delete, ") + word,
                      one.subjects.front());
  }
}

void Comparison::round() {
  const auto rate = [this](const std::string& name) { return report_.subject(name).rate.all().back(); };
  progress_.now(formatted("round %zu of %zu, Penstock and the baselines", round_ + 1, options_.rounds));
  const Part echo = measure_echo(options_, connections_, kBodyBytes, progress_);
  const Part commit = measure_commit(options_, connections_, kBodyBytes, directory("b2-"));
  echo.add_to(report_.subject("B1 bare Beast echo"));
  commit.add_to(report_.subject("B2 bare group commit, durable", "records"));
  {
    const Daemon daemon(options_.penstock, directory("data-"));
    sqs("Penstock", daemon.port(), daemon.process().id(), "durable");
  }
  const double send = rate("Penstock SendMessage, durable");
  const auto add = [&](const char* name, const char* counts, const Part& part, const char* claim) {
    part.add_to(report_.subject(name, counts));
    report_.claim(claim, 1).values.add(send / part.rate);
  };

  beside(
      options_.nginx,
      [&] {
        const Peer nginx = start_nginx(options_.nginx, directory("nginx-"));
        const std::string body(kBodyBytes, 'x');
        Repeat short_answers(http_post("Content-Type: text/plain\r\n", body));
        const Part part =
            measure_load(*nginx.process, nginx.port, options_, connections_, short_answers, progress_);
        Repeat long_answers(http_post("Content-Type: text/plain\r\n", body, "/kilobyte"));
        const Part same =
            measure_load(*nginx.process, nginx.port, options_, connections_, long_answers, progress_);
        seen(nginx);
        part.add_to(report_.subject("nginx return 200, two bytes"));
        same.add_to(report_.subject("nginx return 200, as many bytes as the echo"));
        report_.claim(kEcho, 1.35, true).values.add(echo.cpu_us / part.cpu_us);
        report_.claim(kEchoSame, 1.35, true).values.add(echo.cpu_us / same.cpu_us);
      },
      "nginx");
  beside(
      options_.redis,
      [&] {
        const Peer redis = start_redis(options_.redis, directory("redis-"));
        const Part part = wire(redis, redis_xadd(kBodyBytes));
        report_.claim(kCommit, 2).values.add(commit.rate / part.rate);
        add("Redis XADD, durable", "entries", part, kRedis);
      },
      "Redis");
  beside(
      options_.beanstalkd,
      [&] {
        const Peer beanstalkd = start_beanstalkd(options_.beanstalkd, directory("beanstalkd-"));
        add("beanstalkd put, durable", "jobs", wire(beanstalkd, beanstalkd_put(kBodyBytes)), kBeanstalkd);
      },
      "beanstalkd");
  beside(
      options_.rabbitmq,
      [&] {
        const Peer rabbitmq = start_rabbitmq(options_.rabbitmq, directory("rabbitmq-"));
        add("RabbitMQ publish, quorum queue of one node, durable", "messages",
            wire(rabbitmq, amqp_publish(kBodyBytes)), kRabbit);
      },
      "RabbitMQ");
  beside(
      options_.emulator,
      [&] {
        const Peer emulator = start_emulator(options_.node, options_.emulator, directory("emulator-"));
        sqs(emulator.name, emulator.port, emulator.server, "in memory");
        seen(emulator);
        report_.claim(kEmulator, 1).values.add(send / rate(emulator.name + " SendMessage, in memory"));
      },
      "the emulator");
}

bool Comparison::run() {
  // In this order, also those that are left out.
  report_.claim(kEcho, 1.35, true).unmeasured = "no nginx was named (--nginx)";
  report_.claim(kEchoSame, 1.35, true).unmeasured = "no nginx was named (--nginx)";
  report_.claim(kCommit, 2).unmeasured = "no Redis was named (--redis)";
  for (const char* const claim : {kRedis, kBeanstalkd, kRabbit, kEmulator})
    report_.claim(claim, 1).unmeasured = "the peer was not named";
  for (round_ = 0; round_ < options_.rounds; ++round_) round();
  progress_.clear();
  const bool honest = report_.claim(kEcho, 0).holds() && report_.claim(kCommit, 0).holds();
  report_.notes.push_back(
      std::string("the baselines are ") + (honest ? "honest" : "NOT shown to be honest") +
      ": the echo costs at most 1.35 of nginx, and the group commit makes twice Redis's XADD");
  publish(report_, options_.report);
  return std::all_of(report_.subjects.begin(), report_.subjects.end(),
                     [](const Subject& subject) { return subject.wrong.empty(); });
}

}  // namespace

bool compare(const BenchmarkOptions& options) { return Comparison(options).run(); }

}  // namespace penstock
