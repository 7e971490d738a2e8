#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/verdict.h"

namespace penstock {
namespace {

constexpr std::size_t kConnections = 64;
constexpr std::size_t kBodyBytes = 200;
// Of the messages, how many the short part has that is measured on an empty queue and on a full one.
constexpr std::uint64_t kShare = 20;
// How many are sent once more, and how long ago they were sent at most.
constexpr std::uint64_t kRepeated = 10'000;
constexpr std::chrono::seconds kSurelyRemembered{200};
// What deduplication-memory-max is unless it is set.
constexpr std::uint64_t kIdsBytesMax = 64 << 20;

using Clock = std::chrono::steady_clock;

// "group:number:xxx", the numbers of a group rising from 0 on.
std::string body_of(std::size_t group, std::uint64_t number) {
  std::string body = std::to_string(group) + ":" + std::to_string(number) + ":";
  body.resize(std::max(body.size(), kBodyBytes), 'x');
  return body;
}

// Sends to the groups in turn. A group's next message is sent when its last one is acknowledged.
class GroupSend final : public HttpScript {
 public:
  GroupSend(const std::string& url, std::vector<std::uint64_t>& sent, std::uint64_t& ids,
            std::size_t connections, std::uint64_t total)
      : url_(url), sent_(sent), ids_(ids), requests_(connections), left_(total) {}

  std::string_view next(std::size_t connection) override {
    if (left_ == 0) return {};
    --left_;
    const std::size_t group = at_++ % sent_.size();
    requests_[connection] = sqs_call(
        "SendMessage", "{\"QueueUrl\":\"" + url_ + "\",\"MessageGroupId\":\"g" + std::to_string(group) +
                           "\",\"MessageDeduplicationId\":\"" + std::to_string(ids_++) +
                           "\",\"MessageBody\":\"" + body_of(group, sent_[group]++) + "\"}");
    return requests_[connection];
  }
  void answered(std::size_t, const HttpAnswer& answer) override { accepted_ += answer.status == 200 ? 1 : 0; }
  std::uint64_t accepted() const { return accepted_; }

 private:
  const std::string& url_;
  std::vector<std::uint64_t>& sent_;  // by group
  std::uint64_t& ids_;
  std::vector<std::string> requests_;
  std::uint64_t left_;
  std::uint64_t accepted_ = 0;
  std::size_t at_ = 0;
};

// Sends once more what was sent before, by its deduplication ids from one on.
class Again final : public HttpScript {
 public:
  Again(const std::string& url, std::uint64_t first, std::uint64_t total, std::size_t connections)
      : url_(url), id_(first), left_(total), requests_(connections) {}

  std::string_view next(std::size_t connection) override {
    if (left_ == 0) return {};
    --left_;
    requests_[connection] =
        sqs_call("SendMessage", "{\"QueueUrl\":\"" + url_ +
                                    "\",\"MessageGroupId\":\"again\",\"MessageDeduplicationId\":\"" +
                                    std::to_string(id_++) + "\",\"MessageBody\":\"again\"}");
    return requests_[connection];
  }
  void answered(std::size_t, const HttpAnswer&) override {}

 private:
  const std::string& url_;
  std::uint64_t id_;
  std::uint64_t left_;
  std::vector<std::string> requests_;
};

// Receives and deletes, and looks whether each group comes in its order.
class OrderedDrain final : public HttpScript {
 public:
  OrderedDrain(const std::string& url, std::vector<std::uint64_t>& received, std::size_t connections,
               std::uint64_t total)
      : drain_(url, connections, total), received_(received) {}

  std::string_view next(std::size_t connection) override { return drain_.next(connection); }
  void answered(std::size_t connection, const HttpAnswer& answer) override {
    for (std::size_t at = 0;;) {
      const std::string_view body = json_string(answer.body, "Body", at);
      if (body.empty()) break;
      at = static_cast<std::size_t>(body.data() - answer.body.data()) + body.size();
      std::size_t group = 0;
      std::uint64_t number = 0;
      const char* const end = body.data() + body.size();
      const auto [colon, error] = std::from_chars(body.data(), end, group);
      const bool read =
          error == std::errc{} && colon != end && std::from_chars(colon + 1, end, number).ec == std::errc{};
      if (!read || group >= received_.size() || number != received_[group]++) ++out_of_order_;
    }
    drain_.answered(connection, answer);
  }
  std::uint64_t deleted() const { return drain_.deleted(); }
  std::uint64_t out_of_order() const { return out_of_order_; }

 private:
  Drain drain_;
  std::vector<std::uint64_t>& received_;  // by group
  std::uint64_t out_of_order_ = 0;
};

class Groups {
 public:
  explicit Groups(const BenchmarkOptions& options)
      : options_(options),
        scratch_(options.directory),
        daemon_(options.penstock, scratch_.path("data")),
        connections_(options.connections > 0 ? options.connections : kConnections),
        sent_(options.groups),
        received_(options.groups) {
    url_ = daemon_.create_queue("groups.fifo", "\"FifoQueue\":\"true\"");
  }

  bool run() {
    const std::uint64_t some = std::max<std::uint64_t>(options_.messages / kShare, 1);
    std::printf(
        "groups: %llu messages of %zu bytes in %zu message groups of one FIFO queue, %zu connections\n",
        static_cast<unsigned long long>(options_.messages), kBodyBytes, options_.groups, connections_);
    const double send_empty = send("sent, empty", some);
    const double drain_empty = drain("drained to empty", some);
    for (int tenth = 0; tenth < 10; ++tenth) send("filled", tenth_of(tenth));
    repeat();
    const double send_full = send("sent, full", some);
    const double drain_full = drain("drained, full", some);
    for (int tenth = 0; tenth < 10; ++tenth) drain("drained", tenth_of(tenth));
    drain("the rest", UINT64_MAX);
    verdict_.expect(deleted_ == accepted_, std::to_string(accepted_) + " messages were accepted and " +
                                               std::to_string(deleted_) + " received and deleted");
    verdict_.expect(out_of_order_ == 0, std::to_string(out_of_order_) + " messages came out of order");
    verdict_.expect(resident_max_ >> 20 <= options_.resident_mb_max,
                    std::to_string(resident_max_ >> 20) + " MB were resident");
    const std::uint64_t ids_bytes = daemon_.number("penstock_deduplication_bytes");
    verdict_.expect(ids_bytes <= kIdsBytesMax,
                    "deduplication ids take " + std::to_string(ids_bytes) + " bytes");
    std::printf("  deduplication ids take %llu MB of memory; %llu sends looked on disk\n",
                static_cast<unsigned long long>(ids_bytes >> 20),
                static_cast<unsigned long long>(daemon_.number("penstock_store_look_ups_total")));
    std::printf("  full over empty: send %.2f, receive and delete %.2f\n", send_full / send_empty,
                drain_full / drain_empty);
    std::printf("  most resident memory seen: %zu MB\n", resident_max_ >> 20);
    std::printf("  %s\n",
                verdict_.good() ? "every message came once, and each group in its order" : "NOT as promised");
    return verdict_.good();
  }

 private:
  std::uint64_t tenth_of(int tenth) const {
    const auto at = static_cast<std::uint64_t>(tenth);
    return options_.messages * (at + 1) / 10 - options_.messages * at / 10;
  }

  // Ids of the last minutes, on disk by now or not: none of them adds a message.
  void repeat() {
    while (began_.size() > 1 && Clock::now() - began_.front().first > kSurelyRemembered) began_.pop_front();
    const std::uint64_t first = began_.front().second;
    Again script(url_, first, std::min(kRepeated, ids_ - first), connections_);
    const LoadResult load = run_http_load(daemon_.port(), connections_, std::chrono::hours(1), script);
    tell("sent once more", load.answers, load);
  }

  double send(const char* what, std::uint64_t messages) {
    began_.emplace_back(Clock::now(), ids_);
    GroupSend script(url_, sent_, ids_, connections_, messages);
    const LoadResult load = run_http_load(daemon_.port(), connections_, std::chrono::hours(10), script);
    accepted_ += script.accepted();
    return tell(what, messages, load);
  }
  double drain(const char* what, std::uint64_t messages) {
    OrderedDrain script(url_, received_, connections_, messages);
    const LoadResult load = run_http_load(daemon_.port(), connections_, std::chrono::hours(10), script);
    deleted_ += script.deleted();
    out_of_order_ += script.out_of_order();
    return tell(what, script.deleted(), load);
  }
  double tell(const char* what, std::uint64_t messages, const LoadResult& load) {
    verdict_.expect(load.failures == 0, std::to_string(load.failures) + " requests failed");
    const double rate = static_cast<double>(messages) / load.elapsed.count();
    const std::size_t resident = daemon_.process().resident_bytes();
    resident_max_ = std::max(resident_max_, resident);
    std::printf("  %-17s %9llu messages  %8.0f messages/s  resident %4zu MB\n", what,
                static_cast<unsigned long long>(messages), rate, resident >> 20);
    std::fflush(stdout);
    return rate;
  }

  const BenchmarkOptions& options_;
  Verdict verdict_;
  const ScratchDirectory scratch_;
  const Daemon daemon_;
  const std::size_t connections_;
  std::string url_;
  std::vector<std::uint64_t> sent_;
  std::vector<std::uint64_t> received_;
  std::uint64_t ids_ = 0;
  std::deque<std::pair<Clock::time_point, std::uint64_t>> began_;  // the first id of each part that was sent
  std::uint64_t accepted_ = 0;
  std::uint64_t deleted_ = 0;
  std::uint64_t out_of_order_ = 0;
  std::size_t resident_max_ = 0;
};

}  // namespace

bool groups(const BenchmarkOptions& options) { return Groups(options).run(); }

}  // namespace penstock
