#include "storage/memory_store.h"

#include <utility>

namespace penstock {

Recovered MemoryStore::load(const std::function<void(Record&&)>& visit) {
  table_.load(visit);
  return table_.recovered();
}

void MemoryStore::append(Commit&& commit) {
  const bool skipped = commit.position <= table_.recovered().position;
  if (!skipped && commit.position != table_.recovered().position.next()) {
    events_.refused("a commit is missing before position " + std::to_string(commit.position.value));
  }
  if (skipped) {
    events_.durable(commit.position);
    return;
  }
  std::vector<std::vector<BodyRecord>> bodies = table_.bodies_for(commit);
  table_.apply(commit);
  events_.durable(commit.position);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    events_.bodies(commit.body_reads[i].token, std::move(bodies[i]));
  }
  std::vector<HeldRead> held = std::exchange(held_, {});
  for (HeldRead& read_now : held) read(std::move(read_now.wanted), read_now.at_least);
}

void MemoryStore::read(StoreRead&& wanted, Position at_least) {
  if (at_least > table_.recovered().position) {
    held_.push_back({std::move(wanted), at_least});
  } else if (const auto* want = std::get_if<PageWant>(&wanted)) {
    events_.page(table_.read(*want));
  } else {
    events_.looked_up(table_.read(std::get<LookUp>(wanted)));
  }
}

}  // namespace penstock
