// AWS's weaknesses, asked of a broker: they show, a seed repeats them, and nothing is lost by them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.h"

namespace penstock {
namespace {

class WeakQueue {
 public:
  explicit WeakQueue(const Weaknesses& weaknesses) : broker_(PartitionId{0}, limits_with(weaknesses)) {
    execute(CreateQueue{});
  }

  void send(int count) {
    for (int i = 0; i < count; ++i) {
      const MessageContent content{.body = std::to_string(sent_++)};
      execute(Send{std::make_shared<const MessageContent>(content), 1, std::nullopt});
    }
  }
  std::vector<Delivery> receive(Seconds wait) {
    execute(Receive{10, std::nullopt, wait});
    if (outcome_.replies.empty()) return {};
    return std::get<Received>(outcome_.replies.back().answer).deliveries;
  }
  void remove(const Delivery& delivery) { execute(Delete{delivery.handle}); }

 private:
  static BrokerLimits limits_with(const Weaknesses& weaknesses) {
    BrokerLimits limits;
    limits.weaknesses = weaknesses;
    return limits;
  }
  void execute(Operation operation) {
    outcome_.clear();
    const World world{AccountId{0}, *Region::parse("us-east-1")};
    broker_.execute({Ticket{1, ++request_}, world, "weak", std::move(operation)}, now_, random_, outcome_);
    now_ += Milliseconds{1};
  }

  Broker broker_;
  Outcome outcome_;
  SeededRandom random_{1};
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::uint64_t request_ = 0;
  int sent_ = 0;
};

std::uint64_t place_of(const Delivery& delivery) { return delivery.handle.sequence.value; }

TEST(Weaknesses, AShortPollOfTenMessagesMostlyFindsOneToThreeAndAllAreFoundInTwentyCalls) {
  int calls = 0, few = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    WeakQueue queue({.short_polls = true, .seed = seed});
    queue.send(10);
    std::size_t found = 0;
    int tries = 0;
    for (; found < 10 && tries < 20; ++tries) {
      const std::size_t got = queue.receive(Seconds{0}).size();
      found += got;
      few += got >= 1 && got <= 3 ? 1 : 0;
    }
    EXPECT_EQ(found, 10u) << "seed " << seed;
    calls += tries;
  }
  EXPECT_GT(few * 10, calls * 6) << "most calls";
  EXPECT_LT(few, calls) << "not all of them";
}

TEST(Weaknesses, AShortPollOfTenThousandMessagesFindsTen) {
  WeakQueue queue({.short_polls = true});
  queue.send(10'000);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(queue.receive(Seconds{0}).size(), 10u);
}

TEST(Weaknesses, ALongPollMissesNothing) {
  WeakQueue queue({.duplicates = true, .order = true, .short_polls = true});
  queue.send(10);
  EXPECT_EQ(queue.receive(Seconds{20}).size(), 10u);
}

TEST(Weaknesses, EveryMessageComesInSpiteOfAllOfThemAndSomeComeTwiceOrOutOfTurn) {
  WeakQueue queue({.duplicates = true, .order = true, .short_polls = true});
  queue.send(500);
  std::map<std::uint64_t, int> times;
  std::vector<std::uint64_t> places;
  for (int i = 0; i < 2'000; ++i) {
    for (const Delivery& delivery : queue.receive(Seconds{0})) {
      ++times[place_of(delivery)];
      places.push_back(place_of(delivery));
      // Deleted only when it has stopped coming.
      if (delivery.receive_count > 1) queue.remove(delivery);
    }
  }
  EXPECT_EQ(times.size(), 500u);
  EXPECT_TRUE(std::any_of(times.begin(), times.end(), [](const auto& entry) { return entry.second > 1; }));
  EXPECT_FALSE(std::is_sorted(places.begin(), places.end()));
}

TEST(Weaknesses, ASeedRepeatsThemAndAnotherOneDoesNot) {
  const auto story = [](std::uint64_t seed) {
    WeakQueue queue({.duplicates = true, .order = true, .short_polls = true, .seed = seed});
    queue.send(100);
    std::vector<std::uint64_t> places;
    for (int i = 0; i < 200; ++i) {
      for (const Delivery& delivery : queue.receive(Seconds{0})) places.push_back(place_of(delivery));
      places.push_back(~std::uint64_t{0});
    }
    return places;
  };
  EXPECT_EQ(story(7), story(7));
  EXPECT_NE(story(7), story(8));
}

}  // namespace
}  // namespace penstock
