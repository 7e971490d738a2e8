// Restoration: a restore point becomes a data directory, whole or not at all.
//
//     1. the point is chosen, and the target is entered: it must be missing or empty, and is locked
//     2. is there room?
//     3. DIR/restoring/ is written from the point, each file's checksum compared
//     4. it is opened once as a daemon would open it: log and MANIFEST are read, the end of a log that was
//     being
//        written when the backup was taken is cut, and the position must be the point's or a later one
//     5. everything is synced, DIR/restoring/db becomes DIR/db, and DIR/FORMAT is written: from here on it is
//     a store
//
// Without FORMAT a daemon refuses a directory that has `restoring` in it (storage/data_directory.h). A
// failure removes what was written; a process that dies leaves `restoring`, and the next restore begins anew.
//
// The identity of the store is kept: what follows may be backed up into the same directory of backups.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "storage/backup_directory.h"
#include "storage/record_codec.h"
#include "storage/work_progress.h"

namespace penstock {

struct RestoreOrder {
  std::string backups;
  std::string data;
  std::optional<PointId> point;                // nothing: the newest
  std::shared_ptr<rocksdb::FileSystem> files;  // null: the machine's
};

struct Restored {
  RestorePoint point;
  AppliedRecord applied;  // the last commit in it, and its time
};

struct RestoreRefusal {
  enum class Kind {
    kNoBackup,  // there is no such directory or point
    kDamaged,   // the point is not what was written
    kTarget,    // the data directory cannot be written to, or holds something
    kFailed,    // no room, or a disk that fails
  };
  Kind kind{};
  std::string text;
};

tl::expected<Restored, RestoreRefusal> restore(const RestoreOrder& order, WorkProgress& progress);

}  // namespace penstock
