#include "storage/rocks_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/key_codec.h"
#include "tests/storage/scratch_directory.h"
#include "tests/storage/store_script.h"

namespace penstock {
namespace {

// Waits for what another thread does, within bounds.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

class RocksStoreTest : public testing::Test {
 protected:
  void open() { open(small_store(scratch_.path() + "/data")); }
  void open(const RocksStoreOptions& options) {
    driver_.reset();
    store_.reset();
    auto opened = RocksStore::open(options, events_);
    ASSERT_TRUE(opened) << opened.error().text;
    store_ = std::move(*opened);
    driver_ = std::make_unique<StoreDriver>(*store_, events_);
  }

  ScratchDirectory scratch_;
  RecordedEvents events_;
  std::unique_ptr<RocksStore> store_;
  std::unique_ptr<StoreDriver> driver_;
};

TEST_F(RocksStoreTest, WhatWasDurableIsThereAfterTheNextStart) {
  open();
  driver_->commit({Put{queue_record()}, Put{fresh(0, "a")}, Put{touched(0, 1)}});
  driver_->commit({Put{tally(0, 1)}});
  open();
  EXPECT_EQ(driver_->recovered().position, Position{2});
  EXPECT_EQ(driver_->recovered().time, from_epoch_milliseconds(2));
  EXPECT_EQ(bytes_of(driver_->loaded()), bytes_of({queue_record(), tally(0, 1), touched(0, 1)}));
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), bytes_of({fresh(0, "a")}));
  EXPECT_EQ(store_->notice(), "");
}

TEST_F(RocksStoreTest, ResidentRecordsAreLoadedInKeyOrderAndNoBodyIsRead) {
  open();
  std::vector<Change> changes;
  for (std::uint64_t queue = 1; queue <= 3; ++queue) {
    changes.push_back(Put{touched(1, 1, queue)});
    changes.push_back(Put{tally(0, 50, queue)});
    changes.push_back(Put{queue_record(queue)});
    for (std::uint64_t i = 0; i < 50; ++i) changes.push_back(Put{fresh(i, "x", queue)});
  }
  driver_->commit(std::move(changes));
  open();
  std::vector<std::string> keys;
  for (const Record& record : driver_->loaded()) keys.push_back(encode_key(key_of(record)));
  EXPECT_EQ(keys.size(), 9U);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(store_->counters().records_loaded.value(), 10U) << "and the applied position";
}

TEST_F(RocksStoreTest, ACommitReplayedAfterARestartIsAppliedOnce) {
  open();
  driver_->commit({Put{fresh(0, "a")}});
  driver_->commit({Erase{fresh_key(0)}, Put{tally(1, 1)}});
  open();
  store_->append({Position{1}, kEpoch, {Put{fresh(0, "a")}, Put{tally(0, 1)}}, {}});
  store_->append({Position{2}, kEpoch, {Put{tally(9, 9)}}, {}});
  driver_->commit({});
  EXPECT_EQ(store_->counters().commits_skipped.value(), 2U);
  open();
  EXPECT_EQ(bytes_of(driver_->loaded()), bytes_of({tally(1, 1)}));
  EXPECT_TRUE(driver_->all_bodies(1).empty());
}

TEST_F(RocksStoreTest, ABodyErasedInAnyWayStaysErasedThroughFlushesCompactionsAndRestarts) {
  open();
  for (std::uint64_t i = 0; i < 40; ++i) {
    driver_->commit({Put{fresh(i, std::string(2'000, static_cast<char>('a' + i % 26)))}});
  }
  ASSERT_TRUE(store_->compact());
  driver_->commit({Erase{fresh_key(3)}, Erase{fresh_key(12)}, Erase{fresh_key(39)}});
  driver_->commit({EraseRange{fresh_key(10), fresh_key(20)}});
  driver_->commit({Erase{fresh_key(30)}, EraseRange{fresh_key(28), fresh_key(35)}});
  std::map<std::string, std::string> left;
  for (std::uint64_t i = 0; i < 40; ++i) {
    if (i == 3 || i == 39 || (i >= 10 && i < 20) || (i >= 28 && i < 35)) continue;
    left.merge(bytes_of({fresh(i, std::string(2'000, static_cast<char>('a' + i % 26)))}));
  }
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), left);
  ASSERT_TRUE(store_->compact());
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), left);
  open();
  ASSERT_TRUE(store_->compact());
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), left);
}

TEST_F(RocksStoreTest, AScriptOfEveryChangeLeavesExactlyTheTruthAtEveryPosition) {
  const StoreScript script(40, 700);
  open();
  play(script, *store_, events_, Position{0}, [](Position) {});
  EXPECT_EQ(store_->counters().commits.value(), 40U);
  open();
  EXPECT_EQ(driver_->position(), Position{40});
  EXPECT_EQ(everything(*driver_), script.truth(Position{40}));
}

TEST_F(RocksStoreTest, SyncedByIntervalACommitIsDurableBeforeItIsSynced) {
  RocksStoreOptions options = small_store(scratch_.path() + "/data");
  options.log_sync = LogSync::kInterval;
  options.sync_interval = std::chrono::hours(1);
  open(options);
  driver_->commit({Put{queue_record()}, Put{fresh(0, "a")}});
  driver_->commit({Put{tally(0, 1)}});
  EXPECT_EQ(store_->counters().log_syncs.value(), 0U);
  EXPECT_EQ(store_->counters().position_synced.value(), 0U);
  open(options);
  EXPECT_EQ(driver_->position(), Position{2});
  EXPECT_EQ(store_->counters().position_synced.value(), 2U) << "closing syncs, and so does recovery";
}

TEST_F(RocksStoreTest, SyncedByIntervalTheLogIsSyncedOnceForManyCommitsAndNotForNone) {
  RocksStoreOptions options = small_store(scratch_.path() + "/data");
  options.log_sync = LogSync::kInterval;
  options.sync_interval = std::chrono::milliseconds(20);
  open(options);
  const StoreCounters& counters = store_->counters();
  for (int i = 0; i < 3; ++i) driver_->commit({Put{tally(0, 1)}});
  ASSERT_TRUE(comes_true([&] { return counters.position_synced.value() == 3; }));
  const std::uint64_t syncs = counters.log_syncs.value();
  EXPECT_LE(syncs, 3U);
  // The disk reserve is looked at meanwhile; the log is not, because nothing was written.
  store_->read(fresh_want(0, 1), driver_->position());
  events_.wait_page();
  driver_->commit({Put{tally(1, 1)}});
  ASSERT_TRUE(comes_true([&] { return counters.position_synced.value() == 4; }));
  EXPECT_EQ(counters.log_syncs.value(), syncs + 1);
}

TEST_F(RocksStoreTest, TheCountersTellWhatWasWrittenAndRead) {
  open();
  driver_->commit({Put{queue_record()}, Put{fresh(0, "a")}, Put{tally(0, 1)}, Put{tally(0, 1)}},
                  {{5, {fresh_key(0)}}});
  EXPECT_EQ(driver_->bodies(5).size(), 1U);
  EXPECT_EQ(driver_->read(fresh_want(0, 1)).records.size(), 1U);
  const StoreCounters& counters = store_->counters();
  EXPECT_EQ(counters.commits.value(), 1U);
  EXPECT_EQ(counters.records_written.value(), 3U);
  EXPECT_GT(counters.bytes_written.value(), 100U);
  EXPECT_EQ(counters.body_reads.value(), 1U);
  EXPECT_EQ(counters.pages.value(), 1U);
  EXPECT_EQ(counters.page_records.value(), 1U);
  std::uint64_t timed = 0;
  for (std::size_t bucket = 0; bucket <= DurationHistogram::kBounds.size(); ++bucket) {
    timed += counters.commit_duration.count(bucket);
  }
  EXPECT_EQ(timed, 1U);
}

}  // namespace
}  // namespace penstock
