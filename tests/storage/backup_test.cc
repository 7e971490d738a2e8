// Restore points of a store, and data directories that are made of them.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "storage/backup_directory.h"
#include "storage/restoration.h"
#include "storage/rocks_store.h"
#include "storage/work_progress.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;
using Kind = RestoreRefusal::Kind;

class BackupTest : public testing::Test {
 protected:
  void open() { open(small_store(data())); }
  void open(const RocksStoreOptions& options) {
    close();
    auto opened = RocksStore::open(options, events_);
    ASSERT_TRUE(opened) << opened.error().text;
    store_ = std::move(*opened);
    driver_ = std::make_unique<StoreDriver>(*store_, events_);
  }
  void close() {
    driver_.reset();
    store_.reset();
  }

  Result<BackupTaken> back_up(std::uint32_t keep = 0) {
    WorkProgress progress;
    Result<BackupTaken> taken = store_->back_up({backups(), keep}, progress);
    copied_ = progress.done();
    return taken;
  }

  tl::expected<Restored, RestoreRefusal> restored(std::optional<PointId> point = {}) {
    WorkProgress progress;
    return restore({backups(), target(), point, nullptr}, progress);
  }

  // What a store there holds; and that it begins without anything to say but of a log that was cut.
  std::map<std::string, std::string> held_by(const std::string& directory, Position& position) {
    RecordedEvents events;
    auto opened = RocksStore::open(small_store(directory), events);
    EXPECT_TRUE(opened) << opened.error().text;
    if (!opened) return {};
    EXPECT_EQ((*opened)->notice(), "");
    StoreDriver driver(**opened, events);
    position = driver.position();
    return everything(driver);
  }

  static void flip_a_byte(const fs::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(path) / 2);
    file.seekg(middle);
    const char byte = static_cast<char>(file.get());
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 1));
  }

  static std::vector<fs::path> files_below(const std::string& directory) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }

  std::string data() const { return scratch_.path() + "/data"; }
  std::string backups() const { return scratch_.path() + "/backups"; }
  std::string target() const { return scratch_.path() + "/target"; }

  ScratchDirectory scratch_;
  RecordedEvents events_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<StoreDriver> driver_;
  std::uint64_t copied_ = 0;
};

TEST_F(BackupTest, APointHasEverythingThatWasDurableAndIsRestoredAsAStoreThatGoesOn) {
  const StoreScript script(26, 700);
  open();
  play(
      script, *store_, events_, Position{0}, [](Position) {},
      [&](Position position) {
        if (position.value != 11 && position.value != 19) return;
        ASSERT_TRUE(back_up());
      });
  for (const auto& [point, at] : {std::pair(PointId{1}, Position{11}), std::pair(PointId{2}, Position{19})}) {
    fs::remove_all(target());
    const auto done = restored(point);
    ASSERT_TRUE(done) << done.error().text;
    EXPECT_EQ(done->point.position, at);
    EXPECT_EQ(done->applied.position, at);
    EXPECT_FALSE(fs::exists(target() + "/restoring"));
    Position position;
    EXPECT_EQ(held_by(target(), position), script.truth(at));
    EXPECT_EQ(position, at);
  }
  close();
  open(small_store(target()));
  play(script, *store_, events_, driver_->position(), [](Position) {});
  ASSERT_TRUE(back_up()) << "the restored store is the same one: its backups go on in the same directory";
  open(small_store(target()));
  EXPECT_EQ(everything(*driver_), script.truth(Position{26}));
}

class BackupUnderLoadTest : public BackupTest, public testing::WithParamInterface<LogSync> {};

TEST_P(BackupUnderLoadTest, APointIsAPrefixOfTheCommitsWithAllThatWasDurableBefore) {
  const StoreScript script(80, 2'000);
  RocksStoreOptions options = small_store(data());
  options.log_sync = GetParam();
  open(options);
  std::atomic<std::uint64_t> durable{0};
  std::atomic<bool> over{false};
  std::vector<std::uint64_t> before;
  std::thread taking([&] {
    do {
      const std::uint64_t at = durable;
      const auto taken = back_up();
      ASSERT_TRUE(taken) << taken.error().text;
      EXPECT_GE(taken->point.position.value, at);
      before.push_back(at);
    } while (!over);
  });
  play(
      script, *store_, events_, Position{0}, [](Position) {},
      [&](Position position) { durable = position.value; });
  over = true;
  taking.join();
  close();
  std::uint32_t id = 0;
  for (const std::uint64_t at : before) {
    fs::remove_all(target());
    const auto done = restored(PointId{++id});
    ASSERT_TRUE(done) << done.error().text;
    Position position;
    EXPECT_EQ(held_by(target(), position), script.truth(done->applied.position));
    EXPECT_GE(position.value, at);
  }
  std::printf("%zu points were taken under load\n", before.size());
}

// Each with a store and its events of its own.
INSTANTIATE_TEST_SUITE_P(EachAndInterval, BackupUnderLoadTest,
                         testing::Values(LogSync::kEachCommit, LogSync::kInterval));

TEST_F(BackupTest, ASecondPointCopiesOnlyWhatIsNew) {
  open();
  SeededRandom random(1);
  std::vector<Change> changes;
  for (std::uint64_t i = 0; i < 50; ++i) {
    std::string body;
    while (body.size() < 20'000) body += std::to_string(random.next());  // which no compression makes small
    changes.push_back(Put{fresh(i, std::move(body))});
  }
  driver_->commit(std::move(changes));
  ASSERT_TRUE(store_->compact());
  ASSERT_TRUE(back_up());
  const std::uint64_t first = copied_;
  driver_->commit({Put{fresh(50, "one more")}});
  const auto second = back_up();
  ASSERT_TRUE(second);
  EXPECT_LT(copied_, first / 5) << "of " << first;
  EXPECT_GT(second->point.bytes, first / 2) << "but it has all";
}

TEST_F(BackupTest, OldPointsAreDroppedAndWhatIsLeftIsWhole) {
  const StoreScript script(18, 700);
  open();
  play(
      script, *store_, events_, Position{0}, [](Position) {},
      [&](Position position) {
        if (position.value % 3 != 0) return;
        const auto taken = back_up(2);
        ASSERT_TRUE(taken) << taken.error().text;
        EXPECT_LE(taken->left.whole.size(), 2U);
      });
  close();
  WorkProgress progress;
  {
    const auto reader = BackupReader::open(backups(), rocksdb::FileSystem::Default(), progress);
    ASSERT_TRUE(reader);
    const RestorePoints points = (*reader)->points();
    ASSERT_EQ(points.whole.size(), 2U);
    EXPECT_EQ(points.whole[0].id, PointId{5});
    EXPECT_EQ(points.whole[1].id, PointId{6});
    for (const RestorePoint& point : points.whole) EXPECT_TRUE((*reader)->verify(point.id));
  }
  {
    auto directory = BackupDirectory::open_existing(backups(), rocksdb::FileSystem::Default(), progress);
    ASSERT_TRUE(directory) << directory.error().text;
    EXPECT_FALSE((*directory)->drop(PointId{4}));
    EXPECT_TRUE((*directory)->drop(PointId{6}));
    const auto second = BackupDirectory::open_existing(backups(), rocksdb::FileSystem::Default(), progress);
    ASSERT_FALSE(second) << "one writer at a time";
    EXPECT_NE(second.error().text.find("in use"), std::string::npos) << second.error().text;
  }
  const auto done = restored();
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_EQ(done->point.id, PointId{5});
  Position position;
  EXPECT_EQ(held_by(target(), position), script.truth(Position{15}));
}

TEST_F(BackupTest, BackupsGoIntoAnEmptyDirectoryOrOneOfTheSameStoreAndNowhereElse) {
  open();
  driver_->commit({Put{queue_record()}});
  fs::create_directory(backups());
  std::ofstream(backups() + "/letters") << "dear";
  const auto foreign = back_up();
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().text.find("is not empty"), std::string::npos) << foreign.error().text;
  EXPECT_TRUE(fs::exists(backups() + "/letters"));
  fs::remove_all(backups());
  ASSERT_TRUE(back_up());
  close();
  fs::remove_all(data());
  open();
  const auto other = back_up();
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().text.find("another store"), std::string::npos) << other.error().text;
}

TEST_F(BackupTest, WithoutTheDiskReserveThereIsNoBackupAndNothingOfOneIsLeft) {
  const StoreScript script(20, 3'000);
  open();
  play(script, *store_, events_, Position{0}, [](Position) {});
  ASSERT_TRUE(back_up());
  const std::size_t files = files_below(backups()).size();
  RocksStoreOptions options = small_store(data());
  options.disk_reserve_bytes = ~std::uint64_t{0} >> 1;
  open(options);
  EXPECT_FALSE(back_up());
  open();
  WorkProgress stopped;
  stopped.stop();
  driver_->commit({Put{fresh(1'000, std::string(50'000, 'x'))}});
  EXPECT_FALSE(store_->back_up({backups(), 0}, stopped));
  EXPECT_EQ(files_below(backups()).size(), files);
  ASSERT_TRUE(back_up());
  EXPECT_EQ(restored()->applied.position, driver_->position());
}

TEST_F(BackupTest, ARestoreRefusesATargetThatHoldsSomethingOrIsInUseAndLeavesItAsItWas) {
  open();
  driver_->commit({Put{queue_record()}});
  ASSERT_TRUE(back_up());
  WorkProgress progress;
  const auto into = [&](const std::string& target) {
    return restore({backups(), target, {}, nullptr}, progress);
  };

  auto refusal = into(data());
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, Kind::kTarget);
  EXPECT_NE(refusal.error().text.find("in use"), std::string::npos) << refusal.error().text;
  close();
  refusal = into(data());
  ASSERT_FALSE(refusal);
  EXPECT_NE(refusal.error().text.find("holds a store"), std::string::npos) << refusal.error().text;
  Position position;
  EXPECT_EQ(held_by(data(), position).size(), 1U);

  fs::create_directory(target());
  std::ofstream(target() + "/letters") << "dear";
  refusal = into(target());
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, Kind::kTarget);
  EXPECT_EQ(files_below(target()).size(), 1U);

  refusal = into(scratch_.path() + "/no/such");
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, Kind::kTarget);
}

TEST_F(BackupTest, ARestoreRefusesWhatIsNoBackupAndWhatIsDamagedAndLeavesNothing) {
  auto refusal = restored();
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, Kind::kNoBackup);

  const StoreScript script(20, 3'000);
  open();
  play(script, *store_, events_, Position{0}, [](Position) {});
  ASSERT_TRUE(back_up());
  close();
  refusal = restored(PointId{7});
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().kind, Kind::kNoBackup);

  const std::string whole = scratch_.path() + "/whole";
  fs::copy(backups(), whole, fs::copy_options::recursive);
  int tried = 0;
  for (const fs::path& file : files_below(whole)) {
    const std::string name = fs::relative(file, whole);
    if (name == "LOCK") continue;
    for (const bool gone : {false, true}) {
      fs::remove_all(backups());
      fs::copy(whole, backups(), fs::copy_options::recursive);
      gone ? void(fs::remove(backups() + "/" + name)) : flip_a_byte(backups() + "/" + name);
      refusal = restored();
      EXPECT_FALSE(refusal) << name << (gone ? " is gone" : " has another byte");
      EXPECT_FALSE(fs::exists(target())) << name;
      fs::remove_all(target());
      ++tried;
    }
  }
  std::printf("%d damaged backups were refused\n", tried);
  EXPECT_GT(tried, 10);
}

TEST_F(BackupTest, AnUnfinishedRestoreIsNoEmptyStoreAndBeginsAnew) {
  open();
  driver_->commit({Put{queue_record()}, Put{fresh(0, "a")}});
  ASSERT_TRUE(back_up());
  close();
  fs::create_directories(target() + "/restoring/db");
  fs::permissions(target(), fs::perms::owner_all);
  std::ofstream(target() + "/restoring/db/000009.sst") << "half";
  const auto begun = RocksStore::open(small_store(target()), events_);
  ASSERT_FALSE(begun);
  EXPECT_NE(begun.error().text.find("run penstock restore again"), std::string::npos) << begun.error().text;
  ASSERT_TRUE(restored());
  Position position;
  EXPECT_EQ(held_by(target(), position), bytes_of({queue_record(), fresh(0, "a")}));
}

TEST_F(BackupTest, NoKeyMaterialLiesInABackup) {
  open();
  driver_->commit({Put{queue_record()}});
  std::ofstream(data() + "/notification-key.pem") << "-----BEGIN PRIVATE KEY-----";
  std::ofstream(data() + "/tls-key.pem") << "-----BEGIN PRIVATE KEY-----";
  ASSERT_TRUE(back_up());
  for (const fs::path& file : files_below(backups())) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(text.find("PRIVATE KEY"), std::string::npos) << file;
  }
  ASSERT_TRUE(restored());
  EXPECT_FALSE(fs::exists(target() + "/notification-key.pem"));
}

}  // namespace
}  // namespace penstock
