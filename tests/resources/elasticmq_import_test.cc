// ElasticMQ's configuration becomes a document that can be declared, and what is left out is said.
#include <gtest/gtest.h>

#include <algorithm>

#include "resources/elasticmq_import.h"
#include "tests/resources/stage.h"

namespace penstock {
namespace {

constexpr std::string_view kConfiguration = R"(include classpath("application.conf")

node-address { host = "*" }
rest-sqs { bind-port = 9324 }

queues {
  orders {
    defaultVisibilityTimeout = 10 seconds
    delay = 1500 millis
    receiveMessageWait = 1 minute
    deadLettersQueue { name = "orders-dead", maxReceiveCount = 3 } // from 1 to 1000
    fifo = false
    contentBasedDeduplication = false
    copyTo = "audit"
    tags { team = "shop", "other key" = "x" }
  }
  orders-dead { }
  ledger { fifo = true, contentBasedDeduplication = true, deadLettersQueue { name = late, maxReceiveCount = 5 } }
  late { fifo = true }
  audit { delay = ${DELAY}, strange = 1 }
}

aws { region = us-west-2, accountId = 111122223333 }
)";

TEST(ElasticMqImport, QueuesBecomeQueues) {
  const auto imported = import_elasticmq(kConfiguration, "e.conf");
  ASSERT_TRUE(imported) << imported.error().text();
  const std::string& text = imported->text;
  EXPECT_NE(text.find("account: '111122223333'\nregion: us-west-2\n"), std::string::npos) << text;
  EXPECT_NE(
      text.find(
          "  orders:\n    VisibilityTimeout: 10\n    DelaySeconds: 1\n    ReceiveMessageWaitTimeSeconds: "
          "60\n    deadLetterQueue: orders-dead\n    maxReceiveCount: 3\n    tags:\n      team: shop\n"),
      std::string::npos)
      << text;
  EXPECT_NE(
      text.find("  ledger.fifo:\n    ContentBasedDeduplication: true\n    deadLetterQueue: late.fifo\n"),
      std::string::npos)
      << text;
}

TEST(ElasticMqImport, WhatIsImportedIsDeclared) {
  std::string configuration(kConfiguration);
  configuration.replace(configuration.find("1 minute"), 8, "20s     ");
  const auto imported = import_elasticmq(configuration, "e.conf");
  ASSERT_TRUE(imported);
  Stage stage;
  EXPECT_EQ(stage.declare(imported->text), "") << imported->text;
  EXPECT_TRUE(stage.has_queue({*AccountId::parse("111122223333"), *Region::parse("us-west-2")}, "late.fifo"));
}

TEST(ElasticMqImport, WhatCannotBeCarriedOverIsSaidWithItsLineAlsoInTheDocument) {
  const auto imported = import_elasticmq(kConfiguration, "e.conf");
  ASSERT_TRUE(imported);
  const std::vector<std::string> begins{"e.conf:1: the include",  "e.conf:3: node-address",
                                        "e.conf:4: rest-sqs",     "e.conf:14: copyTo = audit of orders",
                                        "e.conf:20: delay of au", "e.conf:20: strange of audit"};
  ASSERT_EQ(imported->notes.size(), begins.size());
  for (const std::string& begin : begins) {
    const bool said = std::any_of(imported->notes.begin(), imported->notes.end(),
                                  [&](const std::string& note) { return note.starts_with(begin); });
    EXPECT_TRUE(said) << begin;
    EXPECT_NE(imported->text.find("# Not carried over: " + begin), std::string::npos) << begin;
  }
}

TEST(ElasticMqImport, ADeadLetterQueueThatIsNotInTheFileIsMade) {
  const auto imported =
      import_elasticmq("queues { a { deadLettersQueue { name = b, maxReceiveCount = 3 } } }", "e.conf");
  ASSERT_TRUE(imported);
  Stage stage;
  EXPECT_EQ(stage.declare(imported->text), "");
  EXPECT_TRUE(stage.has_queue("b"));
}

TEST(ElasticMqImport, ADeadLetterQueueOfTheOtherKindIsSaid) {
  const auto imported = import_elasticmq(
      "queues {\n a { fifo = true, deadLettersQueue { name = b, maxReceiveCount = 3 } }\n b {} }", "e.conf");
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->notes.size(), 1U);
  EXPECT_EQ(Stage().declare(imported->text), "");
}

TEST(ElasticMqImport, WhatIsNoConfigurationIsRefused) {
  const auto imported = import_elasticmq("queues {\n", "e.conf");
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().text(), "e.conf:2: a closing brace is missing");
}

}  // namespace
}  // namespace penstock
