// What a RocksStore refuses, at its door and at run time, and what it says. Each play runs in a child.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "storage/rocks_store.h"
#include "tests/storage/forked_play.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

class FullDisk : public rocksdb::FileSystemWrapper {
 public:
  FullDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FullDisk"; }
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, std::uint64_t* bytes,
                                 rocksdb::IODebugContext*) override {
    *bytes = 100'000;
    return rocksdb::IOStatus::OK();
  }
};

class Refusals : public testing::Test {
 protected:
  std::string data() const { return scratch_.path() + "/data"; }
  std::string newest_log() const {
    std::string newest;
    for (const fs::directory_entry& entry : fs::directory_iterator(data() + "/db")) {
      if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
    }
    return newest;
  }

  // A store with this many commits, left as a killed process leaves it.
  void write_store(std::uint64_t commits) { write_store(commits, small_store(data())); }
  void write_store(std::uint64_t commits, const RocksStoreOptions& options) {
    const ChildEnd end = in_child([&] {
      RecordedEvents events;
      auto opened = RocksStore::open(options, events);
      if (!opened) return 1;
      StoreDriver driver(**opened, events);
      for (std::uint64_t i = 0; i < commits; ++i) {
        driver.commit({Put{queue_record()}, Put{fresh(i, std::string(500, 'x'))}, Put{tally(0, i + 1)}});
      }
      ::_exit(0);
    });
    ASSERT_EQ(end.exit_status, 0);
  }

  // True if opening is refused with a text that holds `words`.
  static bool refuses(const RocksStoreOptions& options, const std::string& words) {
    return in_child([&] {
             RecordedEvents events;
             const auto opened = RocksStore::open(options, events);
             if (opened) return 1;
             if (opened.error().text.find(words) != std::string::npos) return 0;
             std::fprintf(stderr, "it said: %s\n", opened.error().text.c_str());
             return 2;
           }).exit_status == 0;
  }
  bool refuses(const std::string& words) const { return refuses(small_store(data()), words); }

  // True if it opens, stands at that position, and its notice holds `words` (or is empty, if they are).
  bool opens(std::uint64_t position, const std::string& words = {}) const {
    return in_child([&] {
             RecordedEvents events;
             const auto opened = RocksStore::open(small_store(data()), events);
             if (!opened) {
               std::fprintf(stderr, "it refused: %s\n", opened.error().text.c_str());
               return 1;
             }
             const std::string& notice = (*opened)->notice();
             if (words.empty() != notice.empty() || notice.find(words) == std::string::npos) {
               std::fprintf(stderr, "its notice: %s\n", notice.c_str());
               return 2;
             }
             StoreDriver driver(**opened, events);
             return driver.position().value == position ? 0 : 3;
           }).exit_status == 0;
  }

  ScratchDirectory scratch_;
};

TEST_F(Refusals, ADirectoryInUseIsRefused) {
  EXPECT_EQ(in_child([&] {
              RecordedEvents events;
              const auto first = RocksStore::open(small_store(data()), events);
              const auto second = RocksStore::open(small_store(data()), events);
              return first && !second && second.error().text.find("in use") != std::string::npos ? 0 : 1;
            }).exit_status,
            0);
}

TEST_F(Refusals, APathThatIsAFileIsRefused) {
  std::ofstream(data()) << "a file";
  EXPECT_TRUE(refuses("is a file"));
}

TEST_F(Refusals, ADirectoryWithoutPermissionIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  write_store(1);
  const auto as_nobody = [&](const std::string& directory, const std::string& words) {
    return in_child([&] {
             if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 1;
             RecordedEvents events;
             const auto opened = RocksStore::open(small_store(directory), events);
             return !opened && opened.error().text.find(words) != std::string::npos ? 0 : 2;
           })
        .exit_status;
  };
  fs::permissions(scratch_.path(), fs::perms::all);
  EXPECT_EQ(as_nobody(data(), "no permission"), 0);
  fs::permissions(scratch_.path(), fs::perms::owner_all | fs::perms::others_exec);
  EXPECT_EQ(as_nobody(scratch_.path() + "/new", "cannot be created"), 0);
}

TEST_F(Refusals, ANewerFormatIsRefusedAndLeftAlone) {
  write_store(1);
  std::ofstream(data() + "/FORMAT") << "penstock storage format 2\nin a way that nobody knows yet\n";
  EXPECT_TRUE(refuses("newer version"));
  EXPECT_TRUE(fs::exists(newest_log()));
}

TEST_F(Refusals, AFormatFileThatIsDamagedIsRefused) {
  write_store(1);
  fs::resize_file(data() + "/FORMAT", 30);
  EXPECT_TRUE(refuses("FORMAT is damaged"));
}

TEST_F(Refusals, AMissingDatabaseIsNeverReplacedByAnEmptyOne) {
  write_store(1);
  fs::remove(data() + "/db/CURRENT");
  EXPECT_TRUE(refuses("if it is lost"));
  fs::remove_all(data() + "/db");
  EXPECT_TRUE(refuses("if it is lost"));
  EXPECT_FALSE(fs::exists(data() + "/db/CURRENT"));
}

TEST_F(Refusals, AnInterruptedBirthBeginsAnewAndADatabaseWithoutFormatIsRefused) {
  write_store(0);
  fs::remove(data() + "/FORMAT");
  EXPECT_TRUE(opens(0));
  fs::remove_all(data());
  write_store(2);
  fs::remove(data() + "/FORMAT");
  EXPECT_TRUE(refuses("no FORMAT file"));
}

TEST_F(Refusals, TooLittleDiskForRecoveryIsRefused) {
  write_store(2);
  RocksStoreOptions options = small_store(data());
  options.file_system = std::make_shared<FullDisk>();
  EXPECT_TRUE(refuses(options, "not enough disk"));
  EXPECT_TRUE(opens(2));
}

TEST_F(Refusals, TheDataDirectoryIsForItsOwnerAloneAndAnOpenOneIsNoticed) {
  write_store(1);
  struct stat found {};
  ASSERT_EQ(::stat(data().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
  ASSERT_EQ(::chmod(data().c_str(), 0755), 0);
  EXPECT_TRUE(opens(1, "chmod 700"));
}

TEST_F(Refusals, DamageInTheLogBeforeAcknowledgedCommitsIsRefused) {
  write_store(5);
  std::fstream log(newest_log(), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(1'200);  // inside the second commit
  log << "damage";
  log.close();
  EXPECT_TRUE(refuses("acknowledged commits after 1 are damaged"));
}

TEST_F(Refusals, DamageInTheLogBeforeCommitsThatNobodyHadSyncedIsCut) {
  RocksStoreOptions options = small_store(data());
  options.log_sync = LogSync::kInterval;
  options.sync_interval = std::chrono::hours(1);
  write_store(5, options);
  std::fstream log(newest_log(), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(1'200);  // inside the second commit
  log << "damage";
  log.close();
  EXPECT_TRUE(opens(1, "behind commit 1"));
}

TEST_F(Refusals, AManifestDamagedBeforeItsEndIsRefusedBeforeTheLibraryReadsIt) {
  write_store(2);
  std::string current;
  std::getline(std::ifstream(data() + "/db/CURRENT"), current);
  std::fstream manifest(data() + "/db/" + current, std::ios::in | std::ios::out | std::ios::binary);
  manifest.seekp(5);  // the first record's length
  manifest.put('\x40');
  manifest.close();
  EXPECT_TRUE(refuses(current + " cannot be read as it was written"));
}

TEST_F(Refusals, ATornEndOfTheLogIsCutAndKeptAndTold) {
  write_store(5);
  const std::string log = newest_log();
  fs::resize_file(log, fs::file_size(log) - 100);
  EXPECT_TRUE(opens(4, "behind commit 4"));
  EXPECT_FALSE(fs::is_empty(data() + "/cut"));
  EXPECT_TRUE(opens(4)) << "told once";
}

TEST_F(Refusals, AnEndOfTheLogThatReadsAsZerosIsCut) {
  write_store(5);
  const std::string log = newest_log();
  const std::uint64_t size = fs::file_size(log);
  fs::resize_file(log, size - 300);
  fs::resize_file(log, size + 5'000);
  EXPECT_TRUE(opens(4, "behind commit 4"));
}

TEST_F(Refusals, TheLogOfAnotherStoreIsRefused) {
  write_store(3);
  const std::string log = newest_log();
  fs::rename(data(), scratch_.path() + "/other");
  write_store(2);
  fs::copy_file(scratch_.path() + "/other/db/" + fs::path(log).filename().string(), newest_log(),
                fs::copy_options::overwrite_existing);
  EXPECT_TRUE(refuses("this store did not write"));
}

class RunTimeRefusals : public Refusals {
 protected:
  // How the process of a store ends that was given these commits.
  int end_after(const std::function<void(StoreDriver&, Store&)>& play) {
    return in_child([&] {
             RecordedEvents events;
             const auto opened = RocksStore::open(small_store(data()), events);
             if (!opened) return 1;
             StoreDriver driver(**opened, events);
             play(driver, **opened);
             return 0;
           })
        .exit_status;
  }
};

TEST_F(RunTimeRefusals, ACommitThatContradictsTheStoreEndsTheProcess) {
  EXPECT_EQ(end_after([](StoreDriver& driver, Store&) { driver.commit({Put{fresh(0, "a")}}); }), 0);
  EXPECT_EQ(end_after([](StoreDriver& driver, Store& store) {
              store.append({Position{9}, kEpoch, {}, {}});
              driver.commit({});
            }),
            kRefusedExit)
      << "a gap";
  EXPECT_EQ(end_after([](StoreDriver& driver, Store&) {
              driver.commit({Copy{fresh_key(77), fresh_key(78), head_of(1)}});
            }),
            kRefusedExit)
      << "nothing to copy";
  EXPECT_EQ(end_after([](StoreDriver& driver, Store&) {
              driver.commit({}, {{1, {fresh_key(77)}}});
              driver.bodies(1);
            }),
            kRefusedExit)
      << "a body is missing";
  EXPECT_EQ(end_after([](StoreDriver& driver, Store&) {
              driver.commit({Put{queue_record()}, Put{fresh(10, "a")}, Put{fresh(12, "c")}});
              driver.read(fresh_want(10, 13));
            }),
            kRefusedExit)
      << "a message that was never received is missing";
  EXPECT_TRUE(opens(3)) << "what was durable before is there, and what contradicts is not";
}

}  // namespace
}  // namespace penstock
