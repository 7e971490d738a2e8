// How many requests somebody may make, with the time handed in.
#include "server/rate_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace penstock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RateLimiter::Moment kStart{std::chrono::hours(1)};
constexpr std::uint64_t kSecret = 42;

RateLimiter::Key key(std::uint64_t number) {
  RateLimiter::Key key{};
  for (std::size_t at = 0; at < 8; ++at) key[at] = static_cast<std::uint8_t>(number >> (8 * at));
  return key;
}

// How many of so many requests at this moment are admitted.
int admitted(RateLimiter& limiter, std::uint64_t who, RateLimiter::Moment now, int requests) {
  int count = 0;
  for (int i = 0; i < requests; ++i) count += limiter.admit(key(who), now) ? 1 : 0;
  return count;
}

TEST(RateLimiter, ABurstIsAdmittedAtOnceAndThenARateOfRequests) {
  RateLimiter limiter({.per_second = 10, .burst = 25}, 64, kSecret);
  EXPECT_EQ(admitted(limiter, 1, kStart, 100), 25);
  EXPECT_EQ(admitted(limiter, 1, kStart + milliseconds(99), 100), 0);
  EXPECT_EQ(admitted(limiter, 1, kStart + milliseconds(100), 100), 1);
  EXPECT_EQ(admitted(limiter, 1, kStart + milliseconds(1'100), 100), 10);
  EXPECT_EQ(admitted(limiter, 1, kStart + seconds(60), 100), 25) << "and no more is saved up";
}

TEST(RateLimiter, WhatIsRefusedCostsNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1}, 64, kSecret);
  EXPECT_TRUE(limiter.admit(key(1), kStart));
  EXPECT_EQ(admitted(limiter, 1, kStart + milliseconds(500), 1'000), 0);
  EXPECT_TRUE(limiter.admit(key(1), kStart + seconds(1)));
}

TEST(RateLimiter, EachHasABucketOfItsOwn) {
  RateLimiter limiter({.per_second = 1, .burst = 3}, 4'096, kSecret);
  for (std::uint64_t who = 0; who < 100; ++who) EXPECT_EQ(admitted(limiter, who, kStart, 10), 3) << who;
  for (std::uint64_t who = 0; who < 100; ++who) EXPECT_EQ(admitted(limiter, who, kStart, 10), 0) << who;
}

TEST(RateLimiter, OfTimeNearlyEndlesslyManyRequestsAreAdmittedAtTheRate) {
  RateLimiter limiter({.per_second = 3, .burst = 1}, 64, kSecret);
  int count = 0;
  for (int millisecond = 0; millisecond < 100'000; ++millisecond) {
    count += limiter.admit(key(1), kStart + milliseconds(millisecond)) ? 1 : 0;
  }
  // A third of a second is met by the next millisecond.
  EXPECT_GE(count, 299);
  EXPECT_LE(count, 300);
}

TEST(RateLimiter, AMillionStrangersMakeTheTableNoLargerAndKeepNobodyOut) {
  RateLimiter limiter({.per_second = 1, .burst = 2}, 1'000, kSecret);
  EXPECT_EQ(limiter.room(), 1'000U);
  int refused = 0;
  int kept_out = 0;
  RateLimiter::Moment now = kStart;
  for (std::uint64_t stranger = 1; stranger <= 1'000'000; ++stranger) {
    now += std::chrono::microseconds(10);
    refused += limiter.admit(key(stranger), now) ? 0 : 1;
    // Somebody who keeps to the rate.
    if (stranger % 100'000 == 0) kept_out += limiter.admit(key(0xffff'ffff'ffff), now) ? 0 : 1;
  }
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(kept_out, 0);
  EXPECT_EQ(limiter.room(), 1'000U);
}

TEST(RateLimiter, WhoFloodsIsHeldToTheRateAmongFewOthers) {
  RateLimiter limiter({.per_second = 10, .burst = 10}, 1'000, kSecret);
  int flood = 0;
  for (int millisecond = 0; millisecond < 10'000; ++millisecond) {
    const RateLimiter::Moment now = kStart + milliseconds(millisecond);
    flood += admitted(limiter, 7, now, 5);
    EXPECT_TRUE(limiter.admit(key(1'000 + static_cast<std::uint64_t>(millisecond % 100)), now)) << millisecond;
  }
  EXPECT_EQ(flood, 10 + 99);
}

TEST(RateLimiter, TheRateIsOfAllThreadsTogether) {
  RateLimiter limiter({.per_second = 1, .burst = 1'000}, 64, kSecret);
  std::atomic<int> count{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { count += admitted(limiter, 1, kStart, 500); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count.load(), 1'000);
}

}  // namespace
}  // namespace penstock
