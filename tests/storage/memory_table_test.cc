#include "storage/memory_table.h"

#include <gtest/gtest.h>

#include "storage/key_codec.h"
#include "tests/storage/store_driver.h"

namespace penstock {
namespace {

std::vector<Record> loaded(const MemoryTable& table) {
  std::vector<Record> records;
  table.load([&](Record&& record) { records.push_back(std::move(record)); });
  return records;
}

TEST(MemoryTable, LoadingShowsEveryRecordButTheBodiesInKeyOrder) {
  MemoryTable table;
  table.apply(
      {Position{1},
       from_epoch_milliseconds(5),
       {Put{touched(3, 1)}, Put{fresh(0, "a")}, Put{delayed(9, 1)}, Put{tally(0, 1)}, Put{queue_record(2)},
        Put{queue_record(1)}, Put{DeletedNameRecord{{{}, queue_address().world, "mail"}, kEpoch}},
        Put{PartitionRecord{{PartitionId{0}}, QueueId{3}}}},
       {}});
  const std::vector<Record> records = loaded(table);
  ASSERT_EQ(records.size(), 7U);
  // The partition's, the world's, queue 1 and what it has, queue 2.
  const KeyKind kinds[] = {KeyKind::kPartition, KeyKind::kDeletedName, KeyKind::kQueue, KeyKind::kTally,
                           KeyKind::kDelayed,   KeyKind::kTouched,     KeyKind::kQueue};
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(kind_of(key_of(records[i])), kinds[i]);
  EXPECT_EQ(table.recovered().position, Position{1});
  EXPECT_EQ(table.recovered().time, from_epoch_milliseconds(5));
}

TEST(MemoryTable, OfSeveralPutsOfOneKeyTheLastStands) {
  MemoryTable table;
  table.apply({Position{1},
               kEpoch,
               {Put{tally(0, 1)}, Put{tally(1, 1)}, Put{touched(1, 1)}, Erase{touched(1, 1).key}},
               {}});
  EXPECT_EQ(bytes_of(loaded(table)), bytes_of({tally(1, 1)}));
}

TEST(MemoryTableDeathTest, ABodyPutTwiceAndAGapAreOurOwnMistakesAndAbort) {
  MemoryTable table;
  table.apply({Position{1}, kEpoch, {Put{fresh(0, "a")}}, {}});
  EXPECT_DEATH(table.apply({Position{2}, kEpoch, {Put{fresh(0, "b")}}, {}}), "put once");
  EXPECT_DEATH(table.apply({Position{3}, kEpoch, {}, {}}), "without a gap");
}

TEST(MemoryTableDeathTest, AMessageMissingFromADenseRangeAborts) {
  MemoryTable table;
  table.apply({Position{1}, kEpoch, {Put{queue_record()}, Put{fresh(0, "a")}, Put{fresh(2, "c")}}, {}});
  EXPECT_DEATH(table.read(fresh_want(0, 3)), "no gap");
  EXPECT_DEATH(table.read(fresh_want(2, 4)), "no gap");
  EXPECT_EQ(table.read(fresh_want(2, 3)).records.size(), 1U);
}

}  // namespace
}  // namespace penstock
