#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "broker/touched_set.h"

namespace penstock {
namespace {

const QueueAddress kQueue{{}, {}, {1}};

TouchedRecord touched(std::uint64_t sequence, std::int64_t enqueued, std::int64_t hidden_until) {
  TouchedRecord record;
  record.key = {kQueue, kFirstLane, {sequence}};
  record.nonce = sequence * 31;
  record.enqueued = from_epoch_milliseconds(enqueued);
  record.first_received = from_epoch_milliseconds(enqueued + 1);
  record.last_received = from_epoch_milliseconds(enqueued + 2);
  record.hidden_until = from_epoch_milliseconds(hidden_until);
  record.receive_count = 1;
  return record;
}

TEST(TouchedSet, KeepsEveryFieldOfARecordInItsCompactEntry) {
  TouchedSet set;
  TouchedRecord record = touched(5, 1'000, 1'209'600'000 + 43'200'000);
  record.key.lane = kLaterLane;
  record.due = from_epoch_milliseconds(901'000);
  record.receive_count = 4'000'000'000;
  set.put(record);
  EXPECT_EQ(set.find(kQueue, kLaterLane, {5}), record);
  EXPECT_EQ(set.find(kQueue, kFirstLane, {5}), std::nullopt);
  EXPECT_EQ(set.find(kQueue, kLaterLane, {~0ULL}), std::nullopt);
}

TEST(TouchedSet, ShowsMessagesInTheOrderInWhichTheyBecameVisible) {
  TouchedSet set;
  set.put(touched(1, 0, 300));
  set.put(touched(2, 0, 100));
  set.put(touched(3, 0, 200));
  set.settle(from_epoch_milliseconds(99));
  EXPECT_FALSE(set.first_visible(kQueue).has_value());
  EXPECT_EQ(set.next_visible(), from_epoch_milliseconds(100));
  set.settle(from_epoch_milliseconds(250));
  EXPECT_EQ(set.visible_count(), 2u);
  EXPECT_EQ(set.first_visible(kQueue)->key.sequence, Sequence{2});
  set.erase(kFirstLane, {2});
  EXPECT_EQ(set.first_visible(kQueue)->key.sequence, Sequence{3});
  set.settle(from_epoch_milliseconds(300));
  EXPECT_EQ(set.visible_count(), 2u);
  EXPECT_EQ(set.next_visible(), kNever);
}

TEST(TouchedSet, AgreesWithAPlainMapUnderRandomUse) {
  SeededRandom random(11);
  TouchedSet set;
  std::map<std::uint64_t, TouchedRecord> model;
  std::int64_t now = 0;
  for (int step = 0; step < 30'000; ++step) {
    now += static_cast<std::int64_t>(random.below(5));
    const std::uint64_t sequence = random.below(200);
    switch (random.below(4)) {
      case 0:
      case 1: {
        const auto known = model.find(sequence);
        const std::int64_t enqueued = known == model.end() ? now : epoch_milliseconds(known->second.enqueued);
        const TouchedRecord record =
            touched(sequence, enqueued, now + static_cast<std::int64_t>(random.below(50)));
        set.put(record);
        model[sequence] = record;
        break;
      }
      case 2:
        set.erase(kFirstLane, {sequence});
        model.erase(sequence);
        break;
      default:
        set.settle(from_epoch_milliseconds(now));
        std::size_t visible = 0;
        Time oldest = kNever;
        Time oldest_visible = kNever;
        for (const auto& [key, record] : model) {
          visible += record.hidden_until <= from_epoch_milliseconds(now) ? 1U : 0U;
          oldest = std::min(oldest, record.enqueued);
          if (record.hidden_until <= from_epoch_milliseconds(now)) {
            oldest_visible = std::min(oldest_visible, record.enqueued);
          }
        }
        ASSERT_EQ(set.visible_count(), visible);
        ASSERT_EQ(set.hidden_count(), model.size() - visible);
        ASSERT_EQ(set.oldest_enqueued(), oldest);
        ASSERT_EQ(set.oldest_visible_enqueued(), oldest_visible);
    }
    ASSERT_EQ(set.size(), model.size());
  }
  std::vector<TouchedRecord> records;
  set.each(kQueue, [&records](const TouchedRecord& record) { records.push_back(record); });
  ASSERT_EQ(records.size(), model.size());
  for (const TouchedRecord& record : records) EXPECT_EQ(record, model.at(record.key.sequence.value));
  set.erase_range({kQueue, kFirstLane, {50}}, {kQueue, kFirstLane, {150}});
  set.each(kQueue, [](const TouchedRecord& record) {
    EXPECT_TRUE(record.key.sequence.value < 50 || record.key.sequence.value >= 150);
  });
}

}  // namespace
}  // namespace penstock
