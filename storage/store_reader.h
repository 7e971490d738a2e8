// StoreReader: the thread that reads back what is on disk only: pages of messages, single records, and bodies as of
// a commit.
//
// A page comes from a snapshot taken when its turn comes, a record as it is then; whoever posts it has seen to it that the commit
// which it waits for is written by then. Bodies come from the snapshot that the committer took right
// before the commit that asks for them, or from that commit's own changes, so that no delete, not even one
// in the same commit, can take them away.
//
// What is missing although it must exist, and what does not carry its checksum, is corruption: refused.
#pragma once

#include <rocksdb/db.h>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <thread>
#include <variant>
#include <vector>

#include "base/mailbox.h"
#include "storage/commit_bodies.h"
#include "storage/page_builder.h"
#include "storage/rocks_families.h"
#include "storage/store.h"
#include "storage/store_counters.h"

namespace penstock {

class StoreReader {
 public:
  // A snapshot that is given back when nobody holds it any more.
  using Snapshot = std::shared_ptr<const rocksdb::Snapshot>;

  StoreReader(rocksdb::DB& db, const RocksFamilies& families, StoreEvents& events, StoreCounters& counters);
  // What has not been begun is dropped.
  ~StoreReader();
  StoreReader(const StoreReader&) = delete;
  StoreReader& operator=(const StoreReader&) = delete;

  // Any thread.
  void read(StoreRead&& wanted) { letters_.insist(std::move(wanted)); }
  void read_bodies(BodyRead&& read, std::shared_ptr<const CommitBodies> placed, Snapshot before) {
    letters_.insist(Bodies{std::move(read), std::move(placed), std::move(before)});
  }
  Snapshot take_snapshot();

 private:
  struct Bodies {
    BodyRead read;
    std::shared_ptr<const CommitBodies> placed;
    Snapshot snapshot;
  };
  struct Stop {};
  using Letter = std::variant<StoreRead, Bodies, Stop>;

  void run();
  void read_now(StoreRead&& wanted);
  Result<Page> page(PageWant&& want);
  Result<LookedUp> look_up(const LookUp& wanted);
  // Those of them that are there.
  Result<Page> page_of_bodies(PageBuilder&& builder, const rocksdb::ReadOptions& options);
  Result<std::vector<BodyRecord>> bodies(const Bodies& wanted);
  Result<BodyRecord> stored_body(const BodyKey& key, const Snapshot& snapshot);

  rocksdb::DB& db_;
  const RocksFamilies families_;
  StoreEvents& events_;
  StoreCounters& counters_;
  Mailbox<Letter> letters_{std::numeric_limits<std::size_t>::max()};
  std::thread thread_;
};

}  // namespace penstock
