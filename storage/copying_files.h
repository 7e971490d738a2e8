// CopyingFiles: the file system that backups and restores write through. It is the one below it, and:
//
//   - counts what is written, and ends the writing when it is told to stop
//   - has each mebibyte written back as it comes: the sync of a whole table at once would have the syncs of
//   the
//     broker's log wait behind it
//   - writes nothing more once the disk under the data directory has less than its reserve free: a backup
//   never
//     costs the broker its room
//
// Any thread of the library; what it is given outlives it.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "storage/work_progress.h"

namespace penstock {

// The directory whose disk is looked after, and how much of it must stay free.
struct KeptFree {
  std::string directory;  // empty: none
  std::uint64_t bytes = 0;
};

class CopyingFiles final : public rocksdb::FileSystemWrapper {
 public:
  CopyingFiles(const std::shared_ptr<rocksdb::FileSystem>& below, WorkProgress& progress, KeptFree kept_free);

  const char* Name() const override { return "CopyingFiles"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;

  // So many more bytes are to be written; called before they are.
  rocksdb::IOStatus admit(std::uint64_t bytes);

 private:
  static constexpr std::uint64_t kAskedEvery = 8 << 20;  // bytes written

  WorkProgress& progress_;
  const KeptFree kept_free_;
  std::atomic<std::uint64_t> unasked_{kAskedEvery};  // bytes since the disk was asked
};

}  // namespace penstock
