// BrokerThread with the real Broker, over a store that reports durable only when the test says so.
#include "server/broker_thread.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "broker/queue_arn.h"
#include "storage/memory_store.h"

namespace penstock {
namespace {

constexpr auto kSoon = std::chrono::seconds(10);

// A MemoryStore whose reports of durability are held back.
class HoldingStore final : public Store, private StoreEvents {
 public:
  HoldingStore(StoreEvents& events, Mailbox<std::size_t>& appended)
      : events_(events), appended_(appended), store_(static_cast<StoreEvents&>(*this)) {}

  Recovered load(const std::function<void(Record&&)>& visit) override { return store_.load(visit); }
  void append(Commit&& commit) override {
    std::size_t bodies = 0;
    for (const Change& change : commit.changes) {
      const Put* const put = std::get_if<Put>(&change);
      bodies += put && std::holds_alternative<FreshRecord>(put->record);
    }
    store_.append(std::move(commit));
    appended_.insist(std::size_t{bodies});
  }
  void read(StoreRead&& want, Position at_least) override { store_.read(std::move(want), at_least); }
  bool admits_growth() const override { return true; }

 private:
  void durable(Position) override {}
  void bodies(std::uint64_t token, std::vector<BodyRecord> records) override {
    events_.bodies(token, std::move(records));
  }
  void page(Page page) override { events_.page(std::move(page)); }
  void looked_up(LookedUp found) override { events_.looked_up(std::move(found)); }
  [[noreturn]] void refused(const std::string& reason) override {
    events_.refused(reason);
    std::abort();
  }

  StoreEvents& events_;
  Mailbox<std::size_t>& appended_;
  MemoryStore store_;
};

// The broker thread sleeps for an hour unless it is woken, so that a wake-up that is missed is noticed.
class BrokerThreadPlay : public testing::Test, private ReplySink, private OutgoingSink {
 protected:
  BrokerThreadPlay() {
    broker_.deliver_to(*this);
    broker_.start({std::make_unique<HoldingStore>(broker_, appended_)}, {static_cast<ReplySink*>(this)});
  }
  ~BrokerThreadPlay() override {
    // Whatever is still outstanding is let go, so that the thread can end.
    for (std::uint64_t position = 1; position < 100; ++position) broker_.durable(Position{position});
  }

  template <class Op>
  static Command command(std::uint64_t request, Op operation) {
    Command asked;
    asked.ticket = {0, request};
    asked.world.region = *Region::parse("us-east-1");
    asked.queue_name = "orders";
    asked.operation = std::move(operation);
    return asked;
  }
  static Command about_topic(std::uint64_t request, TopicOperation operation) {
    Command asked = command(request, AboutTopic{std::move(operation)});
    asked.queue_name = "news";
    asked.about_topic = true;
    return asked;
  }
  static Publish publication() {
    Publish publish;
    publish.content.body = "x";
    publish.content.notification = std::make_shared<Notification>();
    return publish;
  }
  static Command send(std::uint64_t request) {
    auto content = std::make_shared<MessageContent>();
    content->body = "x";
    Send operation;
    operation.content = std::move(content);
    operation.size = 1;
    return command(request, std::move(operation));
  }
  static Command receive(std::uint64_t request, std::int64_t wait) {
    Receive operation;
    operation.wait = Seconds{wait};
    return command(request, operation);
  }
  void post(Command&& one) {
    std::vector<Command> commands;
    commands.push_back(std::move(one));
    broker_.post(commands);
    EXPECT_TRUE(commands.empty());
  }
  void durable(std::uint64_t position) { broker_.durable(Position{position}); }
  // Bodies in the next commit that is handed over; waits for it.
  std::size_t next_commit() {
    if (commits_.empty()) {
      std::vector<std::size_t> drained;
      appended_.drain(drained, std::chrono::steady_clock::now() + kSoon);
      commits_.insert(commits_.end(), drained.begin(), drained.end());
    }
    EXPECT_FALSE(commits_.empty()) << "no commit came";
    if (commits_.empty()) return 0;
    const std::size_t bodies = commits_.front();
    commits_.erase(commits_.begin());
    return bodies;
  }
  // What has been answered by now, or within `wait` if nothing has.
  std::vector<Reply> replies(std::chrono::steady_clock::time_point until = {}) {
    std::vector<Reply> drained;
    replies_.drain(drained, until);
    return drained;
  }
  std::vector<Reply> next_replies() { return replies(std::chrono::steady_clock::now() + kSoon); }

  void create_queue() {
    post(command(1, CreateQueue{}));
    next_commit();
    durable(1);
    EXPECT_EQ(next_replies().size(), 1U);
  }

  // A message was sent, and is received by that request; commit 3 is not durable yet.
  void create_queue_and_receive(std::uint64_t request) {
    create_queue();
    post(send(2));
    next_commit();
    durable(2);
    EXPECT_EQ(next_replies().size(), 1U);
    post(receive(request, 0));
    next_commit();
  }

  Mailbox<std::size_t> appended_{1};
  Mailbox<Reply> replies_{1};
  Mailbox<std::string> sent_out_{1};  // to whom
  std::vector<std::size_t> commits_;
  BrokerThread broker_{{}, 100'000, std::size_t{256} << 20, std::chrono::hours(1)};

 private:
  void deliver(std::vector<OutgoingDelivery>&& deliveries) override {
    for (const OutgoingDelivery& delivery : deliveries) sent_out_.insist(std::string(delivery.to->endpoint));
  }
  void deliver_directly(OutgoingDestinationPtr, ContentPtr) override {}
  void deliver(std::vector<Reply>&& delivered) override {
    for (Reply& reply : delivered) replies_.insist(std::move(reply));
  }
};

TEST_F(BrokerThreadPlay, NoReplyLeavesBeforeItsCommitIsDurable) {
  post(command(1, CreateQueue{}));
  next_commit();
  EXPECT_TRUE(replies().empty());
  durable(1);
  const std::vector<Reply> answered = next_replies();
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_EQ(answered[0].ticket.request, 1U);
}

TEST_F(BrokerThreadPlay, WhileACommitIsOutstandingTheNextTakes1024CommandsAndTheRestWaitsInOrder) {
  create_queue();
  post(send(1));
  EXPECT_EQ(next_commit(), 1U);
  std::vector<Command> many;
  for (std::uint64_t request = 2; request < 2502; ++request) many.push_back(send(request));
  broker_.post(many);
  durable(2);
  EXPECT_EQ(next_commit(), 1024U);
  durable(3);
  EXPECT_EQ(next_commit(), 1024U);
  durable(4);
  EXPECT_EQ(next_commit(), 452U);
  durable(5);
  std::uint64_t expected = 1;
  while (expected < 2502) {
    const std::vector<Reply> answered = next_replies();
    ASSERT_FALSE(answered.empty());
    for (const Reply& reply : answered) EXPECT_EQ(reply.ticket.request, expected++);
  }
}

TEST_F(BrokerThreadPlay, ACommitHasTheCopiesOfAPublicationOnceAndSendsDoNotHoldThemUp) {
  constexpr std::size_t kQueues = 200;
  constexpr std::size_t kCopiesMax = 64;
  std::vector<Command> made;
  made.push_back(about_topic(1, CreateTopic{}));
  for (std::uint64_t at = 0; at < kQueues; ++at) {
    Command create = command(2 + 2 * at, CreateQueue{});
    create.queue_name = "q" + std::to_string(at);
    Subscribe subscribe;
    subscribe.protocol = SubscriptionProtocol::kSqs;
    subscribe.endpoint = queue_arn(create.world, create.queue_name);
    subscribe.attributes.raw_message_delivery = true;
    made.push_back(std::move(create));
    made.push_back(about_topic(3 + 2 * at, std::move(subscribe)));
  }
  made.push_back(command(1000, CreateQueue{}));
  broker_.post(made);
  next_commit();
  durable(1);

  post(about_topic(1001, publication()));
  std::size_t copies = next_commit();
  EXPECT_LE(copies, kCopiesMax);
  std::uint64_t commits = 1;
  while (copies < kQueues && commits < 10) {
    // Many rounds while the disk is busy, and somebody who sends.
    post(send(1001 + commits));
    for (int round = 0; round < 3; ++round) {
      const std::uint64_t before = broker_.gauges().commands;
      post(command(2000, FindQueue{}));
      const auto longest = std::chrono::steady_clock::now() + kSoon;
      while (broker_.gauges().commands <= before && std::chrono::steady_clock::now() < longest) {
        std::this_thread::yield();
      }
    }
    durable(++commits);
    const std::size_t bodies = next_commit();
    ASSERT_GE(bodies, 1U);
    EXPECT_LE(bodies - 1, kCopiesMax);
    copies += bodies - 1;
  }
  ASSERT_EQ(copies, kQueues);
  durable(commits + 1);
  broker_.stop();  // what is still answered needs the play
}

TEST_F(BrokerThreadPlay, AReceiveThatWasForgottenWhileItWaitedToBeDecidedTakesNoMessage) {
  create_queue();
  post(send(1));
  EXPECT_EQ(next_commit(), 1U);
  std::vector<Command> many;
  for (std::uint64_t request = 2; request < 1026; ++request) many.push_back(command(request, FindQueue{}));
  broker_.post(many);  // the filling is full: what follows waits
  post(command(2000, PurgeQueue{}));
  post(receive(2001, 20));
  broker_.forget({0, 2001});
  durable(2);
  next_commit();  // the purge
  post(send(2002));
  durable(3);
  EXPECT_EQ(next_commit(), 1U);
  durable(4);
  post(receive(2003, 0));
  next_commit();
  durable(5);
  for (std::uint64_t request = 0; request != 2003;) {
    const std::vector<Reply> answered = next_replies();
    ASSERT_FALSE(answered.empty());
    for (const Reply& reply : answered) {
      request = reply.ticket.request;
      EXPECT_NE(request, 2001U);
      if (request == 2003) {
        EXPECT_EQ(std::get<Received>(reply.answer).deliveries.size(), 1U);
      }
    }
  }
}

TEST_F(BrokerThreadPlay, AWaitThatIsEndedIsAnsweredEmpty) {
  create_queue();
  post(receive(2, 20));
  broker_.end_wait({0, 2});
  const std::vector<Reply> answered = next_replies();
  ASSERT_EQ(answered.size(), 1U);
  EXPECT_TRUE(std::get<Received>(answered[0].answer).deliveries.empty());
}

TEST_F(BrokerThreadPlay, AnUndeliveredMessageIsThereAgainAndItsReceiptDoesNotCount) {
  create_queue_and_receive(3);
  durable(3);
  std::vector<Reply> answered = next_replies();
  ASSERT_EQ(answered.size(), 1U);
  broker_.undeliver(std::move(std::get<Received>(answered[0].answer)));
  next_commit();
  durable(4);
  post(receive(4, 0));
  next_commit();
  durable(5);
  answered = next_replies();
  ASSERT_EQ(answered.size(), 1U);
  const Received& received = std::get<Received>(answered[0].answer);
  ASSERT_EQ(received.deliveries.size(), 1U);
  EXPECT_EQ(received.deliveries[0].receive_count, 1U);
}

TEST_F(BrokerThreadPlay, AStopWaitsUntilWhatWasPostedIsDurable) {
  create_queue();
  post(send(2));
  next_commit();
  std::thread stopper([this] { broker_.stop(); });
  EXPECT_TRUE(replies().empty());
  durable(2);
  stopper.join();
  EXPECT_EQ(replies().size(), 1U);
}

TEST_F(BrokerThreadPlay, ADeliveryToAReceiverOutsideLeavesWhenItsCommitIsDurable) {
  Subscribe subscribe;
  subscribe.protocol = SubscriptionProtocol::kHttp;
  subscribe.endpoint = "http://receiver.example/";
  std::vector<Command> commands;
  commands.push_back(about_topic(1, CreateTopic{}));
  commands.push_back(about_topic(2, std::move(subscribe)));
  commands.push_back(about_topic(3, publication()));
  broker_.post(commands);
  std::vector<std::string> receivers;
  for (std::uint64_t position = 1; receivers.empty() && position < 10; ++position) {
    next_commit();
    EXPECT_TRUE(receivers.empty());
    durable(position);
    sent_out_.drain(receivers, std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
  }
  EXPECT_EQ(receivers, std::vector<std::string>{"http://receiver.example/"});
}

TEST_F(BrokerThreadPlay, WhatBecomesDurableWhenNoSessionIsLeftIsUndone) {
  create_queue_and_receive(3);
  broker_.quiesce();
  durable(3);
  next_commit();  // the message is there again
  durable(4);
  EXPECT_TRUE(replies().empty());
}

TEST(BrokerThreadBound, CommandsBeyondItStayWithWhoPostedThem) {
  BrokerThread broker({}, 3);
  std::vector<Command> commands(2);
  broker.post(commands);
  EXPECT_TRUE(commands.empty());
  commands.resize(3);
  commands[1].queue_name = "stays";
  broker.post(commands);
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].queue_name, "stays");
}

TEST(BrokerThreadDeath, AStoreThatRefusesEndsTheProcessWith70) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(BrokerThread({}, 1).refused("disk on fire"), testing::ExitedWithCode(70), "");
}

}  // namespace
}  // namespace penstock
