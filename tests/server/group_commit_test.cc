// GroupCommit against a store whose reports the test makes itself.
#include "server/group_commit.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

class PlayedStore final : public Store {
 public:
  Recovered load(const std::function<void(Record&&)>&) override { return {}; }
  void append(Commit&& commit) override { commits.push_back(std::move(commit)); }
  void read(StoreRead&&, Position at_least) override {
    reads.push_back(at_least.value);
    commits_at_read = commits.size();
  }
  bool admits_growth() const override { return true; }

  std::vector<Commit> commits;
  std::vector<std::uint64_t> reads;  // the positions waited for
  std::size_t commits_at_read = 0;
};

class GroupCommitPlay : public testing::Test {
 protected:
  static constexpr Time kNow{Milliseconds{1000}};

  void change(std::size_t body_bytes = 1) {
    auto content = std::make_shared<MessageContent>();
    content->body.assign(body_bytes, 'x');
    commit_.outcome().changes.push_back(Put{FreshRecord{{}, {}, std::move(content)}});
  }
  void reply(std::uint64_t request, Answer answer = Done{}) {
    commit_.outcome().replies.push_back({{0, request}, std::move(answer)});
  }
  void send(std::uint64_t request, std::size_t body_bytes = 1) {
    change(body_bytes);
    reply(request);
    commit_.decided();
  }
  void look(std::uint64_t request) {
    reply(request);
    commit_.decided();
  }
  void receive_cold(std::uint64_t request) {
    change();
    Received received;
    received.deliveries.resize(2);
    received.deliveries[1].content = std::make_shared<MessageContent>();
    reply(request, std::move(received));
    commit_.decided();
  }
  void want_page() {
    commit_.outcome().wants.emplace_back();
    commit_.decided();
  }
  std::vector<std::uint64_t> left() {
    std::vector<std::uint64_t> requests;
    for (const Reply& one : commit_.released()) requests.push_back(one.ticket.request);
    commit_.released().clear();
    return requests;
  }
  using Requests = std::vector<std::uint64_t>;

  PlayedStore store_;
  GroupCommit commit_{store_, Recovered{Position{7}, kNow}};
};

TEST_F(GroupCommitPlay, AReplyLeavesWhenItsCommitIsDurableAndNotBefore) {
  send(1);
  commit_.hand_over(kNow);
  EXPECT_EQ(left(), Requests{});
  ASSERT_EQ(store_.commits.size(), 1U);
  EXPECT_EQ(store_.commits[0].position, Position{8});
  commit_.durable(Position{8});
  EXPECT_EQ(left(), Requests{1});
  EXPECT_TRUE(commit_.idle());
}

TEST_F(GroupCommitPlay, OneCommitIsOutstandingAndOneFills) {
  send(1);
  commit_.hand_over(kNow);
  send(2);
  send(3);
  commit_.hand_over(kNow);
  EXPECT_EQ(store_.commits.size(), 1U);
  commit_.durable(Position{8});
  EXPECT_EQ(left(), Requests{1});
  commit_.hand_over(kNow);
  ASSERT_EQ(store_.commits.size(), 2U);
  EXPECT_EQ(store_.commits[1].position, Position{9});
  EXPECT_EQ(store_.commits[1].changes.size(), 2U);
  commit_.durable(Position{9});
  EXPECT_EQ(left(), (Requests{2, 3}));
}

TEST_F(GroupCommitPlay, WithoutChangesAReplyLeavesAtOnceIfEverythingIsDurable) {
  look(1);
  EXPECT_EQ(left(), Requests{1});
  commit_.hand_over(kNow);
  EXPECT_TRUE(store_.commits.empty()) << "no empty commit is written";
}

TEST_F(GroupCommitPlay, WithoutChangesAReplyWaitsForTheCommitThatItCouldHaveSeen) {
  send(1);
  commit_.hand_over(kNow);
  look(2);
  EXPECT_EQ(left(), Requests{});
  commit_.durable(Position{8});
  EXPECT_EQ(left(), (Requests{1, 2}));
  commit_.hand_over(kNow);
  EXPECT_EQ(store_.commits.size(), 1U) << "no empty commit is written";
}

TEST_F(GroupCommitPlay, WithoutChangesAReplyBehindAFillingCommitWaitsForThatOne) {
  send(1);
  commit_.hand_over(kNow);
  send(2);
  look(3);
  commit_.durable(Position{8});
  EXPECT_EQ(left(), Requests{1});
  commit_.hand_over(kNow);
  EXPECT_EQ(left(), Requests{});
  commit_.durable(Position{9});
  EXPECT_EQ(left(), (Requests{2, 3}));
}

TEST_F(GroupCommitPlay, AFillingClosesAt1024Commands) {
  for (std::uint64_t request = 1; request < GroupCommit::kCommandsMax; ++request) send(request);
  EXPECT_FALSE(commit_.full());
  send(GroupCommit::kCommandsMax);
  EXPECT_TRUE(commit_.full());
  EXPECT_FALSE(commit_.stalled()) << "the store is free to take it";
  commit_.hand_over(kNow);
  EXPECT_FALSE(commit_.full());
}

TEST_F(GroupCommitPlay, AFillingClosesAt4MiBOfContentAndStallsWhileTheStoreIsBusy) {
  send(1);
  commit_.hand_over(kNow);
  for (std::uint64_t request = 2; request < 6; ++request) send(request, 1 << 20);
  EXPECT_TRUE(commit_.full());
  EXPECT_TRUE(commit_.stalled());
  commit_.durable(Position{8});
  EXPECT_FALSE(commit_.stalled());
}

TEST_F(GroupCommitPlay, LooksAloneNeverCloseACommit) {
  for (std::uint64_t request = 1; request <= 3 * GroupCommit::kCommandsMax; ++request) look(request);
  EXPECT_FALSE(commit_.full());
  EXPECT_EQ(left().size(), 3 * GroupCommit::kCommandsMax);
}

TEST_F(GroupCommitPlay, AColdDeliveryLeavesWhenItIsDurableAndItsBodiesHaveCome) {
  for (const bool bodies_first : {false, true}) {
    receive_cold(1);
    commit_.hand_over(kNow);
    const Commit& commit = store_.commits.back();
    ASSERT_EQ(commit.body_reads.size(), 1U);
    ASSERT_EQ(commit.body_reads[0].keys.size(), 1U) << "only the body that is not at hand";
    const auto bodies = [&, token = commit.body_reads[0].token] {
      auto content = std::make_shared<MessageContent>();
      content->body = "cold";
      commit_.bodies(token, {{MessageHead{{}, kNow}, content}});
    };
    const auto durable = [&, position = commit.position] { commit_.durable(position); };
    if (bodies_first) {
      bodies();
    } else {
      durable();
    }
    EXPECT_TRUE(commit_.released().empty());
    EXPECT_FALSE(commit_.idle());
    if (bodies_first) {
      durable();
    } else {
      bodies();
    }
    ASSERT_EQ(commit_.released().size(), 1U);
    const Received& received = std::get<Received>(commit_.released()[0].answer);
    EXPECT_EQ(received.deliveries[0].content->body, "cold");
    EXPECT_EQ(received.deliveries[0].head.sent, kNow);
    EXPECT_EQ(left(), Requests{1});
    EXPECT_TRUE(commit_.idle());
  }
}

TEST_F(GroupCommitPlay, OthersDoNotWaitForTheBodiesOfAColdDelivery) {
  receive_cold(1);
  send(2);
  commit_.hand_over(kNow);
  commit_.durable(Position{8});
  EXPECT_EQ(left(), Requests{2});
}

TEST_F(GroupCommitPlay, APageIsReadAsOfTheLastCommitIfNothingFills) {
  want_page();
  EXPECT_EQ(store_.reads, Requests{7});
}

TEST_F(GroupCommitPlay, APageIsReadAsOfTheFillingCommitOnceThatIsHandedOver) {
  change();
  want_page();
  EXPECT_TRUE(store_.reads.empty());
  commit_.hand_over(kNow);
  EXPECT_EQ(store_.reads, Requests{8});
  EXPECT_EQ(store_.commits_at_read, 1U);
}

TEST_F(GroupCommitPlay, AStepOfTheClockIsACommitWithoutChanges) {
  commit_.must_commit();
  look(1);
  EXPECT_EQ(left(), Requests{});
  commit_.hand_over(kNow + Seconds{60});
  ASSERT_EQ(store_.commits.size(), 1U);
  EXPECT_EQ(store_.commits[0].time, kNow + Seconds{60});
  commit_.durable(Position{8});
  EXPECT_EQ(left(), Requests{1});
}

TEST_F(GroupCommitPlay, TheTimeOfCommitsNeverRunsBack) {
  send(1);
  commit_.hand_over(kEpoch);
  EXPECT_EQ(store_.commits[0].time, kNow);
}

TEST_F(GroupCommitPlay, AnOlderPositionReportedAgainReleasesNothing) {
  send(1);
  commit_.hand_over(kNow);
  commit_.durable(Position{7});
  EXPECT_EQ(left(), Requests{});
}

}  // namespace
}  // namespace penstock
