#include "storage/examination.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/sst_file_reader.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "storage/data_directory.h"
#include "storage/facts_examination.h"
#include "storage/format_file.h"
#include "storage/lock_holder.h"
#include "storage/manifest_scanner.h"
#include "storage/record_codec.h"
#include "storage/record_walk.h"
#include "storage/rocks_families.h"
#include "storage/wal_scanner.h"

namespace penstock {
namespace {

constexpr std::size_t kFindingsMax = 1000;
constexpr const char* kRestore = "restore the newest sound backup (penstock restore)";
const rocksdb::IOOptions kOptions;

tl::unexpected<Error> refused(std::string text) {
  return refuse(ErrorCode::kInternalFailure, std::move(text));
}

// The library would write a file of its own otherwise.
class Silence final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class Examining {
 public:
  Examining(const ExaminationOrder& order, WorkProgress& progress)
      : order_(order),
        progress_(progress),
        files_(order.files ? order.files : rocksdb::FileSystem::Default()),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  ~Examining() {
    close();
    if (lock_ != nullptr) files_->UnlockFile(lock_, kOptions, nullptr).PermitUncheckedError();
  }
  Examining(const Examining&) = delete;
  Examining& operator=(const Examining&) = delete;

  Result<Examined> run() {
    if (Result<void> entered = enter(); !entered) return tl::unexpected<Error>(entered.error());
    look_at_door();
    look_at_logs();
    open();
    look_at_tables();
    if (db_) look_at_records();
    if (progress_.stopped()) return refused("it was stopped");
    return std::move(examined_);
  }

 private:
  std::string database() const { return order_.directory + "/db"; }

  void say(Finding&& finding) {
    if (examined_.findings.size() < kFindingsMax) {
      examined_.findings.push_back(std::move(finding));
    } else {
      ++examined_.findings_beyond;
    }
  }
  void damage(std::string place, std::string what, std::string advice = kRestore) {
    say({Finding::Grade::kDamage, std::move(place), std::move(what), std::move(advice)});
  }
  void warn(std::string place, std::string what, std::string advice) {
    say({Finding::Grade::kWarning, std::move(place), std::move(what), std::move(advice)});
  }

  Result<void> enter() {
    const std::string& path = order_.directory;
    if (::stat(path.c_str(), &door_) != 0)
      return refused(path + " cannot be looked at: " + std::strerror(errno));
    if (!S_ISDIR(door_.st_mode)) return refused(path + " is no directory; name a data directory");
    if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
      return refused("no permission for " + path + ", which belongs to user " + std::to_string(door_.st_uid) +
                     "; look as that user: its lock must be taken, so that no daemon starts meanwhile");
    }
    const bool has_format = files_->FileExists(path + "/FORMAT", kOptions, nullptr).ok();
    const bool has_database = files_->FileExists(database(), kOptions, nullptr).ok();
    if (!has_format && !has_database) {
      return refused(path +
                     " is no data directory: it has neither FORMAT nor db; name the one that --data names");
    }
    const rocksdb::IOStatus locked = files_->LockFile(path + "/LOCK", kOptions, &lock_, nullptr);
    if (locked.ok()) return {};
    lock_ = nullptr;
    const std::string holder = lock_holder(path + "/LOCK");
    return refused(path + " is in use by " + (holder.empty() ? "another process" : holder) +
                   "; stop that one, or restore a backup elsewhere and look at that (" + locked.ToString() +
                   ")");
  }

  void look_at_door() {
    const std::string& path = order_.directory;
    if ((door_.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
      warn(path, "other users can enter the data directory", "close it: chmod 700 " + path);
    }
    look_at_owners(path);
    look_at_owners(database());
    Result<FormatFound> format = read_format(*files_, path + "/FORMAT", kDataTitle, kDataFormat);
    const FormatState state = format ? format->state : FormatState::kDamaged;
    if (state == FormatState::kKnown) identity_ = format->identity;
    if (state == FormatState::kNewer) {
      damage(path + "/FORMAT", "storage format " + std::to_string(format->number) + " of a newer version",
             "use the version of the broker that wrote it");
    } else if (state == FormatState::kDamaged) {
      damage(path + "/FORMAT", format ? "it is damaged" : format.error().text);
    } else if (state == FormatState::kAbsent) {
      const bool restoring = files_->FileExists(path + "/" + std::string(kRestoring), kOptions, nullptr).ok();
      damage(path + "/FORMAT", restoring ? "a restore was not finished" : "it is missing",
             restoring ? "run penstock restore again" : kRestore);
    }
    std::uint64_t free = 0;
    if (files_->GetFreeSpace(path, kOptions, &free, nullptr).ok() && free < order_.disk_reserve_bytes) {
      warn(path,
           std::to_string(free) + " bytes are free, less than the disk reserve of " +
               std::to_string(order_.disk_reserve_bytes),
           "make room: sends would be refused");
    }
  }

  // Files of another user than the directory's: a restore by root, or a copy.
  void look_at_owners(const std::string& path) {
    std::uint64_t others = 0;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(path, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      const std::string name = entry->path().filename();
      struct stat found {};
      if (::lstat((path + "/" + name).c_str(), &found) != 0) continue;
      if (found.st_uid != door_.st_uid) ++others;
      if (name.ends_with("-key.pem") && (found.st_mode & 077) != 0) {
        warn(path + "/" + name, "other users can read a private key",
             "close it: chmod 600 " + path + "/" + name);
      }
    }
    if (others == 0) return;
    warn(path,
         std::to_string(others) + " files belong to another user than the data directory, " +
             std::to_string(door_.st_uid),
         "give them to it: chown -R " + std::to_string(door_.st_uid) + " " + order_.directory);
  }

  void look_at_logs() {
    const Result<ManifestFinding> manifest = scan_manifest(*files_, database());
    if (!manifest) {
      damage(database(), "its MANIFEST cannot be read: " + manifest.error().text);
    } else if (!manifest->damage.empty()) {
      damage(database(), manifest->damage);
    } else if (manifest->torn_bytes > 0) {
      warn(database() + "/" + manifest->name,
           "its last " + std::to_string(manifest->torn_bytes) + " bytes were never written completely",
           "nothing: they are ignored");
    }
    const Result<std::vector<WalFile>> logs = list_wal_files(*files_, database());
    if (!logs) {
      damage(database(), "its log cannot be listed: " + logs.error().text);
      return;
    }
    for (const WalFile& log : *logs) examined_.bytes += log.bytes;
    // A database that was open has one, be it empty. That the newest of several is gone nobody can tell.
    if (logs->empty()) damage(database(), "it has no log: what was acknowledged last may be gone with it");
    if (!identity_) return;  // nothing in the log can be told to be ours
    const Result<WalFinding> finding = scan_wal(*files_, *logs, *identity_, LogDepth::kFull);
    if (!finding) {
      damage(database(), "its log cannot be read: " + finding.error().text);
      return;
    }
    last_in_log_ = finding->last;
    if (!finding->complaint.empty()) {
      damage(database(), finding->complaint);
    } else if (!finding->cuts.empty()) {
      warn(finding->cuts.front().path,
           std::to_string(finding->cut_bytes()) + " bytes at the end of the log, behind commit " +
               std::to_string(finding->last.value) +
               ", cannot be read, and nothing after them names them as synced",
           "nothing, if the machine lost power while they were written: the next start cuts them off; else " +
               std::string(kRestore));
    }
  }

  void open() {
    RocksStoreOptions store;
    store.directory = order_.directory;
    rocksdb::DBOptions options = database_options(store, *env_);
    options.info_log = std::make_shared<Silence>();
    // What is wrong with the log was said; what comes before it is looked at.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::OpenForReadOnly(options, database(), family_descriptors(store), &handles, &db);
    if (!status.ok()) {
      // Of a table that is missing the library names what it tried last, the name of many years ago.
      std::string why = status.ToString();
      for (std::size_t at = why.find(".ldb"); at != std::string::npos; at = why.find(".ldb"))
        why.replace(at, 4, ".sst");
      damage(database(), "it cannot be opened: " + why);
      return;
    }
    db_.reset(db);
    families_ = {handles[0], handles[1], handles[2]};
  }

  void close() {
    if (!db_) return;
    for (rocksdb::ColumnFamilyHandle* handle : {families_.state, families_.bodies, families_.touched}) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    db_->Close().PermitUncheckedError();
    db_.reset();
  }

  // Those in use, or all that are there if it is not known which are.
  std::map<std::string, std::uint64_t> tables() {
    std::map<std::string, std::uint64_t> tables;
    if (db_) {
      std::vector<rocksdb::LiveFileMetaData> live;
      db_->GetLiveFilesMetaData(&live);
      for (const rocksdb::LiveFileMetaData& table : live) tables[database() + table.name] = table.size;
      return tables;
    }
    std::vector<std::string> names;
    if (!files_->GetChildren(database(), kOptions, &names, nullptr).ok()) return tables;
    for (const std::string& name : names) {
      std::uint64_t bytes = 0;
      const std::string path = database() + "/" + name;
      if (name.ends_with(".sst") && files_->GetFileSize(path, kOptions, &bytes, nullptr).ok())
        tables[path] = bytes;
    }
    return tables;
  }

  void look_at_tables() {
    rocksdb::Options options;
    options.env = env_.get();
    rocksdb::ReadOptions read;
    read.readahead_size = 2 << 20;
    const std::map<std::string, std::uint64_t> all = tables();
    std::uint64_t bytes = 0;
    for (const auto& [path, size] : all) bytes += size;
    examined_.tables = all.size();
    examined_.bytes += bytes;
    progress_.expect(2 * bytes);  // once here, once record by record
    for (const auto& [path, size] : all) {
      if (progress_.stopped()) return;
      rocksdb::SstFileReader reader(options);
      rocksdb::Status status = reader.Open(path);
      if (status.ok()) status = reader.VerifyChecksum(read);
      if (!status.ok()) damage(path, "the table cannot be read: " + status.ToString());
      progress_.add(size);
    }
  }

  void look_at_records() {
    std::vector<Finding> disagreements;  // of no use if records are missing from the comparison
    FactsExamination facts([&](Finding&& finding) { disagreements.push_back(std::move(finding)); });
    std::map<std::string, std::uint64_t> undecodable;  // by what is wrong
    const std::string applied_key = encode_applied_key(PartitionId{0});
    RecordWalk walk(*db_, families_);
    for (; walk.valid() && !progress_.stopped(); walk.next()) {
      ++examined_.records;
      progress_.add(walk.key().size() + walk.value().size());
      if (walk.key() == applied_key) {
        const Result<AppliedRecord> applied = decode_applied(walk.key(), walk.value());
        if (applied) {
          facts.add(*applied);
          examined_.position = applied->position;
        } else {
          ++undecodable[applied.error().text];
        }
        continue;
      }
      const Result<Record> record = decode_record(walk.key(), walk.value());
      if (!record) {
        ++undecodable[record.error().text];
      } else if (families_.of(kind_of(key_of(*record))) != walk.family()) {
        ++undecodable["a record lies in family " + walk.family()->GetName() + ", where such do not belong"];
      } else {
        facts.add(*record);
      }
    }
    for (const auto& [what, count] : undecodable) {
      damage("records", std::to_string(count) + (count == 1 ? " record: " : " records: ") + what);
    }
    const std::string trouble = walk.trouble();
    if (!trouble.empty()) damage("records", "not all of them can be read: " + trouble);
    if (last_in_log_ > examined_.position) {
      damage(database(), "the log goes up to commit " + std::to_string(last_in_log_.value) + " and only " +
                             std::to_string(examined_.position.value) + " can be recovered");
    }
    examined_.compared = undecodable.empty() && trouble.empty();
    if (!examined_.compared) return;
    facts.finish();
    examined_.queues = facts.queues();
    for (Finding& finding : disagreements) say(std::move(finding));
  }

  const ExaminationOrder& order_;
  WorkProgress& progress_;
  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::unique_ptr<rocksdb::Env> env_;
  rocksdb::FileLock* lock_ = nullptr;
  struct stat door_ {};
  std::optional<std::uint64_t> identity_;
  Position last_in_log_;
  std::unique_ptr<rocksdb::DB> db_;
  RocksFamilies families_;
  Examined examined_;
};

}  // namespace

Result<Examined> examine(const ExaminationOrder& order, WorkProgress& progress) {
  return Examining(order, progress).run();
}

}  // namespace penstock
