#include "broker/fairness.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

const Time kStart = from_epoch_milliseconds(1'800'000'000'000);
const GroupHash kLoud = group_hash("loud");
const GroupHash kCalm = group_hash("calm");

// So many messages of the tenant are in flight since then.
void fly(Fairness& fairness, GroupHash group, int count, Time since) {
  for (int i = 0; i < count; ++i) fairness.flies(group, since);
}

TEST(Fairness, TheHashOfAGroupNeverChangesAndIsZeroForNoGroupOnly) {
  EXPECT_EQ(group_hash("").value, 0u);
  EXPECT_EQ(group_hash("a").value, 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(group_hash("foobar").value, 0x85944171f73967e8u);
}

TEST(Fairness, ATenantIsNoisyWithThirtyInFlightIfTheyAreMoreThanATenth) {
  for (const int count : {29, 30}) {
    for (const int others : {200, 300}) {
      Fairness fairness;
      // The others have been in flight for long, so that processing time tells nothing.
      fly(fairness, {}, others, kStart);
      const Time now = kStart + Seconds{1000};
      fly(fairness, kLoud, count, now);
      EXPECT_EQ(fairness.noisy(kLoud, now), count == 30 && others == 200) << count << " beside " << others;
    }
  }
}

TEST(Fairness, ATenantIsNoisyWithMoreThanATenthOfTheProcessingTime) {
  Fairness fairness;
  fly(fairness, {}, 9, kStart);
  fly(fairness, kLoud, 1, kStart);
  EXPECT_FALSE(fairness.noisy(kLoud, kStart + Seconds{10})) << "a tenth is not more than a tenth";
  fairness.landed({}, kStart);
  EXPECT_TRUE(fairness.noisy(kLoud, kStart + Seconds{10}));
}

TEST(Fairness, ProcessingThatEndedCountsForThisMinuteAndTheNext) {
  for (const int minutes : {0, 1, 2}) {
    Fairness fairness;
    fly(fairness, kLoud, 1, kStart);
    fairness.processed(kLoud, kStart, kStart + Seconds{30});
    fairness.landed(kLoud, kStart);
    const Time now = kStart + Seconds{30 + 60 * minutes};
    fly(fairness, {}, 1, now - Seconds{60});
    EXPECT_EQ(fairness.noisy(kLoud, now), minutes < 2) << minutes;
  }
}

TEST(Fairness, ANoisyTenantStaysNoisyUntilItsBacklogIsDrained) {
  Fairness fairness;
  fly(fairness, kLoud, 1, kStart);
  EXPECT_TRUE(fairness.noisy(kLoud, kStart));
  fairness.landed(kLoud, kStart);
  fly(fairness, {}, 100, kStart);
  EXPECT_TRUE(fairness.noisy(kLoud, kStart + Seconds{60}));
  fairness.drained(kLoud);
  EXPECT_FALSE(fairness.noisy(kLoud, kStart + Seconds{60}));
}

TEST(Fairness, ANoisyTenantIsQuietAgainAfterFiveMinutesWithoutASend) {
  Fairness fairness;
  fly(fairness, kLoud, 1, kStart);
  EXPECT_TRUE(fairness.noisy(kLoud, kStart));
  fairness.landed(kLoud, kStart);
  fly(fairness, {}, 100, kStart);
  fairness.sent(kLoud, kStart + Seconds{10});
  EXPECT_TRUE(fairness.noisy(kLoud, kStart + Seconds{309}));
  EXPECT_FALSE(fairness.noisy(kLoud, kStart + Seconds{310}));
}

TEST(Fairness, AMessageWithoutAGroupIsNeverNoisy) {
  Fairness fairness;
  fly(fairness, {}, 1000, kStart);
  EXPECT_FALSE(fairness.any());
  EXPECT_FALSE(fairness.noisy({}, kStart + Seconds{10}));
}

TEST(Fairness, TenantsThatHaveNothingInFlightAreForgottenInTime) {
  Fairness fairness;
  for (int i = 0; i < 100; ++i) {
    const GroupHash group = group_hash("tenant" + std::to_string(i));
    fairness.flies(group, kStart);
    fairness.landed(group, kStart);
  }
  EXPECT_TRUE(fairness.any());
  EXPECT_FALSE(fairness.noisy(kCalm, kStart + Seconds{180}));
  EXPECT_FALSE(fairness.any());
}

}  // namespace
}  // namespace penstock
