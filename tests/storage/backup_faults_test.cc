// A backup or a restore ends in the middle, at each of its file-system calls in turn: what was there before
// is whole, and the next one succeeds.
//
// A child opens the store, or reads the backups, through a file system that ends the process, or fails, at
// the Nth call below the directory that is written to; the parent looks at what is left. And what was done to
// its end outlives a power cut.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "storage/backup_directory.h"
#include "storage/restoration.h"
#include "storage/rocks_store.h"
#include "storage/work_progress.h"
#include "tests/storage/forked_play.h"
#include "tests/storage/ring_size.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"
#include "tests/storage/synced_file_system.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

constexpr int kCrashed = 99;
constexpr int kDone = 0;
constexpr int kRefused = 1;

// Counts the calls that change something below a directory, and has one of them go wrong.
class FailingBelow final : public rocksdb::FileSystemWrapper {
 public:
  FailingBelow(std::string directory, std::uint64_t at_call, bool crashes)
      : FileSystemWrapper(rocksdb::FileSystem::Default()),
        directory_(std::move(directory)),
        at_call_(at_call),
        crashes_(crashes) {}

  const char* Name() const override { return "FailingBelow"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = strike(path);
    if (status.ok()) status = target()->NewWritableFile(path, options, file, debug);
    if (status.ok()) *file = std::make_unique<File>(std::move(*file), path, *this);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = strike(to);
    return status.ok() ? target()->RenameFile(from, to, options, debug) : status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = strike(path);
    return status.ok() ? target()->DeleteFile(path, options, debug) : status;
  }
  rocksdb::IOStatus CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = strike(path);
    return status.ok() ? target()->CreateDir(path, options, debug) : status;
  }
  rocksdb::IOStatus CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                       rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = strike(path);
    return status.ok() ? target()->CreateDirIfMissing(path, options, debug) : status;
  }

  rocksdb::IOStatus strike(const std::string& path) {
    if (!path.starts_with(directory_) || calls_.fetch_add(1) + 1 != at_call_) return rocksdb::IOStatus::OK();
    if (crashes_) ::_exit(kCrashed);
    return rocksdb::IOStatus::IOError("meant to fail");
  }

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string path, FailingBelow& files)
        : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), files_(files) {}
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = files_.strike(path_);
      return status.ok() ? target()->Append(data, options, debug) : status;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo& verification,
                             rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = files_.strike(path_);
      return status.ok() ? target()->Append(data, options, verification, debug) : status;
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
      const rocksdb::IOStatus status = files_.strike(path_);
      return status.ok() ? target()->Sync(options, debug) : status;
    }

   private:
    const std::string path_;
    FailingBelow& files_;
  };

  const std::string directory_;
  const std::uint64_t at_call_;
  const bool crashes_;
  std::atomic<std::uint64_t> calls_{0};
};

class BackupFaults : public testing::Test {
 protected:
  using Files = std::shared_ptr<rocksdb::FileSystem>;

  Files failing(const std::string& below, std::uint64_t at_call, bool crashes) const {
    return std::make_shared<FailingBelow>(below, at_call, crashes);
  }
  // Remembers what would outlive a power cut.
  Files journaled() const {
    SyncedFileSystem::Options options;
    options.sidecar = sidecar();
    options.sync_for_real = false;
    return std::make_shared<SyncedFileSystem>(rocksdb::FileSystem::Default(), options);
  }
  void forget_all() const {
    for (const std::string& gone : {data(), backups(), target(), sidecar(), sidecar() + ".graves"})
      fs::remove_all(gone);
  }

  // Plays the script up to a position, and then takes a backup.
  int play_and_back_up(const StoreScript& script, std::uint64_t through, const Files& files = nullptr) const {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return 2;
    RocksStoreOptions options = small_store(data());
    options.file_system = files;
    RecordedEvents events;
    auto opened = RocksStore::open(options, events);
    if (!opened) return 3;
    StoreDriver driver(**opened, events);
    for (std::uint64_t next = driver.position().value + 1; next <= through; ++next) {
      (*opened)->append(script.commit(next));
      events.wait_durable(Position{next});
    }
    WorkProgress progress;
    return (*opened)->back_up({backups(), 2}, progress) ? kDone : kRefused;
  }

  int read_back(const StoreScript& script, const std::string& directory, Position least) const {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) return 2;
    RecordedEvents events;
    auto opened = RocksStore::open(small_store(directory), events);
    if (!opened) return 3;
    StoreDriver driver(**opened, events);
    if (driver.position() < least) return 4;
    return everything(driver) == script.truth(driver.position()) ? kDone : 5;
  }

  // Of the newest point, into `into`.
  int restore_in_child(const std::string& into, const Files& files = nullptr) const {
    return in_child([&] {
             WorkProgress progress;
             return restore({backups(), into, {}, files}, progress) ? kDone : kRefused;
           })
        .exit_status;
  }

  std::string data() const { return scratch_.path() + "/data"; }
  std::string backups() const { return scratch_.path() + "/backups"; }
  std::string target() const { return scratch_.path() + "/target"; }
  std::string sidecar() const { return scratch_.path() + "/sidecar"; }

  ScratchDirectory scratch_;
};

constexpr PowerCut kEveryPowerCut[] = {PowerCut::kAll, PowerCut::kSuffix, PowerCut::kZeroPages};

TEST_F(BackupFaults, ABackupThatEndsInTheMiddleLeavesTheEarlierPointsAndTheNextOneSucceeds) {
  const StoreScript script(8, 2'000);
  ASSERT_EQ(in_child([&] { return play_and_back_up(script, 4); }).exit_status, kDone);
  const std::string before_data = scratch_.path() + "/data-before";
  const std::string before_backups = scratch_.path() + "/backups-before";
  fs::copy(data(), before_data, fs::copy_options::recursive);
  fs::copy(backups(), before_backups, fs::copy_options::recursive);
  int cases = 0;
  const std::uint64_t step = long_run() ? 1 : 3;
  for (const bool crashes : {true, false}) {
    for (std::uint64_t call = crashes ? 1 : 2;; call += step, ++cases) {
      for (const std::string& gone : {data(), backups(), target()}) fs::remove_all(gone);
      fs::copy(before_data, data(), fs::copy_options::recursive);
      fs::copy(before_backups, backups(), fs::copy_options::recursive);
      const int end = in_child([&] {
                        return play_and_back_up(script, 8, failing(backups(), call, crashes));
                      }).exit_status;
      // Dropping what is left over is tried again by the next backup.
      ASSERT_TRUE(end == kDone || end == (crashes ? kCrashed : kRefused)) << "call " << call << ": " << end;
      ASSERT_EQ(restore_in_child(target()), kDone) << "call " << call;
      EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{4}); }).exit_status, kDone)
          << call;
      fs::remove_all(target());
      ASSERT_EQ(in_child([&] { return play_and_back_up(script, 8); }).exit_status, kDone) << call;
      ASSERT_EQ(restore_in_child(target()), kDone) << "call " << call;
      EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{8}); }).exit_status, kDone)
          << call;
      if (end == kDone) break;
    }
  }
  std::printf("%d calls of a backup went wrong\n", cases);
  EXPECT_GT(cases, 10);
}

TEST_F(BackupFaults, ARestoreThatEndsInTheMiddleIsNoStoreAndTheNextOneSucceeds) {
  const StoreScript script(6, 2'000);
  ASSERT_EQ(in_child([&] { return play_and_back_up(script, 6); }).exit_status, kDone);
  int cases = 0;
  const std::uint64_t step = long_run() ? 1 : 3;
  for (const bool crashes : {true, false}) {
    for (std::uint64_t call = crashes ? 1 : 2;; call += step, ++cases) {
      fs::remove_all(target());
      const int end = restore_in_child(target(), failing(target(), call, crashes));
      ASSERT_TRUE(end == kDone || end == (crashes ? kCrashed : kRefused)) << "call " << call << ": " << end;
      if (end == kDone) {
        EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{6}); }).exit_status, kDone);
        break;
      }
      EXPECT_TRUE(crashes || !fs::exists(target())) << "call " << call;
      if (fs::exists(target() + "/FORMAT")) {
        EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{6}); }).exit_status, kDone)
            << call;
        continue;
      }
      if (crashes && fs::exists(target() + "/restoring")) {
        EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{6}); }).exit_status, 3)
            << "what is half opens, after call " << call;
      }
      EXPECT_EQ(restore_in_child(target()), kDone) << "call " << call;
      EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{6}); }).exit_status, kDone)
          << call;
    }
  }
  std::printf("%d calls of a restore went wrong\n", cases);
  EXPECT_GT(cases, 10);
}

TEST_F(BackupFaults, ABackupThatWasReportedDoneOutlivesAPowerCut) {
  const StoreScript script(8, 2'000);
  for (const PowerCut mode : kEveryPowerCut) {
    forget_all();
    for (const std::uint64_t through : {std::uint64_t{4}, std::uint64_t{8}}) {
      ASSERT_EQ(in_child([&] { return play_and_back_up(script, through, journaled()); }).exit_status, kDone);
      drop_unsynced(scratch_.path(), sidecar(), mode, through);
      fs::remove_all(target());
      ASSERT_EQ(restore_in_child(target()), kDone)
          << "cut " << static_cast<int>(mode) << " after " << through;
      EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{through}); }).exit_status, kDone);
    }
  }
}

TEST_F(BackupFaults, ARestoreThatWasReportedDoneOutlivesAPowerCut) {
  const StoreScript script(8, 2'000);
  for (const PowerCut mode : kEveryPowerCut) {
    forget_all();
    ASSERT_EQ(in_child([&] { return play_and_back_up(script, 8); }).exit_status, kDone);
    ASSERT_EQ(restore_in_child(target(), journaled()), kDone);
    drop_unsynced(scratch_.path(), sidecar(), mode, 1);
    EXPECT_EQ(in_child([&] { return read_back(script, target(), Position{8}); }).exit_status, kDone)
        << "cut " << static_cast<int>(mode);
  }
}

}  // namespace
}  // namespace penstock
