#include <gtest/gtest.h>

#include <thread>

#include "base/mailbox.h"

namespace penstock {
namespace {

using Clock = std::chrono::steady_clock;

TEST(Mailbox, RefusesWhenFullButTakesWhatMustNotBeLost) {
  Mailbox<int> mailbox(2);
  EXPECT_TRUE(mailbox.post(1));
  EXPECT_TRUE(mailbox.post(2));
  EXPECT_FALSE(mailbox.post(3));
  mailbox.insist(4);
  std::vector<int> drained;
  mailbox.drain(drained, Clock::time_point::min());
  EXPECT_EQ(drained, (std::vector<int>{1, 2, 4}));
  EXPECT_TRUE(mailbox.post(5));
}

TEST(Mailbox, DrainReturnsEmptyWhenItsDeadlineHasPassed) {
  Mailbox<int> mailbox(2);
  std::vector<int> drained;
  mailbox.drain(drained, Clock::now());
  EXPECT_TRUE(drained.empty());
}

TEST(Mailbox, TheFirstLetterForADrainerThatRestsElsewhereSaysThatItMustBeWoken) {
  Mailbox<int> mailbox(8);
  EXPECT_FALSE(mailbox.leave(1)) << "it is awake";
  EXPECT_FALSE(mailbox.rest()) << "a letter is there";
  std::vector<int> fetched;
  mailbox.fetch(fetched);
  EXPECT_EQ(fetched, std::vector<int>{1});
  EXPECT_TRUE(mailbox.rest());
  EXPECT_TRUE(mailbox.leave(2));
  EXPECT_FALSE(mailbox.leave(3)) << "it has been told";
  fetched.clear();
  mailbox.fetch(fetched);
  EXPECT_EQ(fetched, (std::vector<int>{2, 3}));
}

TEST(Mailbox, ADrainerThatWokeByItselfNeedNotBeWoken) {
  Mailbox<int> mailbox(8);
  EXPECT_TRUE(mailbox.rest());
  mailbox.rouse();
  EXPECT_FALSE(mailbox.leave(1));
  EXPECT_FALSE(mailbox.rest());
}

TEST(Mailbox, ManyPostersLoseNothingAndKeepTheirOwnOrder) {
  constexpr int kPosters = 4;
  constexpr int kLetters = 20'000;
  Mailbox<std::pair<int, int>> mailbox(64);
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster) {
    posters.emplace_back([&mailbox, poster] {
      for (int letter = 0; letter < kLetters; ++letter) {
        while (!mailbox.post({poster, letter})) std::this_thread::yield();
      }
    });
  }
  std::vector<int> next(kPosters, 0);
  std::vector<std::pair<int, int>> drained;
  for (int received = 0; received < kPosters * kLetters;) {
    drained.clear();
    mailbox.drain(drained, Clock::time_point::max());
    for (const auto& [poster, letter] : drained) {
      ASSERT_EQ(letter, next[static_cast<std::size_t>(poster)]++);
      ++received;
    }
  }
  for (std::thread& poster : posters) poster.join();
}

}  // namespace
}  // namespace penstock
