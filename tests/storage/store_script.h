// StoreScript: a fixed history of commits that leaves no kind of record and change out, and the truth about
// it: what a store must hold after any of its positions.
//
// Sends, receives, deletes, delayed sends, copies, a purge, a queue that goes, and between them moments at
// which everything is moved to tables and compacted. The truth is a MemoryTable that applied a prefix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/memory_table.h"
#include "storage/rocks_store.h"
#include "tests/storage/store_driver.h"

namespace penstock {

class StoreScript {
 public:
  // `body_bytes`: how large each body is, give or take.
  StoreScript(std::size_t commits, std::size_t body_bytes);

  std::size_t size() const { return commits_.size(); }
  // By position, from 1 on.
  Commit commit(std::uint64_t position) const;
  bool compacts_after(std::uint64_t position) const { return position % 12 == 0; }

  // Every record, key and value, as of that position.
  std::map<std::string, std::string> truth(Position position) const;

 private:
  std::vector<Commit> commits_;
};

// Every record that the store holds, bodies included.
std::map<std::string, std::string> everything(StoreDriver& driver);

// Small enough for the script to reach flushes, several logs, and compactions.
RocksStoreOptions small_store(const std::string& directory);

// Plays the script from where the store stands to its end; `before` is called with each position that is
// about to be handed over, `after` when it is durable.
void play(const StoreScript& script, RocksStore& store, RecordedEvents& events, Position applied,
          const std::function<void(Position)>& before, const std::function<void(Position)>& after = {});

}  // namespace penstock
