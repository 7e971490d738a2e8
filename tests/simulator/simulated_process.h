// SimulatedProcess: what the daemon's broker thread does, without the thread.
//
// It holds one Broker, the daemon's own GroupCommit and a SimulatedStore, and is told what happens next. It
// begins by recovering from the disk and ends by a crash, or with its owner.
//
// Every decision comes back as a DecisionSeen: what was answered, which bodies were stored, which pages
// are on their way, and the stamp: the last commit that the answers could have seen. The stamp is computed
// here from the changes and the appends alone, so that it can judge the group commit.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.h"
#include "broker/broker.h"
#include "server/group_commit.h"
#include "tests/simulator/simulated_store.h"

namespace penstock {

// What one decision of the core showed to the world.
struct DecisionSeen {
  struct StoredBody {
    BodyKey key;
    MessageId id;
  };

  Time now;
  Position stamp;
  std::vector<Reply> replies;              // in the order in which they were decided
  std::vector<StoredBody> bodies;          // put by this decision
  std::vector<Copy> moves;                 // in the order in which they were decided
  std::optional<QueueAddress> created;     // the queue record put for the first time
  std::vector<QueueId> waiting_for_pages;  // queues with a page on its way afterwards, ascending
  bool disk_full = false;
  bool settled = false;                    // nothing is due any more at `now`
};

class SimulatedProcess : private StoreEvents {
 public:
  SimulatedProcess(MemoryTable& disk, const BrokerLimits& limits, std::uint64_t seed,
                   std::function<void(const Commit&)> written);
  SimulatedProcess(const SimulatedProcess&) = delete;
  SimulatedProcess& operator=(const SimulatedProcess&) = delete;

  // No time before this one may be given.
  Time recovered_time() const { return recovered_.time; }

  DecisionSeen execute(Command command, Time now);
  DecisionSeen undeliver(const Received& received, Time now);
  DecisionSeen tick(Time now);
  // The next page that the store handed over; nothing if there is none.
  std::optional<DecisionSeen> supply(Time now);
  // What was found of the next thing that was looked up; nothing if there is none.
  std::optional<DecisionSeen> recall(Time now);
  DecisionSeen end_attempt(const AttemptReport& report, Time now, AttemptEnd& end);
  // Somebody delivers from outboxes; from now on, and after each reload.
  void serve_outboxes();
  void forget(const Ticket& ticket) { broker_->forget(ticket); }
  // Whether the disk has room for growth; it has until somebody says otherwise.
  void admit_growth(bool admit) {
    admits_growth_ = admit;
    broker_->admit_growth(admit);
  }
  bool admits_growth() const { return admits_growth_; }
  void must_commit() { commit_.must_commit(); }
  void hand_over(Time now);

  // Everything that can happen without time passing, once around: time that is due, a commit, what the store reads.
  // look(seen) sees each decision. Whether anything happened. Pages are whole, or as short as chance will have them.
  enum class Pages { kWhole, kShort };
  template <class Look>
  bool work(Time now, Random& random, Pages pages, const Look& look) {
    if (broker_->next_deadline() <= now) look(tick(now));
    hand_over(now);
    bool moved = store_.sync();
    moved |= store_.hand_over_bodies(random);
    moved |= store_.take_snapshot(random, pages == Pages::kShort);
    moved |= store_.hand_over_page(random);
    while (std::optional<DecisionSeen> seen = next_answer(now)) {
      look(*seen);
      moved = true;
    }
    return moved;
  }
  // Nothing is left to happen without time passing.
  bool rests(Time now) const { return broker_->next_deadline() > now && idle(); }

  // The replies that left since the last call.
  std::vector<Reply> take_released();

  const Broker& broker() const { return *broker_; }
  SimulatedStore& store() { return store_; }
  // Everything decided is durable, and nothing is being read.
  bool idle() const {
    return commit_.idle() && pages_.empty() && pages_under_way_.empty() && found_.empty() && looking_up_ == 0;
  }

  // Whether changes were decided that are not handed over yet.
  bool decided_ahead() const { return changes_unwritten_ != 0; }

  // Builds a second broker from the disk and from what is not on it yet, and goes on with that one. False
  // if the facts of the two differ. Who was waiting is not waiting any more.
  bool reload();
  void crash(std::size_t commits_written) { store_.crash(commits_written); }

 private:
  // What the store has read, taken by the broker.
  std::optional<DecisionSeen> next_answer(Time now) {
    std::optional<DecisionSeen> seen = supply(now);
    return seen ? std::move(seen) : recall(now);
  }

  void durable(Position position) override { commit_.durable(position); }
  void bodies(std::uint64_t token, std::vector<BodyRecord> records) override {
    commit_.bodies(token, std::move(records));
  }
  void page(Page page) override { pages_.push_back(std::move(page)); }
  void looked_up(LookedUp found) override { found_.push_back(std::move(found)); }
  [[noreturn]] void refused(const std::string& reason) override;

  DecisionSeen decided(std::size_t changes_before, Time now);

  BrokerLimits limits_;
  MemoryTable& disk_;
  SimulatedStore store_;
  Recovered recovered_;
  std::unique_ptr<Broker> broker_;
  GroupCommit commit_;
  SeededRandom random_;
  bool admits_growth_ = true;
  std::deque<Page> pages_;
  std::map<QueueId, std::size_t> pages_under_way_;
  std::deque<LookedUp> found_;
  std::size_t looking_up_ = 0;         // look-ups that were not answered yet
  bool serves_outboxes_ = false;
  std::size_t changes_unwritten_ = 0;  // decided since the last append
  std::size_t wants_noted_ = 0;        // of those that wait in the outcome for the commit
  std::size_t look_ups_noted_ = 0;     // likewise
};

// Every resident fact of a broker, for comparing two of them. Which deduplication ids are in memory is no fact: where
// some are on disk only, both are compared without them.
std::vector<Record> facts_of(const Broker& broker);
bool same_facts(const std::vector<Record>& a, const std::vector<Record>& b);

}  // namespace penstock
