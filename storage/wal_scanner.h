// WalScanner: what the write-ahead log says about itself, told apart from what the library makes of it.
//
// Positions in an undamaged log follow each other without a gap inside a file, and rise from file to file
// (what lay between may be in tables already, its file gone). Behind damage, a
// batch that can be read and that names the damaged position as synced proves that something
// acknowledged is lost: such a store must not be opened. If there is none, the damaged tail was being
// written when the power went and nobody was ever told of it: it may be cut away.
//
// Called before the store is opened, by the thread that opens it, while the data directory is locked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "broker/change.h"
#include "storage/log_file.h"

namespace penstock {

struct WalFile {
  std::uint64_t number = 0;
  std::string path;
  std::uint64_t bytes = 0;
};

struct WalCut {
  std::string path;
  std::uint64_t from = 0;  // bytes of the file that stay
  std::uint64_t bytes = 0;
};

struct WalFinding {
  Position last;  // of the last batch before any damage; 0: none

  std::vector<WalCut> cuts;  // what is damaged, and all behind it; empty: undamaged
  // Why the log cannot be trusted. Empty: it can, once the cuts are made.
  std::string complaint;

  bool undamaged() const { return cuts.empty() && complaint.empty(); }
  std::uint64_t cut_bytes() const;
};

// The write-ahead log files of a directory, ascending by number.
Result<std::vector<WalFile>> list_wal_files(rocksdb::FileSystem& files, const std::string& directory);

// A refusal: a file cannot be read. At kHeaders, damage is only a reason to scan again at kFull.
Result<WalFinding> scan_wal(rocksdb::FileSystem& files, const std::vector<WalFile>& wal_files,
                            std::uint64_t identity, LogDepth depth);

}  // namespace penstock
