// RocksStore: the Store of `--durability fsync` and `--durability interval`.
//
// With `fsync` every commit is synced to disk before it is reported durable. With `interval` it is reported
// as soon as the kernel has it: the death of the process loses nothing, and the log is synced at the latest
// so long after a commit, so a power cut loses at most the commits of one interval, the last ones, each as a
// whole. Closing syncs in either mode.
//
//     owner of the Broker --append--> Committer --(bodies, pages held back)--> StoreReader
//                         --read----> StoreReader                         |
//                    StoreEvents <---------- durable, refused ------------+-- bodies, page, refused
//
// The committer thread turns each commit into one write batch, and syncs the log with it or later; the reader
// thread answers pages and bodies from snapshots. RocksDB's own threads flush and compact; an error of theirs
// reaches the committer, which refuses. Reads are bounded by construction: the core keeps at most one page a
// lane on its way, and a commit asks for bodies of the messages that it delivers.
//
// A status that is not ok is never tried again: the process ends and recovers from disk.
//
// One thread, the owner of the Broker, makes all calls but counters(), free_bytes(), admits_growth() and back_up(),
// which any thread may make. Events come from the committer and the reader.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "broker/address.h"
#include "storage/restore_point.h"
#include "storage/store.h"
#include "storage/store_counters.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

class WorkProgress;

// When the write-ahead log is synced.
enum class LogSync : std::uint8_t {
  kEachCommit,  // before it is reported durable
  kInterval,    // at the latest `sync_interval` after a commit was written
};

struct RocksStoreOptions {
  std::string directory;
  PartitionId partition{0};
  LogSync log_sync = LogSync::kEachCommit;
  std::chrono::milliseconds sync_interval{1000};  // of kInterval; more than 0
  // Below this, growth is refused. At least the log's limit, all memtables and one compaction.
  std::uint64_t disk_reserve_bytes = std::uint64_t{1} << 30;

  std::size_t bodies_memtable_bytes = std::size_t{32} << 20;
  std::size_t touched_memtable_bytes = std::size_t{16} << 20;
  std::size_t state_memtable_bytes = std::size_t{8} << 20;
  std::size_t block_cache_bytes = std::size_t{32} << 20;
  std::uint64_t wal_bytes_max = std::uint64_t{192} << 20;

  // The file system that everything goes through; null: the machine's. For tests that make it fail.
  std::shared_ptr<rocksdb::FileSystem> file_system;
};

struct BackupOrder {
  std::string directory;   // judged by whoever asks
  std::uint32_t keep = 0;  // so many whole points are left, this one included; 0: all
};

struct BackupTaken {
  RestorePoint point;
  RestorePoints left;
};

class RocksStore final : public Store {
 public:
  // Opens the store, creating it if there is none. A refusal's text says what is wrong and what to do.
  // `events` must outlive the store; none comes before load() was called.
  static Result<std::unique_ptr<RocksStore>> open(const RocksStoreOptions& options, StoreEvents& events);
  // Finishes the commit that was handed over, if there is one; pages and bodies under way are dropped.
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  // What the operator should read about how it was opened (a log that was cut, an open directory);
  // empty: nothing.
  const std::string& notice() const;

  Recovered load(const std::function<void(Record&&)>& visit) override;
  void append(Commit&& commit) override;
  void read(StoreRead&& wanted, Position at_least) override;
  bool admits_growth() const override;

  const StoreCounters& counters() const;
  // Of the disk, at the last look.
  std::uint64_t free_bytes() const;
  // Moves everything to tables and compacts them. Blocks; for tests and maintenance.
  Result<void> compact();

  // One more restore point: with every commit that was reported durable before the call, perhaps with some that
  // follow, each as a whole. Meanwhile commits go on: what is in memory is flushed as it would be anyway, and files
  // are copied by a thread of the library with low priority. What is obsolete is not deleted until it is done; if
  // less than the disk reserve is free, it is refused and leaves nothing. Any one thread but the owner's; it must
  // have returned before the store is closed. `progress` has a refusal when it is stopped.
  Result<BackupTaken> back_up(const BackupOrder& order, WorkProgress& progress);

 private:
  struct Parts;
  explicit RocksStore(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace penstock
