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
  table_.apply(commit);
  events_.durable(commit.position);
  if (skipped) return;
  for (const BodyRead& read : commit.body_reads) {
    std::vector<BodyRecord> records;
    records.reserve(read.keys.size());
    for (const BodyKey& key : read.keys) records.push_back(table_.body(key));
    events_.bodies(read.token, std::move(records));
  }
  std::vector<HeldRead> held = std::exchange(held_, {});
  for (HeldRead& read_now : held) read(std::move(read_now.want), read_now.at_least);
}

void MemoryStore::read(PageWant&& want, Position at_least) {
  if (at_least > table_.recovered().position) {
    held_.push_back({std::move(want), at_least});
    return;
  }
  events_.page(table_.read(want));
}

}  // namespace penstock
