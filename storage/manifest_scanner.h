// ManifestScanner: what RocksDB's MANIFEST says about itself, read with our own eyes (storage/log_file.h).
//
// The library takes damage in the last block of the MANIFEST for its end. Behind damage here, anything that
// can still be read proves that it is none.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

struct ManifestFinding {
  std::string name;              // MANIFEST-000005
  std::string damage;            // what is wrong; empty: nothing
  std::uint64_t torn_bytes = 0;  // at its end, never written completely and believed by nobody
};

// Of the database in that directory. A refusal: a file cannot be read.
Result<ManifestFinding> scan_manifest(rocksdb::FileSystem& files, const std::string& database);

}  // namespace penstock
