// What every Store promises, played against each of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "storage/memory_store.h"
#include "tests/storage/store_driver.h"
#ifdef PENSTOCK_HAS_ROCKS_STORE
#include "storage/rocks_store.h"
#include "tests/storage/scratch_directory.h"
#endif

namespace penstock {
namespace {

class StoreContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "memory") store_ = std::make_unique<MemoryStore>(events_);
#ifdef PENSTOCK_HAS_ROCKS_STORE
    if (GetParam() == "rocks") {
      RocksStoreOptions options;
      options.directory = scratch_.path() + "/data";
      options.disk_reserve_bytes = 1;
      auto opened = RocksStore::open(options, events_);
      ASSERT_TRUE(opened) << opened.error().text;
      store_ = std::move(*opened);
    }
#endif
    driver_ = std::make_unique<StoreDriver>(*store_, events_);
  }

#ifdef PENSTOCK_HAS_ROCKS_STORE
  ScratchDirectory scratch_;
#endif
  RecordedEvents events_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreDriver> driver_;
};

std::vector<std::uint64_t> sequences(const Page& page) {
  std::vector<std::uint64_t> found;
  for (const Record& record : page.records) found.push_back(std::get<FreshRecord>(record).key.sequence.value);
  return found;
}

std::string body_text(const Record& record) {
  return std::visit(
      [](const auto& own) -> std::string {
        if constexpr (requires { own.content; }) {
          return own.content->body;
        } else {
          return {};
        }
      },
      record);
}

TEST_P(StoreContract, ANewStoreHoldsNothingAndStandsAtPositionZero) {
  EXPECT_EQ(driver_->recovered().position, Position{0});
  EXPECT_EQ(driver_->recovered().time, kEpoch);
  EXPECT_TRUE(driver_->loaded().empty());
  EXPECT_TRUE(store_->admits_growth());
}

TEST_P(StoreContract, APageHoldsTheMessagesOfItsRangeInOrder) {
  driver_->commit({Put{queue_record()}, Put{fresh(2, "two")}, Put{fresh(1, "one")}, Put{fresh(3, "three")},
                   Put{fresh(1, "of another queue", 2)}});
  const Page page = driver_->read(fresh_want(1, 3));
  EXPECT_EQ(sequences(page), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(body_text(page.records[0]), "one");
  EXPECT_TRUE(page.complete);
}

TEST_P(StoreContract, APageIsBoundedInRecordsAndInBytesButHoldsAtLeastOne) {
  driver_->commit({Put{queue_record()}, Put{fresh(0, std::string(5'000, 'x'))}, Put{fresh(1, "b")},
                   Put{fresh(2, "c")}, Put{fresh(3, "d")}});
  PageWant want = fresh_want(0, 4);
  want.records_max = 3;
  EXPECT_EQ(sequences(driver_->read(want)), (std::vector<std::uint64_t>{0, 1, 2}));
  EXPECT_FALSE(driver_->read(want).complete);
  want.bytes_max = 100;
  EXPECT_EQ(sequences(driver_->read(want)), (std::vector<std::uint64_t>{0}));
  want = fresh_want(1, 4);
  want.records_max = 3;
  EXPECT_EQ(sequences(driver_->read(want)), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_TRUE(driver_->read(want).complete);
}

TEST_P(StoreContract, ALaterPageHoldsWhatIsDueThroughItsEndAndNothingBeforeItsPosition) {
  driver_->commit({Put{later(10, 5, "a")}, Put{later(20, 1, "b")}, Put{later(20, 2, "c")},
                   Put{later(30, 3, "d")}, Put{later(31, 4, "e")}});
  const Page page = driver_->read(later_want(20, 2, 30));
  ASSERT_EQ(page.records.size(), 2U);
  EXPECT_EQ(body_text(page.records[0]), "c");
  EXPECT_EQ(body_text(page.records[1]), "d");
  EXPECT_TRUE(page.complete);
  EXPECT_EQ(driver_->read(later_want(0, 0, std::numeric_limits<std::int64_t>::max())).records.size(), 5U);
}

TEST_P(StoreContract, APageOfSingleBodiesHoldsThoseThatAreThereWithinItsBounds) {
  driver_->commit({Put{queue_record()}, Put{fresh(1, "one")}, Put{fresh(2, "two")}, Put{fresh(3, "three")}});
  driver_->commit({Erase{fresh_key(2)}});
  PageWant want = fresh_want(1, 3);
  want.range = BodiesAsked{{fresh_key(3), fresh_key(2), fresh_key(1)}};
  const Page page = driver_->read(want);
  EXPECT_EQ(sequences(page), (std::vector<std::uint64_t>{3, 1}));
  EXPECT_TRUE(page.complete);
  want.records_max = 1;
  const Page first = driver_->read(want);
  EXPECT_EQ(sequences(first), (std::vector<std::uint64_t>{3}));
  EXPECT_FALSE(first.complete);
}

TEST_P(StoreContract, ARangeReadForPeekingMayHaveGaps) {
  driver_->commit({Put{queue_record()}, Put{fresh(1, "one")}, Put{fresh(2, "two")}, Put{fresh(3, "three")}});
  driver_->commit({Erase{fresh_key(2)}});
  PageWant want = fresh_want(1, 4);
  want.peek = 1;
  EXPECT_EQ(sequences(driver_->read(want)), (std::vector<std::uint64_t>{1, 3}));
}

TEST_P(StoreContract, AnEmptyRangeIsACompletePage) {
  driver_->commit({Put{queue_record()}, Put{fresh(0, "a")}});
  for (const PageWant& want : {fresh_want(0, 0), fresh_want(9, 3), later_want(5, 0, 1)}) {
    const Page page = driver_->read(want);
    EXPECT_TRUE(page.records.empty());
    EXPECT_TRUE(page.complete);
    EXPECT_EQ(page.want, want);
  }
}

TEST_P(StoreContract, APageAskedForBeforeItsCommitWaitsForIt) {
  driver_->commit({Put{queue_record()}});
  store_->read(fresh_want(0, 2), Position{driver_->position().value + 1});
  driver_->commit({Put{fresh(0, "a")}, Put{fresh(1, "b")}});
  EXPECT_EQ(sequences(events_.wait_page()), (std::vector<std::uint64_t>{0, 1}));
}

TEST_P(StoreContract, ALookUpFindsWhatIsThereInTheOrderInWhichItWasAsked) {
  const DedupKey here{queue_address(), 5, {1, 2, 3}};
  const DedupKey elsewhere{queue_address(), 6, {1, 2, 3}};
  driver_->commit({Put{DedupRecord{here, Time{Milliseconds{300'001}}, {}, Sequence{9}}}});
  const auto found = driver_->look_up({elsewhere, here});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0]);
  ASSERT_TRUE(found[1]);
  EXPECT_EQ(std::get<DedupRecord>(*found[1]).sequence, Sequence{9});
}

TEST_P(StoreContract, ALookUpAskedForBeforeItsCommitWaitsForIt) {
  const DedupKey key{queue_address(), 5, {1, 2, 3}};
  driver_->commit({Put{DedupRecord{key, Time{Milliseconds{300'001}}, {}, Sequence{1}}}});
  store_->read(LookUp{3, {key}}, Position{driver_->position().value + 1});
  driver_->commit({Erase{key}});
  const LookedUp found = events_.wait_looked_up();
  EXPECT_EQ(found.token, 3U);
  EXPECT_FALSE(found.records.at(0));
}

TEST_P(StoreContract, ACommitAtOrBelowThePositionAppliedIsSkippedAndReportedDurable) {
  driver_->commit({Put{tally(0, 1)}});
  driver_->commit({Put{tally(0, 2)}});
  const std::size_t reports = events_.durable_reports();
  store_->append({Position{1}, kEpoch, {Put{tally(0, 99)}, Put{fresh(0, "again")}}, {}});
  driver_->commit({Put{queue_record(2)}});
  EXPECT_EQ(events_.durable_reports(), reports + 2);
  EXPECT_TRUE(driver_->all_bodies(1).empty());
}

TEST_P(StoreContract, ABodyReadByACommitIsThereAlthoughALaterCommitErasesIt) {
  driver_->commit({Put{fresh(0, "zero")}, Put{later(5, 1, "one")}});
  const Position reading = driver_->position().next();
  store_->append(
      {reading, kEpoch + Milliseconds{10}, {Put{touched(0, 1)}}, {{42, {later_key(5, 1), fresh_key(0)}}}});
  events_.wait_durable(reading);
  store_->append(
      {reading.next(), kEpoch + Milliseconds{10}, {Erase{fresh_key(0)}, Erase{later_key(5, 1)}}, {}});
  const std::vector<BodyRecord> bodies = driver_->bodies(42);
  ASSERT_EQ(bodies.size(), 2U);
  EXPECT_EQ(bodies[0].content->body, "one");
  EXPECT_EQ(bodies[0].head, head_of(1));
  EXPECT_EQ(bodies[1].content->body, "zero");
}

TEST_P(StoreContract, ABodyReadByTheCommitThatErasesItOrPutsItOrCopiesItIsThere) {
  driver_->commit({Put{fresh(0, "zero")}, Put{fresh(1, "one")}, Put{fresh(2, "two")}});
  driver_->commit({Erase{fresh_key(0)}, EraseRange{fresh_key(1), fresh_key(2)}, Put{fresh(3, "three")},
                   Erase{fresh_key(3)}, Copy{fresh_key(2), fresh_key(0, 2), head_of(99)}},
                  {{1, {fresh_key(0), fresh_key(1), fresh_key(3)}}, {2, {fresh_key(0, 2)}}});
  const std::vector<BodyRecord> erased = driver_->bodies(1);
  ASSERT_EQ(erased.size(), 3U);
  EXPECT_EQ(erased[0].content->body, "zero");
  EXPECT_EQ(erased[1].content->body, "one");
  EXPECT_EQ(erased[2].content->body, "three");
  const std::vector<BodyRecord> copied = driver_->bodies(2);
  ASSERT_EQ(copied.size(), 1U);
  EXPECT_EQ(copied[0].content->body, "two");
  EXPECT_EQ(copied[0].head, head_of(99));
}

TEST_P(StoreContract, ACopyTakesContentFromTheStoreOrFromItsOwnCommitAndLeavesTheSource) {
  driver_->commit({Put{fresh(0, "stored")}});
  driver_->commit({Put{fresh(1, "new")}, Copy{fresh_key(0), fresh_key(0, 2), head_of(100)},
                   Copy{fresh_key(1), later_key(7, 1, 2), head_of(101)},
                   Copy{fresh_key(0, 2), fresh_key(1, 2), head_of(102)}, Erase{fresh_key(1)}});
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), bytes_of({fresh(0, "stored")}));
  EXPECT_EQ(bytes_of(driver_->all_bodies(2)),
            bytes_of({FreshRecord{fresh_key(0, 2), head_of(100), content_of("stored")},
                      FreshRecord{fresh_key(1, 2), head_of(102), content_of("stored")},
                      LaterRecord{later_key(7, 1, 2), head_of(101), content_of("new")}}));
}

TEST_P(StoreContract, ARangeErasesItsFirstAndNotItsEnd) {
  driver_->commit({Put{fresh(0, "a")}, Put{fresh(1, "b")}, Put{fresh(2, "c")}, Put{fresh(0, "other", 2)}});
  driver_->commit({EraseRange{fresh_key(0), fresh_key(2)}});
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), bytes_of({fresh(2, "c")}));
  EXPECT_EQ(driver_->all_bodies(2).size(), 1U);
  driver_->commit({EraseRange{fresh_key(2), fresh_key(2)}, EraseRange{fresh_key(9), fresh_key(1)}});
  EXPECT_EQ(driver_->all_bodies(1).size(), 1U);
}

TEST_P(StoreContract, WithinACommitChangesTakeEffectInTheirOrder) {
  driver_->commit({Put{fresh(7, "old")}});
  driver_->commit({
      Put{fresh(0, "put and erased")},
      Erase{fresh_key(0)},  // nothing stays
      Put{fresh(1, "in the range")},
      EraseRange{fresh_key(1), fresh_key(8)},  // nothing stays, of before either
      Put{fresh(8, "stays")},
      Put{fresh(20, "before")},
      Put{fresh(21, "after")},
      Erase{fresh_key(20)},
  });
  EXPECT_EQ(bytes_of(driver_->all_bodies(1)), bytes_of({fresh(8, "stays"), fresh(21, "after")}));
}

TEST_P(StoreContract, APurgedRangeIsNoCorruptionOnceTheGenerationWasRaised) {
  driver_->commit({Put{queue_record(1, 0)}, Put{fresh(0, "a")}, Put{fresh(1, "b")}});
  driver_->commit({Put{queue_record(1, 1)}, EraseRange{fresh_key(0), fresh_key(2)}});
  EXPECT_TRUE(driver_->read(fresh_want(0, 2, 1, 0)).records.empty());
  driver_->commit({Erase{QueueKey{queue_address()}}});
  EXPECT_TRUE(driver_->read(fresh_want(0, 2, 1, 1)).records.empty());
}

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values("memory"));
#ifdef PENSTOCK_HAS_ROCKS_STORE
INSTANTIATE_TEST_SUITE_P(Rocks, StoreContract, testing::Values("rocks"));
#endif

}  // namespace
}  // namespace penstock
