// How long quiet tenants wait beside the backlog of a noisy one, with message groups and without.
//
//     bench_fair [MESSAGES]
//
// One tenant has sent MESSAGES (a million unless said otherwise) at once; ten others send five a second each,
// for a minute. Fifty consumers take a message each, work on it for 100 ms and delete it. The core alone, in
// virtual time: what is told is the order in which it hands out, not the speed of a machine. Beside it stands
// what a receive and a delete cost here in real time, and how many pages were read.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "broker/broker.h"

namespace penstock {
namespace {

constexpr int kQuietTenants = 10;
constexpr Milliseconds kQuietEvery{200};
constexpr Seconds kQuietFor{60};
constexpr int kConsumers = 50;
constexpr Milliseconds kWork{100};
const Time kStart = from_epoch_milliseconds(1'800'000'000'000);

struct Figures {
  std::vector<std::int64_t> dwells;  // of quiet messages, milliseconds, ascending
  std::uint64_t pages = 0;
  double real_microseconds = 0;  // a receive and its delete

  std::int64_t at(double share) const {
    return dwells[static_cast<std::size_t>(share * static_cast<double>(dwells.size() - 1))];
  }
};

class Scene {
 public:
  Scene(std::uint64_t backlog, bool grouped)
      : backlog_(backlog), grouped_(grouped), broker_(PartitionId{0}, BrokerLimits{}) {}

  Figures play() {
    execute(CreateQueue{});
    for (std::uint64_t i = 0; i < backlog_; ++i) send(0);
    for (int tenant = 1; tenant <= kQuietTenants; ++tenant) {
      for (Milliseconds at{0}; at < kQuietFor; at += kQuietEvery) events_.push({kStart + at, tenant, {}});
    }
    for (int i = 0; i < kConsumers; ++i) events_.push({kStart, kConsume, {}});
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t received = 0;
    const std::size_t quiet = kQuietTenants * static_cast<std::size_t>(kQuietFor / kQuietEvery);
    while (figures_.dwells.size() < quiet) {
      const Event event = events_.top();
      events_.pop();
      now_ = std::max(now_, event.at);
      if (event.what != kConsume) {
        send(event.what);
        continue;
      }
      if (event.handle) execute(Delete{*event.handle});
      std::optional<ReceiptHandle> next;
      if (auto delivery = receive()) {
        ++received;
        next = delivery->handle;
        if (const auto sent = quiet_.find({delivery->handle.lane.value, delivery->handle.sequence.value});
            sent != quiet_.end()) {
          figures_.dwells.push_back((now_ - sent->second.first).count());
        }
      }
      events_.push({now_ + kWork, kConsume, next});
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    figures_.real_microseconds = took.count() / static_cast<double>(received);
    std::sort(figures_.dwells.begin(), figures_.dwells.end());
    return std::move(figures_);
  }

 private:
  static constexpr int kConsume = -1;
  struct Event {
    Time at;
    int what;  // a quiet tenant that sends, or kConsume
    std::optional<ReceiptHandle> handle;
    bool operator<(const Event& other) const { return at > other.at; }
  };

  ContentPtr content_of(int tenant) {
    ContentPtr& content = contents_[tenant];
    if (!content) {
      content = std::make_shared<const MessageContent>(MessageContent{
          .body = std::string(100, 'x'), .group_id = grouped_ ? "tenant" + std::to_string(tenant) : ""});
    }
    return content;
  }

  void send(int tenant) {
    execute(Send{content_of(tenant), 100, std::nullopt});
    if (tenant == 0) return;
    for (const Change& change : outcome_.changes) {
      const auto* put = std::get_if<Put>(&change);
      const auto* fresh = put == nullptr ? nullptr : std::get_if<FreshRecord>(&put->record);
      if (fresh != nullptr) quiet_[{fresh->key.lane.value, fresh->key.sequence.value}] = {now_, tenant};
    }
  }

  std::optional<Delivery> receive() {
    execute(Receive{1, std::nullopt, std::nullopt});
    for (const Reply& reply : outcome_.replies) {
      if (reply.ticket.request != command_.ticket.request) continue;
      const auto& deliveries = std::get<Received>(reply.answer).deliveries;
      if (!deliveries.empty()) return deliveries.front();
    }
    return std::nullopt;
  }

  void execute(Operation operation) {
    outcome_.clear();
    ++command_.ticket.request;
    Command command = command_;
    command.operation = std::move(operation);
    broker_.execute(std::move(command), now_, random_, outcome_);
    // What a store would answer.
    for (std::size_t i = 0; i < outcome_.wants.size(); ++i) {
      ++figures_.pages;
      broker_.supply(page_of(outcome_.wants[i]), now_, random_, outcome_);
    }
    for (const Change& change : outcome_.changes) {
      if (const auto* erase = std::get_if<Erase>(&change)) {
        if (const auto* key = std::get_if<FreshKey>(&erase->key)) {
          quiet_.erase({key->lane.value, key->sequence.value});
        }
      }
    }
  }

  Page page_of(const PageWant& want) {
    const auto& range = std::get<FreshRange>(want.range);
    Page page{want, {}, false};
    for (Sequence at = range.from; at < range.to && page.records.size() < want.records_max; at = at.next()) {
      const auto quiet = quiet_.find({range.lane.value, at.value});
      const bool noisy = quiet == quiet_.end();
      page.records.push_back(FreshRecord{{want.queue, range.lane, at},
                                         {{}, noisy ? kStart : quiet->second.first},
                                         content_of(noisy ? 0 : quiet->second.second)});
    }
    return page;
  }

  const std::uint64_t backlog_;
  const bool grouped_;
  Broker broker_;
  Command command_{Ticket{1, 0}, World{AccountId{0}, *Region::parse("us-east-1")}, "fair",
                   Operation{CreateQueue{}}};
  Outcome outcome_;
  SeededRandom random_{1};
  Time now_ = kStart;
  std::map<int, ContentPtr> contents_;
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::pair<Time, int>> quiet_;  // when sent, by whom
  std::priority_queue<Event> events_;
  Figures figures_;
};

void tell(const char* name, const Figures& figures) {
  std::printf("%-16s %12lld %12lld %12lld %10llu %14.1f\n", name, static_cast<long long>(figures.at(0.5)),
              static_cast<long long>(figures.at(0.99)), static_cast<long long>(figures.at(1)),
              static_cast<unsigned long long>(figures.pages), figures.real_microseconds);
}

}  // namespace
}  // namespace penstock

int main(int arguments, char** words) {
  using namespace penstock;
  const std::uint64_t backlog = arguments > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
  if (backlog == 0) {
    std::fprintf(stderr, "usage: bench_fair [MESSAGES]\n");
    return 64;
  }
  std::printf("how long messages of quiet tenants wait, beside %llu of a noisy one (virtual time)\n",
              static_cast<unsigned long long>(backlog));
  std::printf("%-16s %12s %12s %12s %10s %14s\n", "", "median ms", "99 % ms", "longest ms", "pages",
              "real us each");
  const Figures without = Scene(backlog, false).play();
  tell("without groups", without);
  const Figures with = Scene(backlog, true).play();
  tell("with groups", with);
  std::printf(
      "median without : with = %.0f : 1\n",
      static_cast<double>(without.at(0.5)) / static_cast<double>(std::max<std::int64_t>(1, with.at(0.5))));
  return 0;
}
