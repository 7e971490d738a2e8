#include "tests/simulator/simulated_store.h"

#include <utility>

#include "base/require.h"

namespace penstock {
namespace {

template <class T>
T take_one(std::vector<T>& from, std::size_t index) {
  T taken = std::move(from[index]);
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(index));
  return taken;
}

}  // namespace

SimulatedStore::SimulatedStore(MemoryTable& disk, StoreEvents& events,
                               std::function<void(const Commit&)> written)
    : disk_(disk), events_(events), written_(std::move(written)), appended_(disk.recovered().position) {}

Recovered SimulatedStore::load(const std::function<void(Record&&)>& visit) {
  disk_.load(visit);
  return disk_.recovered();
}

void SimulatedStore::append(Commit&& commit) {
  require(commit.position == appended_.next(), "commits come without a gap");
  require(pending_.empty(), "at most one commit is outstanding");
  appended_ = commit.position;
  pending_.push_back(std::move(commit));
}

void SimulatedStore::read(StoreRead&& wanted, Position at_least) {
  require(at_least <= appended_, "a page is read as of a commit that was handed over");
  wanted_.push_back({std::move(wanted), at_least});
}

void SimulatedStore::write(const Commit& commit) {
  disk_.apply(commit);
  written_(commit);
}

bool SimulatedStore::sync() {
  if (pending_.empty()) return false;
  const Commit commit = std::move(pending_.front());
  pending_.pop_front();
  std::vector<std::vector<BodyRecord>> bodies = disk_.bodies_for(commit);
  write(commit);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    bodies_.push_back({commit.body_reads[i].token, std::move(bodies[i])});
  }
  events_.durable(commit.position);
  return true;
}

bool SimulatedStore::hand_over_bodies(Random& random) {
  if (bodies_.empty()) return false;
  ReadBodies bodies = take_one(bodies_, random.below(bodies_.size()));
  events_.bodies(bodies.token, std::move(bodies.records));
  return true;
}

bool SimulatedStore::take_snapshot(Random& random, bool may_shorten) {
  if (wanted_.empty()) return false;
  const std::size_t index = random.below(wanted_.size());
  if (wanted_[index].at_least > durable()) return false;
  const StoreRead wanted = take_one(wanted_, index).wanted;
  if (const auto* look_up = std::get_if<LookUp>(&wanted)) {
    taken_.emplace_back(disk_.read(*look_up));
    return true;
  }
  Page page = disk_.read(std::get<PageWant>(wanted));
  if (may_shorten && page.records.size() > 1 && random.below(3) == 0) {
    page.records.resize(1 + random.below(page.records.size() - 1), page.records.front());
    page.complete = false;
  }
  taken_.emplace_back(std::move(page));
  return true;
}

bool SimulatedStore::hand_over_page(Random& random) {
  if (taken_.empty()) return false;
  auto taken = take_one(taken_, random.below(taken_.size()));
  if (auto* page = std::get_if<Page>(&taken)) {
    events_.page(std::move(*page));
  } else {
    events_.looked_up(std::get<LookedUp>(std::move(taken)));
  }
  return true;
}

void SimulatedStore::drop_reads() {
  wanted_.clear();
  taken_.clear();
}

void SimulatedStore::crash(std::size_t commits_written) {
  for (; commits_written > 0 && !pending_.empty(); --commits_written) {
    write(pending_.front());
    pending_.pop_front();
  }
  pending_.clear();
  bodies_.clear();
  drop_reads();
}

}  // namespace penstock
