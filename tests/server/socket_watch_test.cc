#include "server/socket_watch.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "tests/server/socket_pair.h"

namespace penstock {
namespace {

constexpr std::chrono::milliseconds kNow{0};
constexpr std::chrono::milliseconds kLong = std::chrono::seconds(10);

class SocketWatchPlay : public testing::Test {
 protected:
  SocketWatchPlay() {
    EXPECT_TRUE(watch_.add(pair_.ours.descriptor(), 7));
    EXPECT_EQ(watch_.wait(kNow).size(), 1U);  // that it may be written to
  }

  SocketPair pair_ = SocketPair::make();
  SocketWatch watch_;
};

TEST_F(SocketWatchPlay, ASocketGoesByItsNumber) {
  pair_.theirs.write("x");
  const auto words = watch_.wait(kLong);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].id, 7U);
  EXPECT_TRUE(words[0].readable);
  EXPECT_FALSE(words[0].ends);
}

TEST_F(SocketWatchPlay, WhatHasBeenToldIsNotToldAgainUntilThereIsMore) {
  pair_.theirs.write("x");
  EXPECT_EQ(watch_.wait(kLong).size(), 1U);
  EXPECT_EQ(watch_.wait(kNow).size(), 0U);
  pair_.theirs.write("y");
  EXPECT_EQ(watch_.wait(kLong).size(), 1U);
}

TEST_F(SocketWatchPlay, WhatArrivedBeforeASocketWasWatchedIsTold) {
  SocketPair other = SocketPair::make();
  other.theirs.write("x");
  ASSERT_TRUE(watch_.add(other.ours.descriptor(), 8));
  const auto words = watch_.wait(kLong);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].id, 8U);
  EXPECT_TRUE(words[0].readable);
}

TEST_F(SocketWatchPlay, TheEndOfAPeerIsToldTogetherWithItsLastBytes) {
  pair_.theirs.write("last");
  pair_.theirs.shut_sending();
  const auto words = watch_.wait(kLong);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_TRUE(words[0].readable);
  EXPECT_TRUE(words[0].ends);
}

TEST_F(SocketWatchPlay, AClosedSocketSaysNothing) {
  pair_.theirs.write("x");
  pair_.ours.close();
  EXPECT_EQ(watch_.wait(kNow).size(), 0U);
}

TEST_F(SocketWatchPlay, ANudgeEndsOneWaitAndNoFurtherOne) {
  std::thread other([this] { watch_.nudge(); });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(watch_.wait(kLong).size(), 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, kLong) << "it did not wait to the end";
  other.join();
  EXPECT_EQ(watch_.wait(kNow).size(), 0U);
  watch_.nudge();
  watch_.nudge();
  EXPECT_EQ(watch_.wait(kLong).size(), 0U);
  pair_.theirs.write("x");
  EXPECT_EQ(watch_.wait(kLong).size(), 1U) << "nudges hide no word";
}

}  // namespace
}  // namespace penstock
