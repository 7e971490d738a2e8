#include "tests/simulator/simulated_process.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/require.h"
#include "storage/facts_examination.h"

namespace penstock {
namespace {

// Whatever a crash left agrees with itself, as `penstock doctor` judges it.
void require_sound(const MemoryTable& disk) {
  bool sound = true;
  FactsExamination facts([&sound](Finding&& finding) {
    std::fprintf(stderr, "%s: %s\n", finding.place.c_str(), finding.what.c_str());
    sound = false;
  });
  if (const Recovered recovered = disk.recovered(); recovered.position != Position{}) {
    facts.add(AppliedRecord{recovered.position, recovered.time});
  }
  disk.each([&facts](const Record& record) { facts.add(record); });
  facts.finish();
  require(sound, "the records on disk agree with each other");
}

std::unique_ptr<Broker> recovered_broker(SimulatedStore& store, const BrokerLimits& limits,
                                         Recovered& recovered) {
  auto broker = std::make_unique<Broker>(PartitionId{}, limits);
  recovered = store.load([&broker](Record&& record) { broker->apply(Put{std::move(record)}); });
  return broker;
}

}  // namespace

SimulatedProcess::SimulatedProcess(MemoryTable& disk, const BrokerLimits& limits, std::uint64_t seed,
                                   std::function<void(const Commit&)> written)
    : limits_(limits),
      disk_(disk),
      store_(disk, *this, std::move(written)),
      broker_(recovered_broker(store_, limits, recovered_)),
      commit_(store_, disk.recovered()),
      random_(seed) {
  require_sound(disk);
}

void SimulatedProcess::refused(const std::string& reason) {
  require(false, reason.c_str());
  std::abort();
}

DecisionSeen SimulatedProcess::execute(Command command, Time now) {
  const std::size_t before = commit_.outcome().changes.size();
  broker_->execute(std::move(command), now, random_, commit_.outcome());
  return decided(before, now);
}

DecisionSeen SimulatedProcess::undeliver(const Received& received, Time now) {
  const std::size_t before = commit_.outcome().changes.size();
  broker_->undeliver(received, now, random_, commit_.outcome());
  return decided(before, now);
}

DecisionSeen SimulatedProcess::end_attempt(const AttemptReport& report, Time now, AttemptEnd& end) {
  const std::size_t before = commit_.outcome().changes.size();
  end = broker_->end_attempt(report, now, random_, commit_.outcome());
  return decided(before, now);
}

void SimulatedProcess::serve_outboxes() {
  serves_outboxes_ = true;
  broker_->serve_outboxes(true);
}

DecisionSeen SimulatedProcess::tick(Time now) {
  const std::size_t before = commit_.outcome().changes.size();
  broker_->tick(now, random_, commit_.outcome());
  return decided(before, now);
}

std::optional<DecisionSeen> SimulatedProcess::supply(Time now) {
  if (pages_.empty()) return std::nullopt;
  Page page = std::move(pages_.front());
  pages_.pop_front();
  const auto under_way = pages_under_way_.find(page.want.queue.id);
  if (--under_way->second == 0) pages_under_way_.erase(under_way);
  const std::size_t before = commit_.outcome().changes.size();
  broker_->supply(std::move(page), now, random_, commit_.outcome());
  return decided(before, now);
}

std::optional<DecisionSeen> SimulatedProcess::recall(Time now) {
  if (found_.empty()) return std::nullopt;
  LookedUp found = std::move(found_.front());
  found_.pop_front();
  --looking_up_;
  const std::size_t before = commit_.outcome().changes.size();
  broker_->recall(std::move(found), now, random_, commit_.outcome());
  return decided(before, now);
}

DecisionSeen SimulatedProcess::decided(std::size_t changes_before, Time now) {
  Outcome& outcome = commit_.outcome();
  DecisionSeen seen;
  seen.now = now;
  seen.disk_full = !admits_growth_;
  seen.replies = outcome.replies;
  bool id_given = false;
  for (std::size_t i = changes_before; i < outcome.changes.size(); ++i) {
    ++changes_unwritten_;
    if (const Copy* const copy = std::get_if<Copy>(&outcome.changes[i])) seen.moves.push_back(*copy);
    const Put* const put = std::get_if<Put>(&outcome.changes[i]);
    if (put == nullptr) continue;
    if (const auto* fresh = std::get_if<FreshRecord>(&put->record)) {
      seen.bodies.push_back({fresh->key, fresh->head.id});
    } else if (const auto* later = std::get_if<LaterRecord>(&put->record)) {
      seen.bodies.push_back({later->key, later->head.id});
    } else if (const auto* fifo = std::get_if<FifoRecord>(&put->record)) {
      seen.bodies.push_back({fifo->key, fifo->head.id});
    } else if (std::holds_alternative<PartitionRecord>(put->record)) {
      id_given = true;
    } else if (const auto* queue = std::get_if<QueueRecord>(&put->record)) {
      if (id_given) seen.created = queue->key.queue;
    }
  }
  // The wants of earlier decisions have been taken note of; those that are still there stand first.
  for (std::size_t i = wants_noted_; i < outcome.wants.size(); ++i) {
    ++pages_under_way_[outcome.wants[i].queue.id];
  }
  looking_up_ += outcome.look_ups.size() - look_ups_noted_;
  seen.stamp = changes_unwritten_ == 0 ? store_.appended() : store_.appended().next();
  commit_.decided();
  wants_noted_ = outcome.wants.size();
  look_ups_noted_ = outcome.look_ups.size();
  for (const auto& [queue, pages] : pages_under_way_) seen.waiting_for_pages.push_back(queue);
  seen.settled = broker_->next_deadline() > now;
  return seen;
}

void SimulatedProcess::hand_over(Time now) {
  const Position before = store_.appended();
  commit_.hand_over(now);
  if (store_.appended() == before) return;
  changes_unwritten_ = 0;
  wants_noted_ = look_ups_noted_ = 0;
}

std::vector<Reply> SimulatedProcess::take_released() { return std::exchange(commit_.released(), {}); }

bool SimulatedProcess::reload() {
  Recovered recovered;
  std::unique_ptr<Broker> broker = recovered_broker(store_, limits_, recovered);
  for (const Commit& commit : store_.pending()) {
    for (const Change& change : commit.changes) broker->apply(change);
  }
  for (const Change& change : commit_.outcome().changes) broker->apply(change);
  std::vector<Record> before = facts_of(*broker_);
  std::vector<Record> after = facts_of(*broker);
  if (broker_->totals().dedup_on_disk || broker->totals().dedup_on_disk) {
    for (std::vector<Record>* facts : {&before, &after}) {
      std::erase_if(*facts, [](const Record& fact) {
        return std::holds_alternative<DedupRecord>(fact) || std::holds_alternative<TopicDedupRecord>(fact);
      });
    }
  }
  const bool same = same_facts(before, after);
  broker_ = std::move(broker);
  broker_->admit_growth(admits_growth_);
  broker_->serve_outboxes(serves_outboxes_);
  commit_.outcome().wants.clear();
  commit_.outcome().look_ups.clear();
  wants_noted_ = look_ups_noted_ = 0;
  store_.drop_reads();
  pages_.clear();
  pages_under_way_.clear();
  found_.clear();
  looking_up_ = 0;
  return same;
}

std::vector<Record> facts_of(const Broker& broker) {
  std::vector<Record> facts;
  broker.each_fact([&facts](const Record& record) { facts.push_back(record); });
  return facts;
}

bool same_facts(const std::vector<Record>& a, const std::vector<Record>& b) {
  const auto same = [](const Record& left, const Record& right) {
    return left.index() == right.index() && std::visit(
                                                [&right](const auto& fact) {
                                                  using Fact = std::decay_t<decltype(fact)>;
                                                  if constexpr (std::is_same_v<Fact, PublicationRecord>) {
                                                    const Fact& other = std::get<Fact>(right);
                                                    return fact.key == other.key &&
                                                           fact.targets == other.targets &&
                                                           *fact.content == *other.content;
                                                  } else if constexpr (requires { fact == fact; }) {
                                                    return fact == std::get<Fact>(right);
                                                  } else {
                                                    return false;  // a body is not resident
                                                  }
                                                },
                                                left);
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

}  // namespace penstock
