// Histories of deduplication: seeded chance sends few ids again and again to a FIFO queue whose ids have
// hardly any room in memory, lets minutes pass, lets look-ups wait and come in any order, purges, loses and
// writes commits in crashes, and reloads. The promises, for every send, when it is decided:
//
//   - if its id was accepted less than five minutes ago, and no purge came between, it adds no message, and
//   is told of
//     the one that was accepted;
//   - otherwise it adds one;
//   - whoever waits for a look at the disk is answered in the end.
//
// The model is a list of what was accepted, when, and in which commit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulator/simulated_process.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};
constexpr const char* kQueue = "pay.fifo";
constexpr Seconds kRemembered{300};

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    const std::size_t rooms[] = {100, 500, 2'000, 5'000};
    limits_.dedup_bytes_max = rooms[random_.below(4)];
    const std::uint64_t ids[] = {4, 12, 40};
    ids_ = ids[random_.below(3)];
    storing_ = 5 + random_.below(30);
    limits_.purge_interval = Seconds{0};
    start();
  }

  // Empty if every promise held.
  std::string run() {
    CreateQueue create;
    create.attributes.fifo = true;
    if (random_.below(2) == 0) create.attributes.deduplication_scope = DeduplicationScope::kMessageGroup;
    by_group_ = create.attributes.deduplication_scope.has_value();
    ask(Operation(create), {});
    settle_all();
    for (int step = 0; step < 300 && broken_.empty(); ++step) act();
    settle_all();
    expect(asked_.empty(), "who waits for a look at the disk is answered in the end");
    expect(process_->broker().totals().parked == 0, "nobody is left waiting for a look at the disk");
    now_ += kRemembered + Seconds{120};
    settle_all();
    expect(process_->broker().totals().dedup_bytes == 0 && !process_->broker().totals().dedup_on_disk,
           "ids are forgotten by time alone");
    return broken_;
  }

  std::size_t duplicates() const { return duplicates_; }
  std::size_t waited() const { return waited_; }
  std::size_t crashes() const { return crashes_; }

 private:
  struct Accepted {
    std::string id;  // empty: a purge
    Time at;
    MessageId message;
    Position stamp;
  };

  void expect(bool kept, const std::string& promise) {
    if (!kept && broken_.empty()) broken_ = promise;
  }

  void start() {
    process_ = std::make_unique<SimulatedProcess>(disk_, limits_, ++incarnation_, [](const Commit&) {});
    now_ = std::max(now_, process_->recovered_time());
  }

  void crash(std::size_t written) {
    ++crashes_;
    process_->crash(written);
    const Position durable = process_->store().durable();
    std::erase_if(accepted_, [&](const Accepted& one) { return one.stamp > durable; });
    asked_.clear();
    start();
  }

  // `ids`: of the entries, in their order.
  void ask(Operation&& operation, std::vector<std::string>&& ids) {
    const Ticket ticket{1, ++requests_};
    const bool sends = !ids.empty();
    asked_[ticket] = std::move(ids);
    const std::size_t parked = process_->broker().totals().parked;
    look(process_->execute({ticket, kWorld, kQueue, std::move(operation)}, now_));
    if (sends && process_->broker().totals().parked > parked) ++waited_;
  }

  void look(const DecisionSeen& seen) {
    auto body = seen.bodies.begin();
    const auto judge = [&](const std::string& id, const MessageId& told) {
      const Accepted* earlier = remembered(id);
      if (earlier != nullptr) {
        ++duplicates_;
        expect(told == earlier->message, "a duplicate is told of the message that was accepted");
        return;
      }
      expect(body != seen.bodies.end() && body->id == told, "what is no duplicate adds a message");
      if (body != seen.bodies.end()) ++body;
      accepted_.push_back({id, seen.now, told, seen.stamp});
    };
    for (const Reply& reply : seen.replies) {
      const auto asked = asked_.find(reply.ticket);
      if (asked == asked_.end()) continue;
      const std::vector<std::string> ids = std::move(asked->second);
      asked_.erase(asked);
      if (const auto* sent = std::get_if<Sent>(&reply.answer)) {
        judge(ids.at(0), sent->id);
      } else if (const auto* batch = std::get_if<SentBatch>(&reply.answer)) {
        for (std::size_t at = 0; at < ids.size(); ++at) judge(ids[at], batch->entries.at(at).value().id);
      } else if (ids.empty() && purging_ == reply.ticket) {
        accepted_.push_back({"", seen.now, {}, seen.stamp});
      }
    }
    expect(body == seen.bodies.end(), "a duplicate adds no message");
  }

  const Accepted* remembered(const std::string& id) const {
    for (auto one = accepted_.rbegin(); one != accepted_.rend(); ++one) {
      if (one->id.empty()) return nullptr;
      if (one->id == id) return now_ < one->at + kRemembered ? &*one : nullptr;
    }
    return nullptr;
  }

  Send send_of(std::string& id) {
    const std::string group = "g" + std::to_string(random_.below(2));
    MessageContent content;
    content.deduplication_id = std::to_string(random_.below(ids_));
    content.group_id = group;
    content.body = "m" + std::to_string(++bodies_);
    id = by_group_ ? group + "/" + content.deduplication_id : content.deduplication_id;
    Send send;
    send.content = std::make_shared<const MessageContent>(std::move(content));
    send.size = 10;
    return send;
  }

  void act() {
    const std::uint64_t dice = random_.below(100);
    if (dice < 45) {
      std::string id;
      Send send = send_of(id);
      ask(Operation(std::move(send)), {id});
    } else if (dice < 55) {
      SendBatch batch;
      std::vector<std::string> ids(1 + random_.below(3));
      for (std::string& id : ids) batch.entries.push_back(send_of(id));
      ask(Operation(std::move(batch)), std::move(ids));
    } else if (dice < 62) {
      now_ += Milliseconds{static_cast<std::int64_t>(random_.below(150'000))};
      if (process_->broker().next_deadline() <= now_) look(process_->tick(now_));
    } else if (dice < 62 + storing_) {
      settle();
    } else if (dice < 92) {
      process_->hand_over(now_);
      process_->store().sync();
      process_->store().take_snapshot(random_, false);
    } else if (dice < 93) {
      purging_ = Ticket{1, requests_ + 1};
      ask(Operation(PurgeQueue{}), {});
    } else if (dice < 96) {
      crash(random_.below(process_->store().pending().size() + 1));
    } else if (dice < 97) {
      asked_.clear();
      expect(process_->reload(), "a broker reloaded from its facts has the same facts");
    }
  }

  // True when nothing is left to happen without time passing.
  bool settle() {
    const bool moved = process_->work(now_, random_, SimulatedProcess::Pages::kWhole,
                                      [this](const DecisionSeen& seen) { look(seen); });
    process_->take_released();
    return !moved && process_->rests(now_);
  }
  void settle_all() {
    while (!settle()) {
    }
  }

  SeededRandom random_;
  BrokerLimits limits_;
  MemoryTable disk_;
  std::unique_ptr<SimulatedProcess> process_;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t incarnation_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t bodies_ = 0;
  std::uint64_t ids_ = 0;      // different ones, of a group
  std::uint64_t storing_ = 0;  // of a hundred steps, those in which something that was read comes back
  bool by_group_ = false;
  std::map<Ticket, std::vector<std::string>> asked_;
  std::optional<Ticket> purging_;
  std::vector<Accepted> accepted_;
  std::string broken_;
  std::size_t duplicates_ = 0;
  std::size_t waited_ = 0;
  std::size_t crashes_ = 0;
};

TEST(Deduplication, HoldsForFiveMinutesWhereverIdsAreRemembered) {
  const char* const asked = std::getenv("DEDUP_HISTORIES");
  const std::uint64_t histories = asked == nullptr ? 500 : std::strtoull(asked, nullptr, 10);
  std::size_t duplicates = 0, waited = 0, crashes = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    History history(seed);
    ASSERT_EQ(history.run(), "") << "seed " << seed;
    duplicates += history.duplicates();
    waited += history.waited();
    crashes += history.crashes();
  }
  EXPECT_GT(duplicates, 10 * histories) << "too few duplicates were sent";
  EXPECT_GT(waited, 10 * histories) << "too few sends had to look something up";
  std::cout << histories << " histories of deduplication, " << duplicates << " duplicates, " << waited
            << " sends looked up, " << crashes << " crashes\n";
}

}  // namespace
}  // namespace penstock
