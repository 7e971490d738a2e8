// A data directory is examined: what is sound is found sound, and each planted damage is told with its place.
#include "storage/examination.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "storage/key_codec.h"
#include "storage/rocks_families.h"
#include "storage/rocks_store.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

namespace fs = std::filesystem;

class ExaminationTest : public testing::Test {
 protected:
  // Messages that wait, one that was received, tables and a log.
  void write_store() {
    open();
    std::vector<Change> changes{Put{PartitionRecord{{PartitionId{0}}, QueueId{2}, {}}}, Put{queue_record()}};
    for (std::uint64_t i = 0; i < 40; ++i) changes.push_back(Put{fresh(i, std::string(2'000, 'x'))});
    changes.push_back(Put{tally(0, 40)});
    driver_->commit(std::move(changes));
    driver_->commit({Put{touched(0, 1)}, Put{tally(1, 40)}});
    ASSERT_TRUE(store_->compact());
    for (std::uint64_t i = 1; i < 6; ++i) driver_->commit({Put{touched(i, 1)}, Put{tally(i + 1, 40)}});
    close();
  }
  void open() {
    auto opened = RocksStore::open(small_store(data()), events_);
    ASSERT_TRUE(opened) << opened.error().text;
    store_ = std::move(*opened);
    driver_ = std::make_unique<StoreDriver>(*store_, events_);
  }
  void close() {
    driver_.reset();
    store_.reset();
  }

  Examined examined() {
    WorkProgress progress;
    Result<Examined> found = examine({data(), 1, nullptr}, progress);
    EXPECT_TRUE(found) << found.error().text;
    return found ? *std::move(found) : Examined{};
  }
  static std::string told(const Examined& found) {
    std::string text;
    for (const Finding& finding : found.findings) text += finding.place + ": " + finding.what + "\n";
    return text;
  }

  // The database with its own rules broken: a record goes, behind everybody's back.
  void erase(const std::vector<std::string>& keys, rocksdb::ColumnFamilyHandle* RocksFamilies::*family) {
    const auto env = rocksdb::Env::Default();
    const RocksStoreOptions options = small_store(data());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(database_options(options, *env), data() + "/db",
                                  family_descriptors(options), &handles, &db)
                    .ok());
    const RocksFamilies families{handles[0], handles[1], handles[2]};
    for (const std::string& key : keys) {
      ASSERT_TRUE(db->Delete(rocksdb::WriteOptions(), families.*family, key).ok());
    }
    ASSERT_TRUE(db->Flush(rocksdb::FlushOptions(), handles).ok());
    for (rocksdb::ColumnFamilyHandle* handle : handles)
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    ASSERT_TRUE(db->Close().ok());
    delete db;
  }

  fs::path a_file(const std::string& suffix, std::uintmax_t bytes_min = 1) {
    fs::path found;
    for (const fs::directory_entry& entry : fs::directory_iterator(data() + "/db")) {
      if (!entry.path().string().ends_with(suffix) || entry.file_size() < bytes_min) continue;
      if (found.empty() || entry.file_size() > fs::file_size(found)) found = entry.path();
    }
    return found;
  }
  static void flip(const fs::path& path, std::uintmax_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 16));
  }

  std::string data() const { return scratch_.path() + "/data"; }

  ScratchDirectory scratch_;
  RecordedEvents events_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<StoreDriver> driver_;
};

TEST_F(ExaminationTest, ASoundDirectoryHasNoFindingsAndIsLeftAsItWas) {
  write_store();
  std::vector<std::pair<std::string, std::uintmax_t>> before;
  std::vector<std::pair<std::string, std::uintmax_t>> after;
  const auto list = [&](auto& into) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(data())) {
      into.emplace_back(entry.path(), entry.is_regular_file() ? entry.file_size() : 0);
    }
  };
  list(before);
  const Examined found = examined();
  list(after);
  EXPECT_EQ(told(found), "");
  EXPECT_TRUE(found.compared);
  EXPECT_EQ(found.records, 40 + 6 + 1 + 1 + 1 + 1U) << "bodies, touched, tally, queue, partition, applied";
  EXPECT_EQ(found.queues, 1U);
  EXPECT_EQ(found.position, Position{7});
  EXPECT_EQ(before, after);
}

TEST_F(ExaminationTest, WhatIsNoDataDirectoryOrInUseCannotBeLookedAt) {
  WorkProgress progress;
  EXPECT_FALSE(examine({scratch_.path() + "/nowhere", 1, nullptr}, progress));
  EXPECT_FALSE(examine({scratch_.path(), 1, nullptr}, progress));
  EXPECT_TRUE(fs::is_empty(scratch_.path())) << "nothing is made where nothing is";
  open();
  const auto in_use = examine({data(), 1, nullptr}, progress);
  ASSERT_FALSE(in_use);
  EXPECT_NE(in_use.error().text.find("in use"), std::string::npos) << in_use.error().text;
}

TEST_F(ExaminationTest, AFlippedBitInATableIsToldWithTheTable) {
  write_store();
  const fs::path table = a_file(".sst");
  flip(table, fs::file_size(table) / 3);
  const Examined found = examined();
  EXPECT_NE(told(found).find(table.string()), std::string::npos) << told(found);
}

TEST_F(ExaminationTest, AMissingTableIsToldByName) {
  write_store();
  const fs::path table = a_file(".sst");
  fs::remove(table);
  const Examined found = examined();
  EXPECT_NE(told(found).find(table.filename().string()), std::string::npos) << told(found);
}

TEST_F(ExaminationTest, AFlippedBitInTheLogIsToldWhereverItIs) {
  write_store();
  const fs::path log = a_file(".log");
  ASSERT_FALSE(log.empty());
  const fs::path whole = scratch_.path() + "/whole";
  fs::copy(log, whole);
  std::uintmax_t tried = 0;
  for (std::uintmax_t at = 1; at < fs::file_size(log); at += 41, ++tried) {
    flip(log, at);
    const Examined found = examined();
    EXPECT_NE(told(found), "") << "byte " << at;
    fs::copy(whole, log, fs::copy_options::overwrite_existing);
  }
  EXPECT_GT(tried, 15U);
}

TEST_F(ExaminationTest, AMissingLogIsTold) {
  write_store();
  for (fs::path log = a_file(".log"); !log.empty(); log = a_file(".log")) fs::remove(log);
  EXPECT_NE(told(examined()), "");
}

TEST_F(ExaminationTest, ADamagedManifestAndADamagedFormatAreTold) {
  write_store();
  fs::path manifest;
  for (const fs::directory_entry& entry : fs::directory_iterator(data() + "/db")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) manifest = entry.path();
  }
  flip(manifest, 40);
  EXPECT_NE(told(examined()), "");
  flip(manifest, 40);
  EXPECT_EQ(told(examined()), "");
  flip(data() + "/FORMAT", 40);
  EXPECT_NE(told(examined()).find("/FORMAT: it is damaged"), std::string::npos);
}

TEST_F(ExaminationTest, AMissingBodyIsToldWithItsQueue) {
  write_store();
  erase({encode_key(Key(fresh_key(20)))}, &RocksFamilies::bodies);
  EXPECT_NE(told(examined()).find("1 messages are gone: their bodies are missing"), std::string::npos);
}

TEST_F(ExaminationTest, ABodyThatNothingWouldDeliverIsTold) {
  write_store();
  erase({encode_key(key_of(Record(touched(3, 1))))}, &RocksFamilies::touched);
  EXPECT_NE(told(examined()).find("1 bodies that no record of a received message belongs to"),
            std::string::npos);
}

TEST_F(ExaminationTest, AReceivedMessageWithoutItsBodyIsTold) {
  write_store();
  erase({encode_key(Key(fresh_key(3)))}, &RocksFamilies::bodies);
  EXPECT_NE(told(examined()).find("1 received messages whose bodies are missing"), std::string::npos);
}

TEST_F(ExaminationTest, RecordsWithoutTheirQueueAreTold) {
  write_store();
  erase({encode_key(key_of(Record(queue_record())))}, &RocksFamilies::state);
  EXPECT_NE(told(examined()).find("of a queue, topic or publication that does not exist"), std::string::npos);
}

TEST_F(ExaminationTest, AMissingTallyAppliedPositionOrPartitionIsTold) {
  for (const std::string& key : {encode_key(key_of(Record(tally(0, 0)))), encode_applied_key(PartitionId{0}),
                                 encode_key(Key(PartitionKey{PartitionId{0}}))}) {
    fs::remove_all(data());
    write_store();
    erase({key}, &RocksFamilies::state);
    EXPECT_NE(told(examined()), "");
  }
}

TEST_F(ExaminationTest, AnOpenDirectoryAndADiskWithoutReserveAreWarnings) {
  write_store();
  ASSERT_EQ(::chmod(data().c_str(), 0755), 0);
  WorkProgress progress;
  const auto found = examine({data(), ~std::uint64_t{0}, nullptr}, progress);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->findings.size(), 2U) << told(*found);
  for (const Finding& finding : found->findings) EXPECT_EQ(finding.grade, Finding::Grade::kWarning);
}

TEST_F(ExaminationTest, AnUnfinishedRestoreIsTold) {
  fs::create_directories(data() + "/restoring");
  fs::create_directories(data() + "/db");
  EXPECT_NE(told(examined()).find("a restore was not finished"), std::string::npos);
}

}  // namespace
}  // namespace penstock
