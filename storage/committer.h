// Committer: the thread that makes commits durable, one at a time and in order.
//
// Of each commit it builds one write batch: the position mark, the changes, and the position and time now
// applied. It writes it, syncs it (or, in the mode `interval`, promises itself to sync the log soon), and
// reports it durable. At or below the applied position a commit is
// skipped and reported durable at once, its body reads dropped: whoever replays has nobody waiting. A gap,
// a contradiction and any status that is not ok are refused.
//
// Pages and look-ups that wait for a commit are held here until it is written; bodies go to the reader with a snapshot
// taken right before their commit and what the commit itself put. While nothing comes, it looks after the
// disk reserve.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/mailbox.h"
#include "storage/disk_reserve.h"
#include "storage/engine_look.h"
#include "storage/log_switch.h"
#include "storage/log_sync_time.h"
#include "storage/record_codec.h"
#include "storage/rocks_families.h"
#include "storage/rocks_store.h"
#include "storage/store.h"
#include "storage/store_counters.h"
#include "storage/store_reader.h"

namespace penstock {

// Errors of RocksDB's own threads, on their way to the committer, which may not exist yet (or any more).
class BackgroundErrors : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;

  // The first one, if there was any.
  std::optional<std::string> first() const;
  // `wake` is called at the next error, on the thread where it happens; and never after it was replaced.
  void wake_on_error(std::function<void()> wake);

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> first_;
  std::function<void()> wake_;
};

class Committer {
 public:
  struct Ground {
    rocksdb::DB& db;
    RocksFamilies families;
    PartitionId partition;
    std::uint64_t identity;
    AppliedRecord applied;  // and synced: recovery has synced what it found
    std::shared_ptr<BackgroundErrors> background_errors;
    std::shared_ptr<LogSwitch> log_switch;
    std::shared_ptr<LogSyncTime> log_sync_time;
    LogSync log_sync;
    std::chrono::milliseconds sync_interval;
  };

  Committer(const Ground& ground, StoreReader& reader, DiskReserve& reserve, StoreEvents& events,
            StoreCounters& counters);
  // Finishes what was handed over, and syncs it.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // The owner of the Broker, or this thread itself, from within durable().
  void append(Commit&& commit) { letters_.insist(std::move(commit)); }
  void read(StoreRead&& wanted, Position at_least);

 private:
  struct HeldRead {
    StoreRead wanted;
    Position at_least;
  };
  struct Failure {};
  struct Stop {};
  using Letter = std::variant<Commit, HeldRead, Failure, Stop>;

  using SteadyClock = std::chrono::steady_clock;

  void run();
  // When the log must be synced; far away while everything written is synced.
  SteadyClock::time_point next_sync() const {
    return unsynced_since_ ? *unsynced_since_ + ground_.sync_interval : SteadyClock::time_point::max();
  }
  void sync_if_due(SteadyClock::time_point now);
  void sync_log();
  void note_synced(Position position);
  void take(Commit&& commit);
  Result<void> write(const Commit& commit);
  Result<std::string> stored_body(std::string_view key);
  void release_reads();
  void refuse_if_failed();

  Ground ground_;
  StoreReader& reader_;
  DiskReserve& reserve_;
  StoreEvents& events_;
  StoreCounters& counters_;
  EngineLook engine_look_;
  std::atomic<std::uint64_t> written_;  // position
  Position synced_;  // everything up to here was synced, and no sync is known of anything behind it
  std::optional<SteadyClock::time_point> unsynced_since_;  // when the first commit after it was written
  std::vector<HeldRead> held_;                             // in the order in which they were asked for
  Mailbox<Letter> letters_{std::numeric_limits<std::size_t>::max()};
  std::thread thread_;
};

}  // namespace penstock
