#include "tests/storage/synced_file_system.h"

#include <unistd.h>

#include <utility>

namespace penstock {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// Does the call, unless it is the one to go wrong.
template <class Call>
IOStatus faulted(FaultPlan& faults, Call&& call) {
  if (!faults.strikes()) return call();
  switch (faults.kind()) {
    case FaultKind::kNoSpace:
      return IOStatus::NoSpace("injected");
    case FaultKind::kCrashBefore:
      ::_exit(kCrashedExit);
    case FaultKind::kCrashAfter:
      call().PermitUncheckedError();
      ::_exit(kCrashedExit);
    case FaultKind::kIoError:
    case FaultKind::kShortWrite:
      break;
  }
  return IOStatus::IOError("injected");
}

class JournaledFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  JournaledFile(std::unique_ptr<rocksdb::FSWritableFile>&& target, std::string path, std::uint64_t bytes,
                SyncJournal& journal, bool sync_for_real, std::shared_ptr<FaultPlan> faults)
      : FSWritableFileOwnerWrapper(std::move(target)),
        path_(std::move(path)),
        journal_(journal),
        sync_for_real_(sync_for_real),
        faults_(std::move(faults)),
        bytes_(bytes) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    bool struck = true;
    IOStatus status = faulted(*faults_, [&] {
      struck = false;
      return append(data, options, debug);
    });
    if (struck && !status.ok() && faults_->kind() == FaultKind::kShortWrite) {
      append(Slice(data.data(), data.size() / 2), options, debug).PermitUncheckedError();
    }
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return target()->Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return target()->Fsync(options, debug); });
  }
  // Starts write-back and promises nothing.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    return faulted(*faults_, [&] { return target()->Flush(options, debug); });
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return faulted(*faults_, [&] { return target()->Close(options, debug); });
  }

 private:
  IOStatus append(const Slice& data, const IOOptions& options, IODebugContext* debug) {
    IOStatus status = target()->Append(data, options, debug);
    if (status.ok()) bytes_ += data.size();
    return status;
  }

  template <class Call>
  IOStatus sync(Call&& call) {
    return faulted(*faults_, [&] {
      const std::uint64_t bytes = bytes_;  // what is appended meanwhile is not known to be synced
      IOStatus status = sync_for_real_ ? call() : IOStatus::OK();
      if (status.ok()) journal_.synced(path_, bytes);
      return status;
    });
  }

  const std::string path_;
  SyncJournal& journal_;
  const bool sync_for_real_;
  const std::shared_ptr<FaultPlan> faults_;
  std::atomic<std::uint64_t> bytes_;
};

class JournaledDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  JournaledDirectory(std::unique_ptr<rocksdb::FSDirectory>&& target, std::string path, SyncJournal& journal,
                     bool sync_for_real, std::shared_ptr<FaultPlan> faults)
      : FSDirectoryWrapper(target.get()),
        target_(std::move(target)),
        path_(std::move(path)),
        journal_(journal),
        sync_for_real_(sync_for_real),
        faults_(std::move(faults)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return sync([&] { return target_->Fsync(options, debug); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& directory_options) override {
    return sync([&] { return target_->FsyncWithDirOptions(options, debug, directory_options); });
  }

 private:
  template <class Call>
  IOStatus sync(Call&& call) {
    return faulted(*faults_, [&] {
      IOStatus status = sync_for_real_ ? call() : IOStatus::OK();
      if (status.ok()) journal_.directory_synced(path_);
      return status;
    });
  }

  const std::unique_ptr<rocksdb::FSDirectory> target_;
  const std::string path_;
  SyncJournal& journal_;
  const bool sync_for_real_;
  const std::shared_ptr<FaultPlan> faults_;
};

class FaultySequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FaultySequentialFile(std::unique_ptr<rocksdb::FSSequentialFile>&& target, std::shared_ptr<FaultPlan> faults)
      : FSSequentialFileOwnerWrapper(std::move(target)), faults_(std::move(faults)) {}

  IOStatus Read(std::size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    return faulted(*faults_,
                   [&] { return FSSequentialFileWrapper::Read(bytes, options, result, scratch, debug); });
  }

 private:
  const std::shared_ptr<FaultPlan> faults_;
};

class FaultyRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  FaultyRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile>&& target,
                         std::shared_ptr<FaultPlan> faults)
      : FSRandomAccessFileOwnerWrapper(std::move(target)), faults_(std::move(faults)) {}

  IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    return faulted(*faults_, [&] {
      return FSRandomAccessFileWrapper::Read(offset, bytes, options, result, scratch, debug);
    });
  }

 private:
  const std::shared_ptr<FaultPlan> faults_;
};

// RocksDB names directories with and without a slash at the end.
std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

SyncedFileSystem::SyncedFileSystem(std::shared_ptr<rocksdb::FileSystem> target, const Options& options)
    : FileSystemWrapper(std::move(target)),
      journal_(options.sidecar),
      sync_for_real_(options.sync_for_real),
      faults_(options.faults) {}

IOStatus SyncedFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                             IODebugContext* debug) {
  return faulted(*faults_, [&] {
    IOStatus status = target()->NewSequentialFile(path, options, file, debug);
    if (status.ok()) *file = std::make_unique<FaultySequentialFile>(std::move(*file), faults_);
    return status;
  });
}

IOStatus SyncedFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                               IODebugContext* debug) {
  return faulted(*faults_, [&] {
    IOStatus status = target()->NewRandomAccessFile(path, options, file, debug);
    if (status.ok()) *file = std::make_unique<FaultyRandomAccessFile>(std::move(*file), faults_);
    return status;
  });
}

IOStatus SyncedFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                                           IODebugContext* debug) {
  return faulted(*faults_, [&] {
    IOStatus status = target()->NewWritableFile(path, options, file, debug);
    if (!status.ok()) return status;
    journal_.created(path);
    *file = std::make_unique<JournaledFile>(std::move(*file), path, 0, journal_, sync_for_real_, faults_);
    return status;
  });
}

IOStatus SyncedFileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                                              IODebugContext* debug) {
  return faulted(*faults_, [&] {
    std::uint64_t bytes = 0;
    IOStatus status = target()->GetFileSize(path, IOOptions(), &bytes, debug);
    if (status.ok()) status = target()->ReopenWritableFile(path, options, file, debug);
    if (!status.ok()) return status;
    *file = std::make_unique<JournaledFile>(std::move(*file), path, bytes, journal_, sync_for_real_, faults_);
    return status;
  });
}

IOStatus SyncedFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                                        IODebugContext* debug) {
  return faulted(*faults_, [&] {
    IOStatus status = target()->NewDirectory(path, options, directory, debug);
    if (!status.ok()) return status;
    *directory = std::make_unique<JournaledDirectory>(std::move(*directory), without_slash(path), journal_,
                                                      sync_for_real_, faults_);
    return status;
  });
}

IOStatus SyncedFileSystem::FileExists(const std::string& path, const IOOptions& options,
                                      IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->FileExists(path, options, debug); });
}

IOStatus SyncedFileSystem::GetChildren(const std::string& path, const IOOptions& options,
                                       std::vector<std::string>* names, IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->GetChildren(path, options, names, debug); });
}

IOStatus SyncedFileSystem::GetFileSize(const std::string& path, const IOOptions& options,
                                       std::uint64_t* bytes, IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->GetFileSize(path, options, bytes, debug); });
}

IOStatus SyncedFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                      IODebugContext* debug) {
  return faulted(*faults_, [&] {
    const std::uint64_t grave = journal_.bury(path);
    IOStatus status = target()->DeleteFile(path, options, debug);
    if (status.ok()) journal_.deleted(grave, path);
    return status;
  });
}

IOStatus SyncedFileSystem::RenameFile(const std::string& from, const std::string& to,
                                      const IOOptions& options, IODebugContext* debug) {
  return faulted(*faults_, [&] {
    const std::uint64_t grave = journal_.bury(to);
    IOStatus status = target()->RenameFile(from, to, options, debug);
    if (status.ok()) journal_.renamed(grave, from, to);
    return status;
  });
}

IOStatus SyncedFileSystem::CreateDirIfMissing(const std::string& path, const IOOptions& options,
                                              IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->CreateDirIfMissing(path, options, debug); });
}

IOStatus SyncedFileSystem::LockFile(const std::string& path, const IOOptions& options,
                                    rocksdb::FileLock** lock, IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->LockFile(path, options, lock, debug); });
}

IOStatus SyncedFileSystem::GetFreeSpace(const std::string& path, const IOOptions& options,
                                        std::uint64_t* bytes, IODebugContext* debug) {
  return faulted(*faults_, [&] { return target()->GetFreeSpace(path, options, bytes, debug); });
}

}  // namespace penstock
