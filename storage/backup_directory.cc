#include "storage/backup_directory.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/backup_engine.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "storage/durable_files.h"
#include "storage/format_file.h"
#include "storage/lock_holder.h"

namespace penstock {
namespace {

const rocksdb::IOOptions kOptions;

std::string door_of(const std::string& path) { return path + "/PENSTOCK-BACKUPS"; }

tl::unexpected<Error> refused(std::string text) {
  return refuse(ErrorCode::kInternalFailure, std::move(text));
}

// What the library says of a point, or that it was stopped.
Result<void> done(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return {};
  return refused(doing + ": " + status.ToString());
}

// Of a point, kept by the library beside its files.
std::string metadata_of(Position position, Time time) {
  return "format " + std::to_string(kDataFormat) + "\nposition " + std::to_string(position.value) +
         "\ntime " + std::to_string(epoch_milliseconds(time)) + "\n";
}

// Nothing: another version wrote it, or nobody of ours.
std::optional<RestorePoint> point_of(const rocksdb::BackupInfo& info) {
  std::string_view text = info.app_metadata;
  std::uint64_t format = 0;
  std::uint64_t position = 0;
  std::uint64_t time = 0;
  if (!take_number(text, "format ", 10, format) || format > kDataFormat) return std::nullopt;
  if (!take_number(text, "\nposition ", 10, position) || !take_number(text, "\ntime ", 10, time) ||
      text != "\n") {
    return std::nullopt;
  }
  return RestorePoint{PointId{info.backup_id},
                      info.timestamp,
                      Position{position},
                      from_epoch_milliseconds(static_cast<std::int64_t>(time)),
                      info.size,
                      info.number_files};
}

RestorePoints points_of(const rocksdb::BackupEngineReadOnlyBase& engine) {
  RestorePoints points;
  std::vector<rocksdb::BackupInfo> whole;
  engine.GetBackupInfo(&whole);
  for (const rocksdb::BackupInfo& info : whole) {
    if (const auto point = point_of(info)) {
      points.whole.push_back(*point);
    } else {
      points.damaged.push_back(PointId{info.backup_id});
    }
  }
  std::vector<rocksdb::BackupID> damaged;
  engine.GetCorruptedBackups(&damaged);
  for (const rocksdb::BackupID id : damaged) points.damaged.push_back(PointId{id});
  std::sort(points.damaged.begin(), points.damaged.end());
  return points;
}

// The identity of the store whose backups these are.
Result<std::uint64_t> read_door(rocksdb::FileSystem& files, const std::string& path) {
  const Result<FormatFound> found = read_format(files, door_of(path), kBackupTitle, kBackupFormat);
  if (!found) return tl::unexpected<Error>(found.error());
  switch (found->state) {
    case FormatState::kKnown:
      return found->identity;
    case FormatState::kNewer:
      return refused(path + " has backups of format " + std::to_string(found->number) +
                     ", written by a newer version of the broker; this one knows up to format " +
                     std::to_string(kBackupFormat) + ": use that newer version");
    case FormatState::kDamaged:
      return refused(
          door_of(path) + " is damaged: if " + path +
          " does hold backups, put back that file of three lines as docs/storage_format.md has it");
    case FormatState::kAbsent:
      break;
  }
  return refused(path + " holds no backups: name the directory that penstock backup wrote to");
}

rocksdb::BackupEngineOptions engine_options(const std::string& path, rocksdb::Env& env) {
  rocksdb::BackupEngineOptions options(path, &env);
  options.share_table_files = true;
  options.share_files_with_checksum =
      true;  // by number and session: a restored store is told from what it was
  options.sync = true;
  options.backup_log_files = true;
  return options;
}

}  // namespace

const RestorePoint* RestorePoints::find(PointId id) const {
  const auto found =
      std::find_if(whole.begin(), whole.end(), [id](const RestorePoint& point) { return point.id == id; });
  return found == whole.end() ? nullptr : &*found;
}

// ---- writing

BackupDirectory::BackupDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> files)
    : path_(std::move(path)), files_(std::move(files)) {}

BackupDirectory::~BackupDirectory() {
  engine_.reset();
  if (lock_ != nullptr) files_->UnlockFile(lock_, kOptions, nullptr).PermitUncheckedError();
}

Result<std::unique_ptr<BackupDirectory>> BackupDirectory::open(
    const std::string& path, std::uint64_t identity, const std::shared_ptr<rocksdb::FileSystem>& files,
    WorkProgress& progress, const KeptFree& kept_free) {
  std::unique_ptr<BackupDirectory> directory(new BackupDirectory(path, files));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return refused("the directory for backups " + path + " cannot be made: " + std::strerror(errno) +
                   "; make it for the user that the daemon runs as");
  }
  if (Result<void> locked = directory->lock(); !locked) return tl::unexpected<Error>(locked.error());
  if (files->FileExists(door_of(path), kOptions, nullptr).IsNotFound()) {
    std::vector<std::string> names;
    if (Result<void> listed = checked(files->GetChildren(path, kOptions, &names, nullptr), "reading " + path);
        !listed) {
      return tl::unexpected<Error>(listed.error());
    }
    const std::string own[] = {".", "..", "LOCK", "PENSTOCK-BACKUPS.new", "lost+found"};
    for (const std::string& name : names) {
      if (std::find(std::begin(own), std::end(own), name) != std::end(own)) continue;
      return refused(
          path + " is not empty and holds no backups; choose an empty directory, or one that is not there");
    }
    if (Result<void> written =
            write_durably(*files, door_of(path), format_text(kBackupTitle, kBackupFormat, identity));
        !written) {
      return tl::unexpected<Error>(written.error());
    }
    sync_directory_above(*files, path);
  }
  const Result<std::uint64_t> whose = read_door(*files, path);
  if (!whose) return tl::unexpected<Error>(whose.error());
  if (*whose != identity) {
    return refused(path + " has the backups of another store; choose another directory");
  }
  if (Result<void> opened = directory->open_engine(progress, kept_free); !opened) {
    return tl::unexpected<Error>(opened.error());
  }
  return directory;
}

Result<std::unique_ptr<BackupDirectory>> BackupDirectory::open_existing(
    const std::string& path, const std::shared_ptr<rocksdb::FileSystem>& files, WorkProgress& progress) {
  std::unique_ptr<BackupDirectory> directory(new BackupDirectory(path, files));
  const Result<std::uint64_t> whose = read_door(*files, path);
  if (!whose) return tl::unexpected<Error>(whose.error());
  Result<void> opened = directory->lock();
  if (opened) opened = directory->open_engine(progress, {});
  if (!opened) return tl::unexpected<Error>(opened.error());
  return directory;
}

Result<void> BackupDirectory::lock() {
  const std::string path = path_ + "/LOCK";
  const rocksdb::IOStatus status = files_->LockFile(path, kOptions, &lock_, nullptr);
  if (status.ok()) return {};
  lock_ = nullptr;
  const std::string holder = lock_holder(path);
  if (holder.empty() && status.IsIOError() && ::access(path.c_str(), W_OK) != 0) {
    return refused(path_ + " cannot be written to: " + status.ToString());
  }
  return refused("the backups in " + path_ + " are in use by " + (holder.empty() ? "this process" : holder) +
                 "; wait until that is done (" + status.ToString() + ")");
}

Result<void> BackupDirectory::open_engine(WorkProgress& progress, const KeptFree& kept_free) {
  copying_ = std::make_shared<CopyingFiles>(files_, progress, kept_free);
  env_ = rocksdb::NewCompositeEnv(files_);
  copying_env_ = rocksdb::NewCompositeEnv(copying_);
  rocksdb::BackupEngine* engine = nullptr;
  const rocksdb::Status status =
      rocksdb::BackupEngine::Open(engine_options(path_, *copying_env_), env_.get(), &engine);
  engine_.reset(engine);
  return done(status, "opening the backups in " + path_);
}

RestorePoints BackupDirectory::points() const { return points_of(*engine_); }

Result<RestorePoint> BackupDirectory::take(rocksdb::DB& db, Position position, Time time) {
  rocksdb::CreateBackupOptions options;
  options.flush_before_backup = false;  // the caller has flushed, without having writes wait for it
  options.decrease_background_thread_cpu_priority = true;
  options.background_thread_cpu_priority = rocksdb::CpuPriority::kLow;
  rocksdb::BackupID id = 0;
  const rocksdb::Status taken =
      engine_->CreateNewBackupWithMetadata(options, &db, metadata_of(position, time), &id);
  if (Result<void> good = done(taken, "taking a backup into " + path_); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const RestorePoints points = points_of(*engine_);
  const RestorePoint* point = points.find(PointId{id});
  if (point == nullptr) return refused("the backup that was taken into " + path_ + " is not there");
  return *point;
}

Result<void> BackupDirectory::keep(std::uint32_t points) {
  return done(engine_->PurgeOldBackups(std::max(points, 1U)), "dropping old backups of " + path_);
}

Result<void> BackupDirectory::drop(PointId id) {
  const rocksdb::Status status = engine_->DeleteBackup(id.value);
  if (status.IsNotFound()) return refused(path_ + " has no restore point " + std::to_string(id.value));
  return done(status, "dropping restore point " + std::to_string(id.value) + " of " + path_);
}

// ---- reading

BackupReader::BackupReader(std::string path, std::uint64_t identity)
    : path_(std::move(path)), identity_(identity) {}

BackupReader::~BackupReader() = default;

Result<std::unique_ptr<BackupReader>> BackupReader::open(const std::string& path,
                                                         const std::shared_ptr<rocksdb::FileSystem>& files,
                                                         WorkProgress& progress) {
  const Result<std::uint64_t> whose = read_door(*files, path);
  if (!whose) return tl::unexpected<Error>(whose.error());
  std::unique_ptr<BackupReader> reader(new BackupReader(path, *whose));
  reader->copying_ = std::make_shared<CopyingFiles>(files, progress, KeptFree{});
  reader->env_ = rocksdb::NewCompositeEnv(files);
  reader->copying_env_ = rocksdb::NewCompositeEnv(reader->copying_);
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(engine_options(path, *reader->env_),
                                                                     reader->copying_env_.get(), &engine);
  reader->engine_.reset(engine);
  if (status.IsNotFound()) return refused(path + " has no restore point yet");
  if (Result<void> opened = done(status, "opening the backups in " + path); !opened) {
    return tl::unexpected<Error>(opened.error());
  }
  return reader;
}

RestorePoints BackupReader::points() const { return points_of(*engine_); }

Result<void> BackupReader::verify(PointId id) const {
  return done(engine_->VerifyBackup(id.value, true),
              "restore point " + std::to_string(id.value) + " of " + path_);
}

Result<void> BackupReader::restore(PointId id, const std::string& database) const {
  return done(engine_->RestoreDBFromBackup(id.value, database, database),
              "restoring point " + std::to_string(id.value) + " of " + path_);
}

}  // namespace penstock
