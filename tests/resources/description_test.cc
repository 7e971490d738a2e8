// The description of what there is: declared elsewhere, it is the same again.
#include <gtest/gtest.h>

#include "protocol/queue_attribute_table.h"
#include "tests/resources/stage.h"

namespace penstock {
namespace {

// Every attribute that can be set, none with its default.
constexpr std::string_view kEverything = R"(queues:
  standard:
    DelaySeconds: 7
    MaximumMessageSize: 2048
    MessageRetentionPeriod: 61
    ReceiveMessageWaitTimeSeconds: 3
    VisibilityTimeout: 41
    KmsMasterKeyId: alias/aws/sqs
    KmsDataKeyReusePeriodSeconds: 301
    Policy: "{\"Version\":\"2012-10-17\",\n \"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:*\",\"Resource\":\"arn:aws:sqs:us-east-1:000000000000:standard\"}]}"
    deadLetterQueue: dead
    maxReceiveCount: 9
    tags: {plain: word, 'with: colon': ' @/=+ ', empty: '', number: '007', 'ä': 'ö ü', 'true': 'null', '1.5': '-'}
  dead:
    SqsManagedSseEnabled: false
    RedriveAllowPolicy: {redrivePermission: byQueue, sourceQueueArns: ['arn:aws:sqs:us-east-1:000000000000:standard']}
  ordered.fifo:
    ContentBasedDeduplication: true
    DeduplicationScope: messageGroup
    FifoThroughputLimit: perMessageGroupId
  'yes':
topics:
  events:
    DisplayName: 'An event: "new"'
    DeliveryPolicy: {http: {defaultHealthyRetryPolicy: {minDelayTarget: 1, maxDelayTarget: 2, numRetries: 3}}}
    HTTPSuccessFeedbackRoleArn: arn:aws:iam::000000000000:role/r
    KmsMasterKeyId: alias/aws/sns
    MaximumMessageSize: 4096
    Policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'SNS:Publish', Resource: 'arn:aws:sns:us-east-1:000000000000:events'}]}
    SignatureVersion: 2
    TracingConfig: Active
    DataProtectionPolicy: {Name: p}
    tags: {a: b}
    subscriptions:
      - queue: standard
        FilterPolicy: {a: {b: [x]}}
        FilterPolicyScope: MessageBody
        RawMessageDelivery: true
        RedrivePolicy: '{ "deadLetterTargetArn" : "arn:aws:sqs:us-east-1:000000000000:dead" }'
        SubscriptionRoleArn: arn:aws:iam::000000000000:role/r
      - queue: dead
        FilterPolicy: {a: [{numeric: ['>=', 1.50]}]}
      - Protocol: https
        Endpoint: https://receiver.example/x
        DeliveryPolicy: {healthyRetryPolicy: {minDelayTarget: 1, maxDelayTarget: 2, numRetries: 3}}
  ordered.fifo:
    ContentBasedDeduplication: true
    FifoThroughputScope: MessageGroup
---
account: '111122223333'
region: eu-west-1
queues: {other: }
)";

TEST(Description, OfEveryAttributeIsDeclaredAnewToTheSame) {
  Stage first;
  ASSERT_EQ(first.declare(kEverything), "");
  const std::string described = first.described();
  Stage second;
  ASSERT_EQ(second.declare(described), "") << described;
  EXPECT_EQ(second.described(), described);
  // Nothing is lost that was said.
  ASSERT_EQ(second.declare(kEverything), "");
  EXPECT_EQ(second.described(), described);
}

TEST(Description, OfEveryAttributeDeclaredToItselfChangesNothing) {
  Stage stage;
  ASSERT_EQ(stage.declare(kEverything), "");
  ASSERT_EQ(stage.declare(stage.described()), "") << stage.described();
  EXPECT_EQ(stage.calls(), 0U) << stage.described();
}

TEST(Description, ThePlayAboveHasEveryAttributeThatCanBeSet) {
  Stage stage;
  ASSERT_EQ(stage.declare(kEverything), "");
  const std::string described = stage.described();
  for (const QueueAttributeRow& row : kQueueAttributeTable) {
    const bool implied = row.attribute == QueueAttribute::kFifoQueue;
    if (row.kind == AttributeKind::kReadOnly || implied) continue;
    const std::string key =
        row.attribute == QueueAttribute::kRedrivePolicy ? "deadLetterQueue" : std::string(row.name);
    EXPECT_NE(described.find("    " + key + ": "), std::string::npos) << key;
  }
}

TEST(Description, ADeadLetterQueueThatIsGoneIsARemark) {
  Stage stage;
  ASSERT_EQ(stage.declare("queues:\n  a: {deadLetterQueue: b, maxReceiveCount: 3}\n  b:\n"), "");
  ASSERT_EQ(stage.call(ApiCall::delete_queue(home(), "b")), "");
  const std::string described = stage.described();
  EXPECT_NE(described.find(
                "# Its dead-letter queue arn:aws:sqs:us-east-1:000000000000:b (maxReceiveCount 3) does not "
                "exist."),
            std::string::npos)
      << described;
  EXPECT_EQ(Stage().declare(described), "");
  // What it was stays: the remark says nothing.
  EXPECT_EQ(stage.declare(described), "");
  EXPECT_EQ(stage.calls(), 0U);
}

TEST(Description, AReceiverWithAPasswordIsARemarkWithoutIt) {
  Stage stage;
  ASSERT_EQ(
      stage.declare("topics:\n  t:\n    subscriptions:\n      - Protocol: http\n"
                    "        Endpoint: http://user:hidden@127.0.0.1:1/x\n        RawMessageDelivery: true\n"),
      "");
  const std::string described = stage.described();
  EXPECT_EQ(described.find("hidden"), std::string::npos);
  EXPECT_NE(described.find("      # - Protocol: http\n"), std::string::npos) << described;
  EXPECT_EQ(Stage().declare(described), "");
}

TEST(Description, OfNothingSaysSo) {
  EXPECT_NE(Stage().described().find("# There is nothing."), std::string::npos);
}

}  // namespace
}  // namespace penstock
