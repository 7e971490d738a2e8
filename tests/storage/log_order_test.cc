// Where the log is synced by interval, no byte goes into a log file while the end of an older one is
// unsynced: else a power cut could keep the later commits and lose the earlier ones. Seen from the file
// system.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "storage/rocks_store.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

// How far each log file was written and synced, by its path: file numbers have six digits, so paths sort.
class LogBook {
 public:
  void written(const std::string& path, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    for (const auto& [older, progress] : logs_) {
      if (older < path && progress.synced < progress.written) ++unsynced_before_;
    }
    logs_[path].written += bytes;
  }
  void synced(const std::string& path) {
    const std::lock_guard lock(mutex_);
    logs_[path].synced = logs_[path].written;
  }

  std::size_t logs() const { return logs_.size(); }
  std::size_t unsynced_before() const { return unsynced_before_; }

 private:
  struct Progress {
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Progress> logs_;
  std::size_t unsynced_before_ = 0;  // writes that came while an older log had an unsynced end
};

class BookedLog final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  BookedLog(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string path, LogBook& book)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), book_(book) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    book_.written(path_, data.size());
    return FSWritableFileWrapper::Append(data, options, debug);
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification, IODebugContext* debug) override {
    book_.written(path_, data.size());
    return FSWritableFileWrapper::Append(data, options, verification, debug);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = FSWritableFileWrapper::Sync(options, debug);
    if (status.ok()) book_.synced(path_);
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    const IOStatus status = FSWritableFileWrapper::Fsync(options, debug);
    if (status.ok()) book_.synced(path_);
    return status;
  }

 private:
  const std::string path_;
  LogBook& book_;
};

class BookedFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit BookedFileSystem(LogBook& book) : FileSystemWrapper(rocksdb::FileSystem::Default()), book_(book) {}
  const char* Name() const override { return "BookedFileSystem"; }
  IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override {
    const IOStatus status = target()->NewWritableFile(path, options, file, debug);
    if (status.ok() && path.ends_with(".log")) {
      *file = std::make_unique<BookedLog>(std::move(*file), path, book_);
    }
    return status;
  }

 private:
  LogBook& book_;
};

TEST(LogOrder, ALogIsSyncedToItsEndBeforeTheNextOneIsWritten) {
  const ScratchDirectory scratch;
  LogBook book;
  RocksStoreOptions options = small_store(scratch.path() + "/data");
  options.log_sync = LogSync::kInterval;
  options.sync_interval = std::chrono::hours(1);
  options.file_system = std::make_shared<BookedFileSystem>(book);
  {
    RecordedEvents events;
    auto opened = RocksStore::open(options, events);
    ASSERT_TRUE(opened) << opened.error().text;
    StoreDriver driver(**opened, events);
    play(StoreScript(40, 20'000), **opened, events, driver.position(), [](Position) {});
  }
  EXPECT_GT(book.logs(), 10U);
  EXPECT_EQ(book.unsynced_before(), 0U);
}

}  // namespace
}  // namespace penstock
