#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/random.h"

namespace penstock {
namespace {

BrokerClock::Readings readings(std::int64_t wall, std::int64_t boottime) {
  return {from_epoch_milliseconds(wall), Milliseconds{boottime}};
}

TEST(BrokerClock, StartsAtTheTimeOfTheLastCommitWhenTheWallClockIsBehindIt) {
  const BrokerClock clock(readings(1'000, 0), Milliseconds{0}, from_epoch_milliseconds(5'000));
  EXPECT_EQ(clock.now(), from_epoch_milliseconds(5'000));
}

TEST(BrokerClock, CountsTheTimeThatTheMachineSlept) {
  BrokerClock clock(readings(1'000, 0), Milliseconds{0}, kEpoch);
  const auto reading = clock.advance(readings(3'601'000, 3'600'000));
  EXPECT_EQ(reading.now, from_epoch_milliseconds(3'601'000));
  EXPECT_FALSE(reading.stepped);
}

TEST(BrokerClock, SlowsByATenthWhenTheWallClockWasSetBack) {
  BrokerClock clock(readings(100'000, 0), Milliseconds{0}, kEpoch);
  for (int ms = 1; ms <= 1'000; ++ms) clock.advance(readings(50'000 + ms, ms));
  EXPECT_EQ(clock.now(), from_epoch_milliseconds(100'900));
}

TEST(BrokerClock, HurriesByATenthWhenTheWallClockIsALittleAhead) {
  BrokerClock clock(readings(100'000, 0), Milliseconds{0}, kEpoch);
  for (int ms = 1; ms <= 1'000; ++ms) clock.advance(readings(130'000 + ms, ms));
  EXPECT_EQ(clock.now(), from_epoch_milliseconds(101'100));
}

TEST(BrokerClock, StepsForwardWhenMoreThanSixtySecondsBehindAndSaysSo) {
  BrokerClock clock(readings(100'000, 0), Milliseconds{0}, kEpoch);
  EXPECT_FALSE(clock.advance(readings(160'010, 10)).stepped);
  const auto reading = clock.advance(readings(300'000, 20));
  EXPECT_TRUE(reading.stepped);
  EXPECT_EQ(reading.now, from_epoch_milliseconds(300'000));
}

TEST(BrokerClock, LeapsAtOnceAndStaysAhead) {
  BrokerClock clock(readings(100'000, 0), Milliseconds{0}, kEpoch);
  EXPECT_EQ(clock.leap(Milliseconds{30'000}), from_epoch_milliseconds(130'000));
  EXPECT_EQ(clock.advance(readings(100'010, 10)).now, from_epoch_milliseconds(130'010));
  const BrokerClock restarted(readings(100'020, 5), Milliseconds{30'000}, from_epoch_milliseconds(130'010));
  EXPECT_EQ(restarted.now(), from_epoch_milliseconds(130'020));
}

TEST(BrokerClock, NeverRunsBackWhateverTheWallClockDoes) {
  SeededRandom random(7);
  std::int64_t wall = 1'000'000;
  std::int64_t boottime = 0;
  BrokerClock clock(readings(wall, boottime), Milliseconds{0}, kEpoch);
  Time before = clock.now();
  for (int step = 0; step < 100'000; ++step) {
    wall += static_cast<std::int64_t>(random.below(400'000)) - 200'000;
    boottime += static_cast<std::int64_t>(random.below(50));
    const Time now = clock.advance(readings(wall, boottime)).now;
    ASSERT_GE(now, before) << "step " << step;
    before = now;
  }
}

}  // namespace
}  // namespace penstock
