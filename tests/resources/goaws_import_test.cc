// GoAws's configuration becomes a document that can be declared, and what is left out is said.
#include <gtest/gtest.h>

#include <algorithm>

#include "resources/goaws_import.h"
#include "tests/resources/stage.h"

namespace penstock {
namespace {

constexpr std::string_view kConfiguration = R"(Local:
  Host: localhost
  Port: 4100
  Region: us-east-1
  AccountId: "100010001000"
  EnableDuplicates: true
  QueueAttributeDefaults:
    VisibilityTimeout: 10
    ReceiveMessageWaitTimeSeconds: 5
    MaximumMessageSize: 2048
  Queues:
    - Name: orders
      VisibilityTimeout: 150
      MaximumMessageSize: 128
      RedrivePolicy: '{"maxReceiveCount": 100, "deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:orders-dead"}'
    - Name: orders-dead
      Strange: 1
  Topics:
    - Name: events
      Subscriptions:
        - QueueName: orders
          Raw: true
          FilterPolicy: '{"kind":["created"]}'
        - QueueName: mail
          Raw: false
        - Protocol: http
          EndPoint: http://127.0.0.1:8080/events
    - Name: quiet
Dev:
  Queues: [{Name: dev}]
)";

TEST(GoAwsImport, QueuesTopicsAndSubscriptionsAreDeclared) {
  const auto imported = import_goaws(kConfiguration, "goaws.yaml", "Local");
  ASSERT_TRUE(imported) << imported.error().text();
  Stage stage;
  ASSERT_EQ(stage.declare(imported->text), "") << imported->text;
  const World world{*AccountId::parse("100010001000"), home().region};
  for (const char* queue : {"orders", "orders-dead", "mail"})
    EXPECT_TRUE(stage.has_queue(world, queue)) << queue;
  const std::string described = stage.described();
  for (const char* part :
       {"VisibilityTimeout: 150\n", "VisibilityTimeout: 10\n", "MaximumMessageSize: 2048\n",
        "deadLetterQueue: orders-dead\n    maxReceiveCount: 100\n", "RawMessageDelivery: true",
        R"(FilterPolicy: '{"kind":["created"]}')", "Endpoint: 'http://127.0.0.1:8080/events'",
        "  quiet:\n"}) {
    EXPECT_NE(described.find(part), std::string::npos) << part << "\n" << described;
  }
}

TEST(GoAwsImport, WhatCannotBeCarriedOverIsSaidWithItsLineAlsoInTheDocument) {
  const auto imported = import_goaws(kConfiguration, "goaws.yaml", "Local");
  ASSERT_TRUE(imported);
  for (const char* begin : {"goaws.yaml:2: Host", "goaws.yaml:3: Port", "goaws.yaml:6: EnableDuplicates",
                            "goaws.yaml:14: MaximumMessageSize 128 of orders",
                            "goaws.yaml:17: Strange of the queue orders-dead"}) {
    const bool said = std::any_of(imported->notes.begin(), imported->notes.end(),
                                  [&](const std::string& note) { return note.starts_with(begin); });
    EXPECT_TRUE(said) << begin;
    EXPECT_NE(imported->text.find(std::string("# Not carried over: ") + begin), std::string::npos) << begin;
  }
  EXPECT_EQ(imported->notes.size(), 5U);
}

TEST(GoAwsImport, AnotherEnvironmentIsAskedForByName) {
  const auto imported = import_goaws(kConfiguration, "goaws.yaml", "Dev");
  ASSERT_TRUE(imported);
  Stage stage;
  EXPECT_EQ(stage.declare(imported->text), "");
  EXPECT_TRUE(stage.has_queue("dev"));
  EXPECT_EQ(import_goaws(kConfiguration, "goaws.yaml", "Prod").error().text(),
            "goaws.yaml: there is no environment Prod in it; there are Local, Dev (--environment NAME)");
}

TEST(GoAwsImport, KeysAreTakenInAnyCaseAndRetentionIsCarriedOver) {
  const auto imported = import_goaws(R"(Local:
  queueAttributeDefaults: {messageRetentionPeriod: 120}
  queues: [{name: a, MessageRetentionPeriod: 600}, {Name: b}]
  topics: [{name: t, subscriptions: [{protocol: http, Endpoint: "http://127.0.0.1:8080/"}, {queueName: b, raw: true}]}]
)",
                                     "g", "Local");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->notes, std::vector<std::string>{});
  Stage stage;
  ASSERT_EQ(stage.declare(imported->text), "") << imported->text;
  const std::string described = stage.described();
  for (const char* part : {"MessageRetentionPeriod: 600", "MessageRetentionPeriod: 120",
                           "RawMessageDelivery: true", "Endpoint: 'http://127.0.0.1:8080/'"}) {
    EXPECT_NE(described.find(part), std::string::npos) << part << "\n" << described;
  }
}

TEST(GoAwsImport, ASettingThatIsNoResourceIsToldWhatAnswersToIt) {
  const auto imported = import_goaws(
      "Local:\n  Port: 4100\n  LogToFile: true\n  RandomLatency: {Min: 1, Max: 2}\n  Colour: red\n", "g",
      "Local");
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->notes.size(), 4U);
  std::size_t line = 1;
  for (const char* advice : {"--listen", "never logged", "--test-controls", "unknown here"}) {
    const std::string& note = imported->notes[line - 1];
    EXPECT_TRUE(note.starts_with("g:" + std::to_string(++line) + ": ")) << note;
    EXPECT_NE(note.find(advice), std::string::npos) << note;
  }
}

TEST(GoAwsImport, OddShapesAreSaidAndNothingFalls) {
  for (const char* text : {"Local: {Queues: 3}", "Local: {Queues: [3, {Name: [x]}], Topics: {a: b}}",
                           "Local: {Topics: [{Name: t, Subscriptions: [x, {}]}]}", "Local: {Region: [x]}"}) {
    const auto imported = import_goaws(text, "g", "Local");
    ASSERT_TRUE(imported) << text;
    EXPECT_FALSE(imported->notes.empty()) << text;
  }
  EXPECT_FALSE(import_goaws("[", "g", "Local"));
  EXPECT_FALSE(import_goaws("3", "g", "Local"));
  EXPECT_FALSE(import_goaws("", "g", "Local"));
}

}  // namespace
}  // namespace penstock
