// The daemon's side of backups: where they may go, one at a time, and an end in the middle.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "server/backup_place.h"
#include "server/backup_thread.h"
#include "tests/storage/scratch_directory.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

TEST(BackupPlace, IsTheDirectoryThatTheOperatorNamedOrOneDirectlyInItHoweverItIsSpelt) {
  const ScratchDirectory scratch;
  const std::string root = scratch.path() + "/backups";
  for (const bool exists : {false, true}) {
    if (exists) fs::create_directory(root);
    for (const std::string& asked : {root, root + "/", scratch.path() + "/x/../backups", root + "/./"}) {
      EXPECT_EQ(backup_place(root, asked), root) << asked;
    }
    EXPECT_EQ(backup_place(root + "/", root + "/daily"), root + "/daily");
    EXPECT_EQ(backup_place(root, root + "/daily/"), root + "/daily");
  }
  fs::create_directory_symlink(root, scratch.path() + "/way");
  EXPECT_EQ(backup_place(root, scratch.path() + "/way/daily"), root + "/daily")
      << "another way to the same place";
  EXPECT_EQ(backup_place(scratch.path() + "/way", root), root);
}

TEST(BackupPlace, IsNowhereElse) {
  const ScratchDirectory scratch;
  const std::string root = scratch.path() + "/backups";
  fs::create_directory(root);
  fs::create_directory_symlink(scratch.path(), root + "/link");
  for (const std::string& asked :
       {std::string(), std::string("backups"), scratch.path(), std::string("/"), root + "/a/b", root + "/..",
        root + "/../backups2", root + "/link", root + "/link/a", root + "/.hidden", root + "/-x",
        root + "/private", root + "/a b", root + "/a\nb", root + std::string("/a\0b", 4),
        root + "/" + std::string(65, 'x'), "/" + std::string(5'000, 'x')}) {
    EXPECT_FALSE(backup_place(root, asked)) << asked;
  }
  EXPECT_FALSE(backup_place("", root));
}

class NoEvents final : public StoreEvents {
 public:
  void durable(Position) override {}
  void bodies(std::uint64_t, std::vector<BodyRecord>) override {}
  void page(Page) override {}
  void looked_up(LookedUp) override {}
  [[noreturn]] void refused(const std::string&) override { std::abort(); }
};

#ifndef __SANITIZE_THREAD__  // RocksDB is not built with it

TEST(BackupThread, TakesOneBackupAtATimeAndReportsIt) {
  const ScratchDirectory scratch;
  NoEvents events;
  RocksStoreOptions options;
  options.directory = scratch.path() + "/data";
  options.disk_reserve_bytes = 1;
  auto store = RocksStore::open(options, events);
  ASSERT_TRUE(store) << store.error().text;
  (*store)->load([](Record&&) {});
  BackupThread backups;
  EXPECT_EQ(backups.order({scratch.path() + "/b", 0}).error(), BackupThread::Refusal::kNothingToBackUp);
  backups.start(**store);
  std::uint64_t last = 0;
  for (const std::string name : {"/b", "/b", "/nowhere/b"}) {
    const auto number = backups.order({scratch.path() + name, 0});
    ASSERT_TRUE(number);
    EXPECT_GT(*number, last);
    last = *number;
    BackupReportPtr report = backups.report();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->number, last);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (report->state == BackupReport::State::kRunning && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      report = backups.report();
    }
    EXPECT_EQ(report->state == BackupReport::State::kFailed, name == "/nowhere/b") << report->why;
  }
  EXPECT_GE(backups.counts().done, 2U);
  EXPECT_GE(backups.counts().failed, 1U);
  static_cast<void>(backups.order({scratch.path() + "/b", 0}));
  backups.stop();
  EXPECT_FALSE(backups.order({scratch.path() + "/b", 0}));
  EXPECT_NE(backups.report()->state, BackupReport::State::kRunning);
}

#endif

}  // namespace
}  // namespace penstock
