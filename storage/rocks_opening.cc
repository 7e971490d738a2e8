#include "storage/rocks_opening.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>

#include <utility>
#include <vector>

#include "storage/manifest_scanner.h"
#include "storage/wal_scanner.h"

namespace penstock {
namespace {

constexpr std::uint64_t kRoomBesideLog = 16 << 20;  // a new log, a new MANIFEST, the library's own log

tl::unexpected<Error> refused(std::string text) {
  return refuse(ErrorCode::kInternalFailure, std::move(text));
}

void say(std::string& notice, const std::string& text) {
  if (text.empty()) return;
  if (!notice.empty()) notice += "; ";
  notice += text;
}

class Opening {
 public:
  Opening(const RocksStoreOptions& options, DatabaseListeners listeners)
      : options_(options), listeners_(std::move(listeners)), open_(std::make_unique<OpenDatabase>()) {}

  Result<std::unique_ptr<OpenDatabase>> run() {
    open_->files = options_.file_system ? options_.file_system : rocksdb::FileSystem::Default();
    open_->env = rocksdb::NewCompositeEnv(open_->files);
    Result<std::unique_ptr<DataDirectory>> directory = DataDirectory::open(options_.directory, open_->files);
    if (!directory) return tl::unexpected<Error>(directory.error());
    open_->directory = std::move(*directory);
    say(open_->notice, open_->directory->notice());
    for (const auto step :
         {&Opening::find_room, &Opening::inspect, &Opening::open_or_repair, &Opening::compare_positions}) {
      if (Result<void> done = (this->*step)(); !done) return tl::unexpected<Error>(done.error());
    }
    if (!open_->directory->born()) {
      if (Result<void> born = open_->directory->finish_birth(); !born) {
        return tl::unexpected<Error>(born.error());
      }
    }
    return std::move(open_);
  }

 private:
  DataDirectory& directory() { return *open_->directory; }

  tl::unexpected<Error> damaged(const std::string& what) {
    return refused("the database in " + directory().path() + " is damaged: " + what +
                   "; restore the directory from a backup");
  }

  tl::unexpected<Error> unreadable(const std::string& what) {
    return refused("the database in " + directory().path() + " cannot be read: " + what +
                   "; if it is lost, restore the directory from a backup");
  }

  Result<void> find_room() {
    std::uint64_t needed = kRoomBesideLog;
    if (directory().born()) {
      const Result<std::vector<WalFile>> wal_files = list_wal_files(*open_->files, directory().database());
      if (!wal_files) return unreadable(wal_files.error().text);
      for (const WalFile& file : *wal_files) needed += file.bytes;
    }
    std::uint64_t free = 0;
    const rocksdb::IOStatus asked =
        open_->files->GetFreeSpace(directory().path(), rocksdb::IOOptions(), &free, nullptr);
    if (!asked.ok()) return refused("asking how much disk is free: " + asked.ToString());
    if (free >= needed) return {};
    return refused("not enough disk to open the store in " + directory().path() + ": " +
                   std::to_string(free) + " bytes are free and recovery may need " + std::to_string(needed) +
                   "; make room");
  }

  Result<void> inspect() {
    if (!directory().born()) return {};
    if (Result<void> synced = directory().sync_all(); !synced) return synced;
    if (Result<void> manifest = inspect_manifest(); !manifest) return manifest;
    Result<WalFinding> finding = scan(LogDepth::kHeaders);
    if (!finding) return tl::unexpected<Error>(finding.error());
    if (!finding->undamaged()) return repair();
    last_in_log_ = finding->last;
    return {};
  }

  Result<WalFinding> scan(LogDepth depth) {
    const Result<std::vector<WalFile>> wal_files = list_wal_files(*open_->files, directory().database());
    if (!wal_files) return unreadable(wal_files.error().text);
    return scan_wal(*open_->files, *wal_files, directory().identity(), depth);
  }

  Result<void> inspect_manifest() {
    const Result<ManifestFinding> finding = scan_manifest(*open_->files, directory().database());
    if (!finding) return unreadable(finding.error().text);
    if (!finding->damage.empty()) return damaged(finding->damage);
    if (finding->torn_bytes > 0) {
      say(open_->notice, "the last " + std::to_string(finding->torn_bytes) + " bytes of " + finding->name +
                             " were never written completely and are ignored");
    }
    return {};
  }

  Result<void> repair() {
    Result<WalFinding> finding = scan(LogDepth::kFull);
    if (!finding) return tl::unexpected<Error>(finding.error());
    if (!finding->complaint.empty()) {
      return damaged(finding->complaint);
    }
    for (const WalCut& cut : finding->cuts) {
      if (Result<void> done = directory().cut_file(cut.path, cut.from); !done) return done;
    }
    if (!finding->cuts.empty()) {
      say(open_->notice, "cut " + std::to_string(finding->cut_bytes()) +
                             " bytes from the end of the log behind commit " +
                             std::to_string(finding->last.value) +
                             ", which were being written when the machine or the process stopped: nothing "
                             "after them names them as synced; they are kept in " +
                             directory().path() + "/cut");
    }
    repaired_ = true;
    last_in_log_ = finding->last;
    return {};
  }

  Result<void> open_or_repair() {
    rocksdb::Status status = open();
    if (status.IsCorruption() && directory().born() && !repaired_) {
      if (Result<void> done = repair(); !done) return done;
      status = open();
    }
    if (status.ok()) return {};
    if (status.IsNoSpace()) {
      return refused("not enough disk to open the store in " + directory().path() + "; make room (" +
                     status.ToString() + ")");
    }
    if (status.IsCorruption()) {
      return damaged(status.ToString());
    }
    return refused("the database in " + directory().path() + " cannot be opened: " + status.ToString());
  }

  rocksdb::Status open() {
    rocksdb::DBOptions database = database_options(options_, *open_->env);
    database.create_if_missing = !directory().born();
    database.create_missing_column_families = !directory().born();
    database.listeners = listeners_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::Open(database, directory().database(), family_descriptors(options_), &handles, &db);
    if (!status.ok()) return status;
    open_->db.reset(db);
    open_->families = {handles[0], handles[1], handles[2]};
    return status;
  }

  Result<void> compare_positions() {
    const std::string key = encode_applied_key(options_.partition);
    std::string value;
    rocksdb::ReadOptions read;
    read.verify_checksums = true;
    const rocksdb::Status status = open_->db->Get(read, open_->families.state, key, &value);
    if (status.ok()) {
      const Result<AppliedRecord> applied = decode_applied(key, value);
      if (!applied) return damaged(applied.error().text);
      open_->applied = *applied;
    } else if (!status.IsNotFound()) {
      return unreadable(status.ToString());
    }
    if (last_in_log_ <= open_->applied.position) return {};
    return damaged("its log goes up to commit " + std::to_string(last_in_log_.value) + " and only " +
                   std::to_string(open_->applied.position.value) + " were recovered");
  }

  const RocksStoreOptions& options_;
  const DatabaseListeners listeners_;
  std::unique_ptr<OpenDatabase> open_;
  Position last_in_log_;
  bool repaired_ = false;
};

}  // namespace

OpenDatabase::~OpenDatabase() {
  if (!db) return;
  for (rocksdb::ColumnFamilyHandle* handle : {families.state, families.bodies, families.touched}) {
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  // The committer has synced every commit; nothing that fails here could lose one.
  db->Close().PermitUncheckedError();
}

Result<std::unique_ptr<OpenDatabase>> open_database(const RocksStoreOptions& options,
                                                    DatabaseListeners listeners) {
  return Opening(options, std::move(listeners)).run();
}

}  // namespace penstock
