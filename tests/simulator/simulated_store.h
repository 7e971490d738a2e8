// SimulatedStore: a Store in which nothing happens until it is told to.
//
//     append --> pending --sync--> disk, reported durable --> bodies read then and there --hand_over--> owner
//     read ----> wanted --snapshot (at or after the commit asked for)--> taken --hand_over--> owner
//
// What is read are pages and look-ups; both are called pages here.
//
// The disk is a MemoryTable that outlives the store, as a disk outlives a process: a crash writes some of
// the pending commits, from the first one on, drops the rest, and reports none. A torn batch is a dropped
// one, because batches are whole or not at all.
//
// Pages may be shorter than was asked for, which the seam allows. One owner, no thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "base/random.h"
#include "storage/memory_table.h"

namespace penstock {

class SimulatedStore final : public Store {
 public:
  // `written` sees each commit at the moment in which it is on disk, reported or not.
  SimulatedStore(MemoryTable& disk, StoreEvents& events, std::function<void(const Commit&)> written);

  Recovered load(const std::function<void(Record&&)>& visit) override;
  void append(Commit&& commit) override;
  void read(StoreRead&& wanted, Position at_least) override;
  bool admits_growth() const override { return true; }

  // Of the last commit handed over, and of the last one on disk.
  Position appended() const { return appended_; }
  Position durable() const { return disk_.recovered().position; }
  const std::deque<Commit>& pending() const { return pending_; }

  // Each does one thing if there is one to do, and says whether there was. `random` picks which of several,
  // and how short a page is.
  bool sync();
  bool hand_over_bodies(Random& random);
  bool take_snapshot(Random& random, bool may_shorten);
  bool hand_over_page(Random& random);

  void drop_reads();
  // The process ends here. As many of the pending commits as given are on disk, from the first one on.
  void crash(std::size_t commits_written);

 private:
  struct WantedRead {
    StoreRead wanted;
    Position at_least;
  };
  struct ReadBodies {
    std::uint64_t token = 0;
    std::vector<BodyRecord> records;
  };

  void write(const Commit& commit);

  MemoryTable& disk_;
  StoreEvents& events_;
  std::function<void(const Commit&)> written_;
  Position appended_;
  std::deque<Commit> pending_;
  std::vector<ReadBodies> bodies_;
  std::vector<WantedRead> wanted_;
  std::vector<std::variant<Page, LookedUp>> taken_;
};

}  // namespace penstock
