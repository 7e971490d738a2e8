// SMS and mobile push in the core: what is there after a crash, and what has bounds.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "broker/broker.h"

namespace penstock {
namespace {

const World kWorld{AccountId{0}, *Region::parse("us-east-1")};
const Time kNow = from_epoch_milliseconds(1'790'000'000'000);

class Mobile : public testing::Test {
 protected:
  // What the command is answered, and in direct_ what left with it.
  Answer ask(const std::string& name, MobileRequest&& request) {
    return ask_topic({}, MobileOperation{name, std::move(request)});
  }
  Answer ask_topic(const std::string& topic, TopicOperation&& operation) {
    Outcome outcome;
    broker_.execute(
        Command{{1, ++asked_}, kWorld, topic, Operation(AboutTopic{std::move(operation)}), nullptr, true},
        kNow, random_, outcome);
    for (Change& change : outcome.changes) changes_.push_back(std::move(change));
    Answer answer;
    for (Reply& reply : outcome.replies) {
      if (auto* direct = std::get_if<DirectDelivery>(&reply.answer)) {
        direct_.push_back(std::move(*direct));
      } else {
        answer = std::move(reply.answer);
      }
    }
    return answer;
  }
  static ErrorCode refusal(const Answer& answer) {
    const auto* error = std::get_if<Error>(&answer);
    return error == nullptr ? ErrorCode{} : error->code;
  }
  static MobileRecord record(const Answer& answer) {
    return std::get<MobileFound>(std::get<TopicAnswer>(answer)).record;
  }
  static std::vector<MobileRecord> records(const Answer& answer) {
    return std::get<MobilesListed>(std::get<TopicAnswer>(answer)).records;
  }
  static std::vector<MobileRecord> facts(const Broker& broker) {
    std::vector<MobileRecord> all;
    broker.each_fact([&all](const Record& fact) {
      if (const auto* mobile = std::get_if<MobileRecord>(&fact)) all.push_back(*mobile);
    });
    return all;
  }
  static PublishDirectly text(SubscriptionProtocol protocol) {
    auto content = std::make_shared<MessageContent>();
    content->body = "hello";
    content->notification = std::make_shared<Notification>();
    return {std::move(content), protocol};
  }

  BrokerLimits limits_;
  Broker broker_{PartitionId{}, limits_};
  SeededRandom random_{1};
  std::uint64_t asked_ = 0;
  std::vector<Change> changes_;
  std::vector<DirectDelivery> direct_;
};

TEST_F(Mobile, WhoReplaysTheChangesKnowsTheSame) {
  ask("GCM/app", CreateApplication{{{"Enabled", "true"}}});
  const std::string one = record(ask("GCM/app", CreateEndpoint{{{"Token", "a"}}})).key.name;
  ask(one, SetEndpointAttributes{{{"Token", "b"}}});
  ask("GCM/app", CreateEndpoint{{{"Token", "a"}}});
  ask("+15550100", OptOut{});
  ask("+15550101", OptOut{});
  ask("+15550101", OptIn{});
  ask("", SetSmsAttributes{{{"DefaultSMSType", "Promotional"}}});
  ask("+15550100", CreateSandboxNumber{});  // refused: it has opted out
  ask("+15550102", CreateSandboxNumber{});
  Broker replayed{PartitionId{}, limits_};
  for (const Change& change : changes_) replayed.apply(change);
  EXPECT_EQ(facts(replayed), facts(broker_));
  Broker reloaded{PartitionId{}, limits_};
  broker_.each_fact([&reloaded](const Record& fact) { reloaded.apply(Put{fact}); });
  EXPECT_EQ(facts(reloaded), facts(broker_));
  EXPECT_EQ(facts(reloaded).size(), 6U);
  // Tokens too: "a" is the second endpoint's since the first has another.
  broker_ = std::move(reloaded);
  EXPECT_NE(record(ask("GCM/app", CreateEndpoint{{{"Token", "a"}}})).key.name, one);
  EXPECT_EQ(record(ask("GCM/app", CreateEndpoint{{{"Token", "b"}}})).key.name, one);
}

TEST_F(Mobile, AnApplicationTakesItsEndpointsAlongAndNoOthers) {
  ask("GCM/app", CreateApplication{{{"Enabled", "true"}}});
  ask("GCM/app2", CreateApplication{{{"Enabled", "true"}}});
  ask("GCM/app", CreateEndpoint{{{"Token", "a"}}});
  ask("GCM/app2", CreateEndpoint{{{"Token", "a"}}});
  EXPECT_EQ(records(ask("GCM/app", ListEndpoints{})).size(), 1U);
  ask("GCM/app", DeleteApplication{});
  EXPECT_EQ(refusal(ask("GCM/app", ListEndpoints{})), ErrorCode::kNotFound);
  EXPECT_EQ(records(ask("GCM/app2", ListEndpoints{})).size(), 1U);
  ask("GCM/app", CreateApplication{{{"Enabled", "true"}}});
  EXPECT_TRUE(records(ask("GCM/app", ListEndpoints{})).empty());
}

TEST_F(Mobile, ListsHavePages) {
  for (int at = 0; at < 250; ++at) ask("+1555" + std::to_string(1000 + at), OptOut{});
  std::string after;
  std::vector<std::size_t> sizes;
  std::string last;
  for (bool more = true; more;) {
    const Answer answer = ask("", ListOptedOut{after});
    const auto& page = std::get<MobilesListed>(std::get<TopicAnswer>(answer));
    for (const MobileRecord& one : page.records) {
      EXPECT_LT(last, one.key.name);
      last = one.key.name;
    }
    after = last;
    more = page.more;
    sizes.push_back(page.records.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 100, 50}));
}

TEST_F(Mobile, WhatIsKeptHasABoundInBytesAndDeletingMakesRoom) {
  limits_.mobile_bytes_max = 4'000;
  broker_ = Broker{PartitionId{}, limits_};
  int kept = 0;
  while (std::holds_alternative<Done>(ask("+1555" + std::to_string(1000 + kept), OptOut{}))) ++kept;
  EXPECT_GT(kept, 5);
  EXPECT_LT(kept, 20);
  EXPECT_EQ(refusal(ask("+15559999", OptOut{})), ErrorCode::kThrottled);
  EXPECT_EQ(refusal(ask("", SetSmsAttributes{{{"DefaultSMSType", "Promotional"}}})), ErrorCode::kThrottled);
  ask("+15551000", OptIn{});
  EXPECT_TRUE(std::holds_alternative<Done>(ask("+15559999", OptOut{})));
}

TEST_F(Mobile, WhatIsPublishedDirectlyLeavesOnceWithItsId) {
  const Answer answer = ask("+15550100", text(SubscriptionProtocol::kSms));
  const MessageId id = std::get<Published>(std::get<TopicAnswer>(answer)).id;
  ASSERT_EQ(direct_.size(), 1U);
  EXPECT_EQ(direct_[0].endpoint, "+15550100");
  EXPECT_EQ(direct_[0].content->notification->id, id);
  EXPECT_EQ(direct_[0].content->notification->published, kNow);
  ask("+15550100", OptOut{});
  EXPECT_EQ(refusal(ask("+15550100", text(SubscriptionProtocol::kSms))), ErrorCode::kOptedOut);
  EXPECT_EQ(direct_.size(), 1U);
}

TEST_F(Mobile, WhatATopicCannotDeliverIsInTheSubscriptionsDeadLetterQueue) {
  const auto ask_queue = [&](Operation&& operation) {
    Outcome outcome;
    broker_.execute(Command{{1, ++asked_}, kWorld, "lost", std::move(operation)}, kNow, random_, outcome);
    return std::move(outcome.replies.back().answer);
  };
  ask_queue(CreateQueue{});
  const auto lost = [&] { return std::get<QueueDescribed>(ask_queue(DescribeQueue{})).counts.visible; };
  ask("GCM/app", CreateApplication{{{"Enabled", "true"}}});
  const std::string endpoint = record(ask("GCM/app", CreateEndpoint{{{"Token", "a"}}})).key.name;
  ask_topic("news", CreateTopic{});
  const auto subscribe = [&](SubscriptionProtocol protocol, const std::string& to) {
    Subscribe request;
    request.protocol = protocol;
    request.endpoint = to;
    request.attributes.redrive_policy = "{}";
    request.attributes.dead_letter_arn = "arn:aws:sqs:us-east-1:000000000000:lost";
    return ask_topic("news", std::move(request));
  };
  EXPECT_EQ(
      refusal(subscribe(SubscriptionProtocol::kApplication, topic_arn(kWorld, "endpoint/GCM/app/none"))),
      ErrorCode::kInvalidParameter);
  subscribe(SubscriptionProtocol::kApplication, topic_arn(kWorld, "endpoint/" + endpoint));
  subscribe(SubscriptionProtocol::kSms, "+1-555-0100");
  const auto publish = [&] {
    Publish request;
    request.content.body = "hello";
    request.content.notification = std::make_shared<Notification>();
    ask_topic("news", std::move(request));
  };
  publish();
  EXPECT_EQ(lost(), 0U);
  ask("+15550100", OptOut{});
  publish();
  EXPECT_EQ(lost(), 1U);
  ask(endpoint, SetEndpointAttributes{{{"Enabled", "false"}}});
  publish();
  EXPECT_EQ(lost(), 3U);
  ask("+15550100", OptIn{});
  ask("GCM/app", DeleteApplication{});
  publish();
  EXPECT_EQ(lost(), 4U) << "an endpoint that is gone";
}

TEST_F(Mobile, TheRightCodeAndNoOtherVerifiesANumber) {
  ask("+15550100", CreateSandboxNumber{});
  ASSERT_EQ(direct_.size(), 1U);
  const std::string body = direct_[0].content->body;
  const std::string code = body.substr(body.find_first_of("0123456789"), 6);
  std::string other = code;
  other[5] = code[5] == '9' ? '0' : '9';
  EXPECT_EQ(refusal(ask("+15550100", VerifySandboxNumber{other})), ErrorCode::kVerificationFailed);
  EXPECT_TRUE(std::holds_alternative<Done>(ask("+15550100", VerifySandboxNumber{code})));
  const auto listed = records(ask("", ListSandboxNumbers{}));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].texts.back(), (std::pair<std::string, std::string>{"Status", "Verified"}));
}

TEST(PlainNumber, HasAPlusAndSevenToFifteenDigits) {
  EXPECT_EQ(plain_number("+15550100"), "+15550100");
  EXPECT_EQ(plain_number("1-555.01/00"), "+15550100");
  EXPECT_EQ(plain_number("+123456"), std::nullopt);
  EXPECT_EQ(plain_number("+1234567890123456"), std::nullopt);
  for (const char* wrong :
       {"", "+", "-15550100", "15550100-", "1555--0100", "+1555 0100", "+1555010a", "++15550100"}) {
    EXPECT_EQ(plain_number(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace penstock
