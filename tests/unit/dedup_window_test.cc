// DedupWindow and what it is made of: what is given up is never forgotten, and memory has a bound.
#include "broker/dedup_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "broker/fingerprint.h"

namespace penstock {
namespace {

struct Accepted {
  Time at;
};
using Window = DedupWindow<Accepted>;

Fingerprint print_of(int number) { return fingerprint({"id", std::to_string(number)}); }
constexpr std::int64_t kMinute = 1000;
Time time_in(std::int64_t minute) { return Time{Seconds{60 * minute}}; }

std::set<std::int64_t> doubts(const Window& window, int number, std::int64_t oldest = 0) {
  std::set<std::int64_t> minutes;
  window.each_doubt(print_of(number), oldest, [&](std::int64_t minute) { minutes.insert(minute); });
  return minutes;
}

// Room for 512 ids in memory.
constexpr std::size_t kBytes = 2 * 512 * 144;

TEST(DedupWindow, WhatIsInMemoryLeavesNoDoubt) {
  DedupBudget budget(kBytes);
  Window window(budget);
  window.put(kMinute, print_of(1), {time_in(kMinute)});
  budget.make_room();
  ASSERT_NE(window.find(print_of(1)), nullptr);
  EXPECT_TRUE(doubts(window, 1).empty());
  EXPECT_TRUE(doubts(window, 2).empty());
  EXPECT_FALSE(budget.any_on_disk());
}

TEST(DedupWindow, TheOldestAreGivenUpAndTheirMinuteIsInDoubtEverAfter) {
  DedupBudget budget(kBytes);
  Window window(budget);
  for (int number = 0; number < 513; ++number) {
    window.put(kMinute + number / 300, print_of(number), {time_in(kMinute)});
  }
  budget.make_room();
  int given_up = 0;
  for (int number = 0; number < 513; ++number) {
    if (window.find(print_of(number)) != nullptr) continue;
    ++given_up;
    EXPECT_TRUE(doubts(window, number).contains(kMinute)) << number;
  }
  EXPECT_EQ(given_up, 257);
  EXPECT_EQ(window.find(print_of(256)), nullptr);
  EXPECT_NE(window.find(print_of(257)), nullptr);
  EXPECT_TRUE(budget.any_on_disk());
}

TEST(DedupWindow, FewOfTheIdsThatNeverCameAreInDoubt) {
  DedupBudget budget(64 << 20);
  Window window(budget);
  for (int number = 0; number < 400'000; ++number) {
    window.put(kMinute + number / 100'000, print_of(number), {time_in(kMinute)});
    budget.make_room();
  }
  int doubted = 0;
  for (int number = 1'000'000; number < 1'020'000; ++number)
    doubted += doubts(window, number).empty() ? 0 : 1;
  EXPECT_LT(doubted, 400) << "of 20,000";
  EXPECT_LE(budget.bytes(), std::size_t{64} << 20);
}

TEST(DedupWindow, MinutesThatAreOverAreNoDoubt) {
  DedupBudget budget(kBytes);
  Window window(budget);
  for (int number = 0; number < 600; ++number) window.put(kMinute, print_of(number), {time_in(kMinute)});
  budget.make_room();
  EXPECT_TRUE(doubts(window, 0, kMinute + 1).empty());
  const std::uint64_t epoch = budget.epoch();
  window.erase_minutes(0, kMinute + 1);
  EXPECT_NE(budget.epoch(), epoch) << "what was looked up is worth nothing now";
  EXPECT_TRUE(doubts(window, 0).empty());
  EXPECT_FALSE(budget.any_on_disk());
  EXPECT_EQ(budget.bytes(), 0U);
}

TEST(DedupWindow, AnIdThatComesAgainIsRememberedWhereItCameLast) {
  DedupBudget budget(kBytes);
  Window window(budget);
  window.put(kMinute, print_of(1), {time_in(kMinute)});
  window.put(kMinute + 6, print_of(1), {time_in(kMinute + 6)});
  window.erase_minutes(0, kMinute + 1);
  ASSERT_NE(window.find(print_of(1)), nullptr);
  EXPECT_EQ(window.find(print_of(1))->minute, kMinute + 6);
  EXPECT_EQ(budget.in_memory(), 1U);
}

TEST(DedupWindow, TheLargestWindowGivesUpItsOwn) {
  DedupBudget budget(kBytes);
  Window small(budget);
  Window large(budget);
  small.put(kMinute, print_of(-1), {time_in(kMinute)});
  for (int number = 0; number < 600; ++number) large.put(kMinute, print_of(number), {time_in(kMinute)});
  budget.make_room();
  EXPECT_NE(small.find(print_of(-1)), nullptr);
  EXPECT_EQ(large.find(print_of(0)), nullptr);
}

TEST(DedupWindow, MemoryHasABoundWhateverComesAndNothingIsForgottenForIt) {
  constexpr std::size_t kSmall = 2 * 16 * 144;
  DedupBudget budget(kSmall);
  Window window(budget);
  for (int number = 0; number < 20'000; ++number) {
    window.put(kMinute + number / 5'000, print_of(number), {time_in(kMinute)});
    budget.make_room();
    ASSERT_LE(budget.bytes(), kSmall);
  }
  for (int number = 0; number < 20'000; ++number) {
    if (window.find(print_of(number)) != nullptr) continue;
    ASSERT_TRUE(doubts(window, number).contains(kMinute + number / 5'000)) << number;
  }
}

TEST(DedupWindow, AWindowThatGoesGivesAllBack) {
  DedupBudget budget(kBytes);
  {
    Window window(budget);
    for (int number = 0; number < 600; ++number) window.put(kMinute, print_of(number), {time_in(kMinute)});
    budget.make_room();
  }
  EXPECT_EQ(budget.bytes(), 0U);
  EXPECT_FALSE(budget.any_on_disk());
  budget.make_room();
}

}  // namespace
}  // namespace penstock
