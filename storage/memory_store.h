// MemoryStore: the Store of `--durability memory`. Nothing outlives the process, and a commit is "durable"
// as soon as it is applied.
//
// It has no thread: every event is reported inline, from within the append or read that caused it, on the
// caller's own thread. The caller must cope with that as it copes with events from other threads: take
// note of it (a Mailbox will do), and act when append or read has returned. A read of a commit that has not
// been appended yet is held back and answered from within that append.
#pragma once

#include <vector>

#include "storage/memory_table.h"
#include "storage/store.h"

namespace penstock {

class MemoryStore final : public Store {
 public:
  // `events` must outlive the store.
  explicit MemoryStore(StoreEvents& events) : events_(events) {}

  Recovered load(const std::function<void(Record&&)>& visit) override;
  void append(Commit&& commit) override;
  void read(StoreRead&& wanted, Position at_least) override;
  bool admits_growth() const override { return true; }

 private:
  struct HeldRead {
    StoreRead wanted;
    Position at_least;
  };

  StoreEvents& events_;
  MemoryTable table_;
  std::vector<HeldRead> held_;  // in the order in which they were asked for
};

}  // namespace penstock
