// RocksOpening: from a data directory to an open database, or to a refusal that says what to do.
//
// The order matters:
//   1. enter and lock the directory, read FORMAT
//   2. is there room to replay the log?
//   3. sync what is there: what is read from now on must survive the next power cut
//   4. scan log and MANIFEST; damage behind which something acknowledged lies is refused; a tail that was
//      never known to be synced is cut, and kept aside
//   5. open with the library, which need tolerate nothing any more; if it still finds corruption, scan
//      every checksum, and decide likewise, once
//   6. compare the position applied with the last one in the log
//   7. a new store: write FORMAT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "broker/change.h"
#include "storage/data_directory.h"
#include "storage/record_codec.h"
#include "storage/rocks_families.h"
#include "storage/rocks_store.h"

namespace penstock {

// The database and what it stands on; members are destroyed from the last to the first.
struct OpenDatabase {
  OpenDatabase() = default;
  ~OpenDatabase();
  OpenDatabase(const OpenDatabase&) = delete;
  OpenDatabase& operator=(const OpenDatabase&) = delete;

  std::shared_ptr<rocksdb::FileSystem> files;
  std::unique_ptr<rocksdb::Env> env;
  std::unique_ptr<DataDirectory> directory;
  std::unique_ptr<rocksdb::DB> db;
  RocksFamilies families;
  AppliedRecord applied;
  std::string notice;
};

// `listeners` hear of what the library does.
using DatabaseListeners = std::vector<std::shared_ptr<rocksdb::EventListener>>;
Result<std::unique_ptr<OpenDatabase>> open_database(const RocksStoreOptions& options,
                                                    DatabaseListeners listeners);

}  // namespace penstock
