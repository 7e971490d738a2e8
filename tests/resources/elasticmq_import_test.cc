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

TEST(ElasticMqImport, AFifoQueueWhoseDeadLettersGoToAStandardQueueGetsAFifoQueueForThem) {
  const auto imported = import_elasticmq(
      "queues {\n a { fifo = true, deadLettersQueue { name = b, maxReceiveCount = 3 } }\n b {} }", "e.conf");
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->notes.size(), 1U);
  EXPECT_EQ(imported->notes[0],
            "e.conf:2: deadLettersQueue of a.fifo: b is no FIFO queue, and AWS wants one there; b.fifo is "
            "added and "
            "gets the dead letters instead");
  Stage stage;
  EXPECT_EQ(stage.declare(imported->text), "") << imported->text;
  EXPECT_TRUE(stage.has_queue("b.fifo"));
  EXPECT_TRUE(stage.has_queue("b"));
  EXPECT_NE(stage.described().find("deadLetterQueue: b.fifo\n    maxReceiveCount: 3\n"), std::string::npos)
      << stage.described();
}

TEST(ElasticMqImport, AStandardQueueWhoseDeadLettersGoToAFifoQueueLosesThatAndIsToldWhatToDo) {
  const auto imported = import_elasticmq(
      "queues {\n a { deadLettersQueue { name = b.fifo, maxReceiveCount = 3 } }\n b { fifo = true } }",
      "e.conf");
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->notes.size(), 1U);
  EXPECT_NE(imported->notes[0].find("e.conf:2: deadLettersQueue of a: b.fifo is a FIFO queue"),
            std::string::npos);
  EXPECT_EQ(Stage().declare(imported->text), "");
}

TEST(ElasticMqImport, ASettingThatIsNoResourceIsToldWhatAnswersToIt) {
  const auto imported = import_elasticmq(
      "rest-sqs { bind-port = 9324 }\nmessages-storage { enabled = true }\nauto-create-queues { enabled = "
      "true }\n"
      "pekko.http.server.request-timeout = 21 s\nsomething = 1\n",
      "e.conf");
  ASSERT_TRUE(imported);
  ASSERT_EQ(imported->notes.size(), 5U);
  std::size_t line = 0;
  for (const char* advice :
       {"--listen", "--durability memory", "declared or created", "library", "unknown here"}) {
    const std::string& note = imported->notes[line++];
    EXPECT_TRUE(note.starts_with("e.conf:" + std::to_string(line) + ": ")) << note;
    EXPECT_NE(note.find(advice), std::string::npos) << note;
  }
}

TEST(ElasticMqImport, WhatElasticMqHasWrittenOfItsQueuesIsImportedToo) {
  const auto imported = import_elasticmq(
      "queues {\n a {created=100,defaultVisibilityTimeout=5000,fifo=false,lastModified=200,tags{k=v}}\n"
      " b {created=100,lastModified=200}\n}\n",
      "queues.conf");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->notes,
            std::vector<std::string>{"queues.conf:2: when queues were created and modified"});
  EXPECT_NE(imported->text.find("  a:\n    VisibilityTimeout: 5\n    tags:\n      k: v\n  b:\n"),
            std::string::npos)
      << imported->text;
}

TEST(ElasticMqImport, WhatTheEnvironmentWouldSayIsNotKnownAndSaid) {
  const auto imported =
      import_elasticmq("queues {\n a {\n delay = 5 seconds\n delay = ${?DELAY}\n }\n}\n", "e.conf");
  ASSERT_TRUE(imported);
  EXPECT_NE(imported->text.find("DelaySeconds: 5\n"), std::string::npos) << imported->text;
  ASSERT_EQ(imported->notes.size(), 1U);
  EXPECT_TRUE(imported->notes[0].starts_with("e.conf:4: the environment's value")) << imported->notes[0];
}

TEST(ElasticMqImport, WhatIsNoConfigurationIsRefused) {
  const auto imported = import_elasticmq("queues {\n", "e.conf");
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().text(), "e.conf:2: a closing brace is missing");
}

}  // namespace
}  // namespace penstock
