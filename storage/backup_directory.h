// BackupDirectory: a directory with the restore points of one store.
//
//     DIR/                  mode 0700
//         LOCK              held by the one process that writes there
//         PENSTOCK-BACKUPS  which format this is, and the identity of the store (storage/format_file.h)
//         meta/N            restore point N: its files with their checksums; written last, by rename
//         private/N/        what only point N needs: MANIFEST, CURRENT, options, the end of the log
//         shared_checksum/  tables; each is there once, however many points need it
//
// The last three are RocksDB's BackupEngine. A point is there as a whole or not at all, since its meta file
// comes last and by rename; whatever ended in the middle is cleared away by the next backup. So a second
// point costs the tables that were written since the first, and dropping one frees what no other needs.
//
// A point holds every commit up to the position in it, and perhaps some that followed while it was taken;
// each as a whole. No key material lies in it: see docs/operations.md.
//
// One thread. Opened for writing it holds the lock; two writers would clear away each other's files. The path
// comes from outside: whoever opens it has judged it. Refusals say what is wrong and what to do.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "storage/copying_files.h"
#include "storage/restore_point.h"
#include "storage/work_progress.h"

namespace rocksdb {
class BackupEngine;
class BackupEngineReadOnly;
class DB;
class Env;
class FileLock;
class FileSystem;
}  // namespace rocksdb

namespace penstock {

class BackupDirectory {
 public:
  // For writing: made if it is missing (not those above it), refused if it is neither empty nor one of these,
  // is of another store, or is in use. `progress` and what it stands on outlive it.
  static Result<std::unique_ptr<BackupDirectory>> open(const std::string& path, std::uint64_t identity,
                                                       const std::shared_ptr<rocksdb::FileSystem>& files,
                                                       WorkProgress& progress, const KeptFree& kept_free);
  // Likewise, of whatever store; it must be there.
  static Result<std::unique_ptr<BackupDirectory>> open_existing(
      const std::string& path, const std::shared_ptr<rocksdb::FileSystem>& files, WorkProgress& progress);
  ~BackupDirectory();
  BackupDirectory(const BackupDirectory&) = delete;
  BackupDirectory& operator=(const BackupDirectory&) = delete;

  // What there is of points.
  RestorePoints points() const;
  // One more, with everything that was applied before the call, up to `position` at least.
  Result<RestorePoint> take(rocksdb::DB& db, Position position, Time time);
  // Drops the oldest until so many whole points are left; more than 0.
  Result<void> keep(std::uint32_t points);
  Result<void> drop(PointId id);

 private:
  explicit BackupDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> files);

  Result<void> lock();
  Result<void> open_engine(WorkProgress& progress, const KeptFree& kept_free);

  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> files_;
  rocksdb::FileLock* lock_ = nullptr;
  std::shared_ptr<CopyingFiles> copying_;
  std::unique_ptr<rocksdb::Env> env_;          // of the database that is copied
  std::unique_ptr<rocksdb::Env> copying_env_;  // of the copies
  std::unique_ptr<rocksdb::BackupEngine> engine_;
};

// The same, only to be looked at: nothing is written and nothing is locked, so it may lie on read-only media.
// Who looks while somebody drops points may find one gone.
class BackupReader {
 public:
  // `progress` counts what is written elsewhere, and outlives it.
  static Result<std::unique_ptr<BackupReader>> open(const std::string& path,
                                                    const std::shared_ptr<rocksdb::FileSystem>& files,
                                                    WorkProgress& progress);
  ~BackupReader();
  BackupReader(const BackupReader&) = delete;
  BackupReader& operator=(const BackupReader&) = delete;

  std::uint64_t identity() const { return identity_; }
  RestorePoints points() const;
  // Reads every file of the point and compares the checksums.
  Result<void> verify(PointId id) const;
  // Writes the point's database into an empty directory, comparing the checksums on the way.
  Result<void> restore(PointId id, const std::string& database) const;

 private:
  BackupReader(std::string path, std::uint64_t identity);

  const std::string path_;
  const std::uint64_t identity_;
  std::shared_ptr<CopyingFiles> copying_;
  std::unique_ptr<rocksdb::Env> env_;          // of the backups
  std::unique_ptr<rocksdb::Env> copying_env_;  // of what is written
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine_;
};

}  // namespace penstock
