// DataDirectory: the place on disk that one store owns, and the signs at its door.
//
//     DIR/LOCK     held while a process has the store open
//     DIR/FORMAT   which disk format this is, and the store's identity; written when its birth is complete
//     DIR/db/      RocksDB
//     DIR/cut/     tails of the log that were cut away at recovery, kept for whoever wants to look
//     DIR/restoring/  a restore that is not finished (storage/restoration.h): without FORMAT, nothing begins here
//
// Without FORMAT nothing was ever acknowledged: what lies in db/ is then a birth that was interrupted, and
// it begins anew; with it, a missing database is damage and never replaced by an empty one. Everything
// goes through the injected file system. Refusals say what is wrong and what to do.
//
// Used by the thread that opens the store; destroyed after the database is closed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rocksdb {
class FileLock;
class FileSystem;
}  // namespace rocksdb

namespace penstock {

// What a restore writes into, below the data directory, until it is whole.
inline constexpr std::string_view kRestoring = "restoring";

class DataDirectory {
 public:
  // Creates the directory (mode 0700) if it is missing, locks it, and reads its FORMAT.
  static Result<std::unique_ptr<DataDirectory>> open(const std::string& path,
                                                     std::shared_ptr<rocksdb::FileSystem> files);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string database() const { return path_ + "/db"; }

  bool born() const { return born_; }
  std::uint64_t identity() const { return identity_; }
  // The database exists now: writes FORMAT, durably.
  Result<void> finish_birth();

  // Makes durable what a killed process left unsynced (the end of the log, a FORMAT that was just written):
  // what is read now must not be gone after a power cut, when newer commits that build on it are not.
  Result<void> sync_all();
  // Cuts the file to `bytes`, having kept the rest in cut/.
  Result<void> cut_file(const std::string& path, std::uint64_t bytes);

  // Something the operator should read, or empty.
  const std::string& notice() const { return notice_; }

 private:
  DataDirectory(std::string path, std::shared_ptr<rocksdb::FileSystem> files);

  Result<void> enter();
  Result<void> lock();
  Result<void> read_format();
  Result<void> clear_unborn_database();

  const std::string path_;
  const std::shared_ptr<rocksdb::FileSystem> files_;
  rocksdb::FileLock* lock_ = nullptr;
  bool born_ = false;
  std::uint64_t identity_ = 0;
  std::string notice_;
};

}  // namespace penstock
