// SyncedFileSystem: a file system that keeps a journal of what is synced, and can fail at its Nth call.
//
// It stands between RocksDB (and the store's own file calls) and the machine's file system. Its journal
// lets drop_unsynced() play a power cut after the process is dead. Its faults make one call of the whole
// history go wrong in one way: fail, or be the last that the process does.
//
// A library of its own, so that a whole daemon can be built over it as well as a test.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/storage/sync_journal.h"

namespace penstock {

enum class FaultKind : std::uint8_t {
  kIoError,      // the call does nothing and fails with EIO
  kNoSpace,      // ... with ENOSPC
  kShortWrite,   // an append writes its first half and fails with EIO; another call fails like kIoError
  kCrashBefore,  // the process ends instead of the call
  kCrashAfter,   // the process ends when the call is done
};

inline constexpr int kCrashedExit = 99;

// Counts calls over all files and threads, and strikes at one of them.
class FaultPlan {
 public:
  FaultPlan() = default;
  FaultPlan(std::uint64_t at_call, FaultKind kind) : at_call_(at_call), kind_(kind) {}

  // True for the call that is to go wrong: calls are counted from 1.
  bool strikes() { return calls_.fetch_add(1) + 1 == at_call_; }
  FaultKind kind() const { return kind_; }
  std::uint64_t calls() const { return calls_.load(); }

 private:
  const std::uint64_t at_call_ = 0;  // 0: never
  const FaultKind kind_ = FaultKind::kIoError;
  std::atomic<std::uint64_t> calls_{0};
};

class SyncedFileSystem : public rocksdb::FileSystemWrapper {
 public:
  struct Options {
    std::string sidecar;
    // False: a sync is written to the journal only, for rings whose power cuts are played anyway.
    bool sync_for_real = true;
    std::shared_ptr<FaultPlan> faults = std::make_shared<FaultPlan>();
  };

  SyncedFileSystem(std::shared_ptr<rocksdb::FileSystem> target, const Options& options);

  static const char* kClassName() { return "SyncedFileSystem"; }
  const char* Name() const override { return kClassName(); }

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  // A file that is written over in place would escape the journal; nothing of ours asks for one.
  rocksdb::IOStatus ReuseWritableFile(const std::string&, const std::string&, const rocksdb::FileOptions&,
                                      std::unique_ptr<rocksdb::FSWritableFile>*,
                                      rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported("ReuseWritableFile");
  }
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus FileExists(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetChildren(const std::string& path, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFileSize(const std::string& path, const rocksdb::IOOptions& options,
                                std::uint64_t* bytes, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 std::uint64_t* bytes, rocksdb::IODebugContext* debug) override;

 private:
  SyncJournal journal_;
  const bool sync_for_real_;
  const std::shared_ptr<FaultPlan> faults_;
};

}  // namespace penstock
