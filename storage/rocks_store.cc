#include "storage/rocks_store.h"

#include <rocksdb/db.h>

#include <utility>
#include <vector>

#include "base/require.h"
#include "storage/backup_directory.h"
#include "storage/committer.h"
#include "storage/disk_reserve.h"
#include "storage/rocks_opening.h"
#include "storage/store_reader.h"
#include "storage/work_progress.h"

namespace penstock {
namespace {

std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The resident records in key order, although they lie in two families.
class ResidentWalk {
 public:
  ResidentWalk(rocksdb::DB& db, const RocksFamilies& families) {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.readahead_size = 2 << 20;
    state_.reset(db.NewIterator(options, families.state));
    touched_.reset(db.NewIterator(options, families.touched));
    state_->SeekToFirst();
    touched_->SeekToFirst();
  }

  // Null at the end, or when something is wrong.
  rocksdb::Iterator* first() const {
    if (!status().ok()) return nullptr;
    if (!touched_->Valid()) return state_->Valid() ? state_.get() : nullptr;
    if (!state_->Valid()) return touched_.get();
    return state_->key().compare(touched_->key()) < 0 ? state_.get() : touched_.get();
  }
  rocksdb::Status status() const { return state_->status().ok() ? touched_->status() : state_->status(); }

 private:
  std::unique_ptr<rocksdb::Iterator> state_;
  std::unique_ptr<rocksdb::Iterator> touched_;
};

}  // namespace

// Members are destroyed from the last to the first: threads first, the database last.
struct RocksStore::Parts {
  Parts(const RocksStoreOptions& store_options, StoreEvents& store_events,
        std::shared_ptr<BackgroundErrors> errors, std::shared_ptr<LogSwitch> log_switch_listener,
        std::shared_ptr<LogSyncTime> log_sync_time_listener, std::unique_ptr<OpenDatabase> open_database)
      : events(store_events),
        background_errors(std::move(errors)),
        log_switch(std::move(log_switch_listener)),
        log_sync_time(std::move(log_sync_time_listener)),
        open(std::move(open_database)),
        reserve(open->files, open->directory->path(), store_options.disk_reserve_bytes),
        reserve_bytes(store_options.disk_reserve_bytes),
        partition(store_options.partition),
        log_sync(store_options.log_sync),
        sync_interval(store_options.sync_interval) {}

  StoreEvents& events;
  StoreCounters counters;
  std::shared_ptr<BackgroundErrors> background_errors;
  std::shared_ptr<LogSwitch> log_switch;
  std::shared_ptr<LogSyncTime> log_sync_time;
  std::unique_ptr<OpenDatabase> open;
  DiskReserve reserve;
  const std::uint64_t reserve_bytes;
  PartitionId partition;
  LogSync log_sync;
  std::chrono::milliseconds sync_interval;
  std::unique_ptr<StoreReader> reader;
  std::unique_ptr<Committer> committer;
};

RocksStore::RocksStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(const RocksStoreOptions& options, StoreEvents& events) {
  auto errors = std::make_shared<BackgroundErrors>();
  auto log_switch = std::make_shared<LogSwitch>();
  auto log_sync_time = std::make_shared<LogSyncTime>();
  Result<std::unique_ptr<OpenDatabase>> database =
      open_database(options, {errors, log_switch, log_sync_time});
  if (!database) return tl::unexpected<Error>(database.error());
  return std::unique_ptr<RocksStore>(
      new RocksStore(std::make_unique<Parts>(options, events, std::move(errors), std::move(log_switch),
                                             std::move(log_sync_time), std::move(*database))));
}

const std::string& RocksStore::notice() const { return parts_->open->notice; }

Recovered RocksStore::load(const std::function<void(Record&&)>& visit) {
  require(!parts_->committer, "a store is loaded once, before anything else");
  const std::string applied_key = encode_applied_key(parts_->partition);
  {
    const ResidentWalk walk(*parts_->open->db, parts_->open->families);
    while (rocksdb::Iterator* at = walk.first()) {
      const std::string_view key = view(at->key());
      if (key != applied_key) {
        Result<Record> record = decode_record(key, view(at->value()));
        if (!record) parts_->events.refused("loading the store: " + record.error().text);
        visit(std::move(*record));
      }
      parts_->counters.records_loaded.add();
      at->Next();
    }
    if (!walk.status().ok()) parts_->events.refused("loading the store: " + walk.status().ToString());
  }
  parts_->reader = std::make_unique<StoreReader>(*parts_->open->db, parts_->open->families, parts_->events,
                                                 parts_->counters);
  parts_->committer = std::make_unique<Committer>(
      Committer::Ground{*parts_->open->db, parts_->open->families, parts_->partition,
                        parts_->open->directory->identity(), parts_->open->applied, parts_->background_errors,
                        parts_->log_switch, parts_->log_sync_time, parts_->log_sync, parts_->sync_interval},
      *parts_->reader, parts_->reserve, parts_->events, parts_->counters);
  return {parts_->open->applied.position, parts_->open->applied.time};
}

void RocksStore::append(Commit&& commit) {
  require(parts_->committer != nullptr, "a store is loaded before anything is appended");
  parts_->committer->append(std::move(commit));
}

void RocksStore::read(StoreRead&& wanted, Position at_least) {
  require(parts_->committer != nullptr, "a store is loaded before anything is read");
  parts_->committer->read(std::move(wanted), at_least);
}

bool RocksStore::admits_growth() const { return parts_->reserve.admits_growth(); }

const StoreCounters& RocksStore::counters() const { return parts_->counters; }

std::uint64_t RocksStore::free_bytes() const { return parts_->reserve.free_bytes(); }

Result<void> RocksStore::compact() {
  const RocksFamilies& families = parts_->open->families;
  for (rocksdb::ColumnFamilyHandle* family : {families.state, families.bodies, families.touched}) {
    rocksdb::Status status = parts_->open->db->Flush(rocksdb::FlushOptions(), family);
    if (status.ok()) {
      rocksdb::CompactRangeOptions options;
      options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
      status = parts_->open->db->CompactRange(options, family, nullptr, nullptr);
    }
    if (!status.ok()) return refuse(ErrorCode::kInternalFailure, status.ToString());
  }
  return {};
}

Result<BackupTaken> RocksStore::back_up(const BackupOrder& order, WorkProgress& progress) {
  const OpenDatabase& open = *parts_->open;
  const auto failed = [](const rocksdb::Status& status) {
    return refuse(ErrorCode::kInternalFailure, "the database cannot be backed up: " + status.ToString());
  };
  Result<std::unique_ptr<BackupDirectory>> directory =
      BackupDirectory::open(order.directory, open.directory->identity(), open.files, progress,
                            {open.directory->path(), parts_->reserve_bytes});
  if (!directory) return tl::unexpected<Error>(directory.error());
  if (!admits_growth()) {
    return refuse(ErrorCode::kServiceUnavailable,
                  "less than the disk reserve is free under " + open.directory->path() + "; make room first");
  }
  // What is in tables is shared between points, what is in the log only is copied each time.
  const rocksdb::Status flushed = open.db->Flush(
      rocksdb::FlushOptions(), {open.families.state, open.families.bodies, open.families.touched});
  if (!flushed.ok()) return failed(flushed);

  const std::string key = encode_applied_key(parts_->partition);
  AppliedRecord applied{};
  std::string value;
  const rocksdb::Status found = open.db->Get(rocksdb::ReadOptions(), open.families.state, key, &value);
  if (!found.ok() && !found.IsNotFound()) return failed(found);
  if (found.ok()) {
    const Result<AppliedRecord> decoded = decode_applied(key, value);
    if (!decoded) return tl::unexpected<Error>(decoded.error());
    applied = *decoded;
  }
  std::uint64_t tables = 0;
  if (open.db->GetAggregatedIntProperty(rocksdb::DB::Properties::kLiveSstFilesSize, &tables))
    progress.expect(tables);

  const Result<RestorePoint> point = (*directory)->take(*open.db, applied.position, applied.time);
  if (!point) return tl::unexpected<Error>(point.error());
  if (order.keep > 0) {
    if (Result<void> kept = (*directory)->keep(order.keep); !kept) return tl::unexpected<Error>(kept.error());
  }
  return BackupTaken{*point, (*directory)->points()};
}

}  // namespace penstock
