// Declaring: what is made of a declaration, and what refuses it.
#include <gtest/gtest.h>

#include "tests/resources/stage.h"

namespace penstock {
namespace {

using testing::Test;

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Declaring, TheExampleOfTheDocumentationIsDeclaredAndASecondTimeNothingChanges) {
  const std::string page = repository_file("docs/resources.md");
  const std::size_t begin = page.find("```yaml\n") + 8;
  ASSERT_NE(begin, std::string::npos + 8);
  const std::string example = page.substr(begin, page.find("```", begin) - begin);
  Stage stage;
  ASSERT_EQ(stage.declare(example), "");
  EXPECT_GT(stage.calls(), 10U);
  for (const char* queue : {"orders", "orders-dead", "mail", "payments.fifo"})
    EXPECT_TRUE(stage.has_queue(queue));
  EXPECT_TRUE(stage.has_topic("events") && stage.has_topic("ledger.fifo"));
  EXPECT_TRUE(stage.has_queue({*AccountId::parse("111122223333"), *Region::parse("eu-west-1")}, "orders"));
  const std::string described = stage.described();
  ASSERT_EQ(stage.declare(example), "");
  EXPECT_EQ(stage.calls(), 0U);
  EXPECT_EQ(stage.described(), described);
}

TEST(Declaring, TheOrderMeansNothing) {
  Stage stage;
  EXPECT_EQ(stage.declare("topics:\n  t:\n    subscriptions: [{queue: a}]\n"
                          "queues:\n  a: {deadLetterQueue: b, maxReceiveCount: 3}\n  b:\n"),
            "");
  EXPECT_TRUE(says(stage.described(), "deadLetterQueue: b\n    maxReceiveCount: 3"));
}

TEST(Declaring, ADeadLetterQueueIsNamedByItsArnToo) {
  Stage stage;
  EXPECT_EQ(
      stage.declare(
          "queues:\n  a: {deadLetterQueue: 'arn:aws:sqs:us-east-1:000000000000:b', maxReceiveCount: 3}\n"
          "  b:\n  c:\n    RedrivePolicy: {deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:b', "
          "maxReceiveCount: 7}\n"),
      "");
  EXPECT_TRUE(says(stage.described(), "maxReceiveCount: 7"));
}

TEST(Declaring, WhatDiffersIsChangedAndWhatIsNotSaidStays) {
  Stage stage;
  ASSERT_EQ(
      stage.declare("queues:\n  a: {VisibilityTimeout: 5, DelaySeconds: 7, tags: {one: 1, two: 2}}\n  b:\n"),
      "");
  ASSERT_EQ(stage.declare("queues:\n  a: {VisibilityTimeout: 6, tags: {one: 3}}\n"), "");
  EXPECT_EQ(stage.calls(), 2U);
  const std::string described = stage.described();
  EXPECT_TRUE(says(described, "VisibilityTimeout: 6\n"));
  EXPECT_TRUE(says(described, "DelaySeconds: 7\n"));
  EXPECT_TRUE(says(described, "one: 3\n      two: 2\n"));
  EXPECT_TRUE(stage.has_queue("b"));
}

TEST(Declaring, AnEmptyTextUnsets) {
  Stage stage;
  ASSERT_EQ(
      stage.declare("queues:\n  a: {KmsMasterKeyId: alias/k, deadLetterQueue: b, maxReceiveCount: 3}\n  b:\n"
                    "topics:\n  t: {DisplayName: T}\n"),
      "");
  ASSERT_EQ(stage.declare(
                "queues:\n  a: {KmsMasterKeyId: '', RedrivePolicy: ''}\ntopics:\n  t: {DisplayName: ''}\n"),
            "");
  const std::string described = stage.described();
  EXPECT_FALSE(says(described, "KmsMasterKeyId")) << described;
  EXPECT_FALSE(says(described, "deadLetterQueue")) << described;
  EXPECT_FALSE(says(described, "DisplayName")) << described;
}

TEST(Declaring, AFaultIsToldInAwsWordsWithItsPlaceAndNothingIsDone) {
  Stage stage;
  const std::string before = stage.described();
  EXPECT_EQ(stage.declare("queues:\n  a:\n  b:\n    DelaySeconds: 5\n    VisibilityTimeout: 43201\n"),
            "r.yaml:5:24: Invalid value for the parameter VisibilityTimeout.");
  EXPECT_EQ(stage.declare("queues:\n  a:\n    NoSuchThing: 5\n"),
            "r.yaml:3:18: Unknown Attribute NoSuchThing.");
  EXPECT_EQ(stage.declare("queues:\n  a:\n    QueueArn: x\n"), "r.yaml:3:15: Unknown Attribute QueueArn.");
  EXPECT_TRUE(says(stage.declare("queues:\n  'a b':\n"), "r.yaml:2:3: "));
  EXPECT_TRUE(says(stage.declare("queues:\n  a:\n    Policy: '{'\n"), "r.yaml:3:13: "));
  EXPECT_TRUE(
      says(stage.declare("topics:\n  t:\n    SignatureVersion: 3\n"), "r.yaml:3:23: Invalid parameter"));
  EXPECT_TRUE(says(stage.declare("queues: {q: }\ntopics:\n  t:\n    subscriptions:\n      - queue: q\n"
                                 "        FilterPolicy: {a: 3}\n"),
                   "r.yaml:6:23: Invalid parameter"));
  EXPECT_TRUE(
      says(stage.declare("topics:\n  t:\n    subscriptions:\n      - {Protocol: sms, Endpoint: 'no number'}\n"),
           "r.yaml:4:9: "));
  EXPECT_EQ(stage.described(), before);
}

TEST(Declaring, AnExistingQueueIsNotChangedByHalf) {
  Stage stage;
  ASSERT_EQ(stage.declare("queues: {a: {DelaySeconds: 1}}\n"), "");
  EXPECT_NE(stage.declare("queues: {a: {DelaySeconds: 2}, b: {DelaySeconds: x}}\n"), "");
  EXPECT_TRUE(says(stage.described(), "DelaySeconds: 1\n"));
}

TEST(Declaring, WhatIsReferredToHasToBeThere) {
  EXPECT_EQ(Stage().declare("queues:\n  a: {deadLetterQueue: c, maxReceiveCount: 3}\n"),
            "r.yaml:2:24: there is no queue c in account 000000000000 and region us-east-1, and none is "
            "declared: add "
            "it to the queues");
  EXPECT_TRUE(says(Stage().declare("topics: {t: {subscriptions: [{queue: q}]}}\n"), "there is no queue q"));
  Stage stage;
  ASSERT_EQ(stage.declare("queues: {c: }\n"), "");
  EXPECT_EQ(stage.declare("queues:\n  a: {deadLetterQueue: c, maxReceiveCount: 3}\n"), "");
}

TEST(Declaring, KindsOfQueuesAreNotMixed) {
  EXPECT_TRUE(says(Stage().declare("queues:\n  a.fifo: {deadLetterQueue: b, maxReceiveCount: 3}\n  b:\n"),
                   "r.yaml:2:29: "));
  EXPECT_TRUE(
      says(Stage().declare("queues: {a: {FifoQueue: true}}\n"), "r.yaml:1:10: The name of a FIFO queue"));
  EXPECT_EQ(Stage().declare("queues: {a.fifo: {FifoQueue: true}}\ntopics: {t.fifo: {FifoTopic: true}}\n"),
            "");
  EXPECT_NE(Stage().declare("queues: {a.fifo: }\ntopics: {t: {subscriptions: [{queue: a.fifo}]}}\n"), "");
}

TEST(Declaring, ASubscriptionIsChangedInEitherDirectionOfItsFilter) {
  const std::string head = "queues: {q: }\ntopics:\n  t:\n    subscriptions:\n      - queue: q\n";
  const std::string flat =
      head + "        FilterPolicyScope: MessageAttributes\n        FilterPolicy: {a: [x]}\n";
  const std::string nested =
      head + "        FilterPolicy: {a: {b: [x]}}\n        FilterPolicyScope: MessageBody\n";
  Stage stage;
  for (const std::string& text : {flat, nested, flat, nested}) {
    ASSERT_EQ(stage.declare(text), "");
    ASSERT_EQ(stage.declare(text), "");
    EXPECT_EQ(stage.calls(), 0U);
  }
  EXPECT_TRUE(says(stage.described(), "MessageBody"));
}

TEST(Declaring, ASubscriptionIsDeclaredOnceATopic) {
  EXPECT_TRUE(
      says(Stage().declare("queues: {q: }\ntopics: {t: {subscriptions: [{queue: q}, {queue: q}]}}\n"),
           "r.yaml:2:42: the topic t has a subscription of arn:aws:sqs:us-east-1:000000000000:q already"));
}

TEST(Declaring, AReceiverByHttpIsAskedToConfirmOnce) {
  const char* const text =
      "topics: {t: {subscriptions: [{Protocol: http, Endpoint: 'http://127.0.0.1:1/x'}]}}\n";
  Stage stage;
  ASSERT_EQ(stage.declare(text), "");
  ASSERT_EQ(stage.declare(text), "");
  EXPECT_EQ(stage.calls(), 0U);
}

TEST(Declaring, AnotherAccountMaySubscribeItsQueueToATopic) {
  Stage stage;
  EXPECT_EQ(
      stage.declare("account: '111122223333'\nqueues: {q: }\n---\n"
                    "topics: {t: {subscriptions: [{queue: 'arn:aws:sqs:us-east-1:111122223333:q'}]}}\n"),
      "");
  EXPECT_TRUE(says(stage.described(), "queue: 'arn:aws:sqs:us-east-1:111122223333:q'")) << stage.described();
}

}  // namespace
}  // namespace penstock
