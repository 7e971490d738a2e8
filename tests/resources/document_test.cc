// The resources document: what is read, and what is refused where.
#include <gtest/gtest.h>

#include "tests/resources/stage.h"

namespace penstock {
namespace {

std::string fault(std::string_view text) { return Stage().declare(text); }

TEST(ResourcesDocument, WhatIsNoYamlIsRefusedWithItsPlace) {
  EXPECT_EQ(fault("queues:\n  a: [\n").substr(0, 9), "r.yaml:3:");
  EXPECT_NE(fault("queues: {a: }}").find("this is not YAML"), std::string::npos);
}

TEST(ResourcesDocument, NothingIsDeclaredByNothing) {
  for (const char* text : {"", "# a comment\n", "queues:\n", "queues: {}\ntopics:\n", "---\n---\n"}) {
    EXPECT_EQ(fault(text), "") << text;
  }
}

TEST(ResourcesDocument, UnknownKeysAreRefusedWithThoseThatThereAre) {
  EXPECT_EQ(fault("queue: {}\n"),
            "r.yaml:1:1: the key queue is unknown here; there are account, region, queues and topics");
  EXPECT_EQ(fault("queues:\n  a:\n    visibilityTimeout: 3\n").substr(0, 51),
            "r.yaml:3:5: the key visibilityTimeout is unknown in");
  EXPECT_EQ(fault("topics:\n  a:\n    queues: []\n").substr(0, 36), "r.yaml:3:5: the key queues is unknow");
  EXPECT_EQ(fault("queues: {q: }\ntopics:\n  a:\n    subscriptions: [{queue: q, raw: true}]\n").substr(0, 37),
            "r.yaml:4:32: the key raw is unknown i");
}

TEST(ResourcesDocument, ANameOrKeyThatIsThereTwiceIsRefused) {
  EXPECT_EQ(fault("queues:\n  a:\n  a:\n"), "r.yaml:3:3: a is there twice");
  EXPECT_EQ(fault("queues:\n  a: {DelaySeconds: 1, DelaySeconds: 2}\n"),
            "r.yaml:2:24: DelaySeconds is there twice");
  EXPECT_EQ(fault("queues: {a: }\n---\nqueues: {a: }\n"),
            "r.yaml:3:10: the queue a is declared already, at r.yaml:1:10");
  EXPECT_EQ(fault("queues: {a: }\n---\nregion: eu-west-1\nqueues: {a: }\n"), "");
}

TEST(ResourcesDocument, OtherShapesAreRefused) {
  EXPECT_EQ(fault("queues: [a]\n"), "r.yaml:1:9: queues must be a mapping, lines of key: value");
  EXPECT_EQ(fault("queues: {a: 3}\n"), "r.yaml:1:13: the queue a must be a mapping, lines of key: value");
  EXPECT_EQ(fault("queues:\n  a:\n    DelaySeconds:\n"),
            "r.yaml:3:5: DelaySeconds has no value; '' unsets it");
  EXPECT_EQ(fault("account: 12\n"), "r.yaml:1:10: account must be twelve digits, in quotes");
  EXPECT_EQ(fault("region: Here\n"), "r.yaml:1:9: region must be 1 to 23 of a-z, 0-9 and -");
  EXPECT_EQ(fault("queues: {a: {tags: [x]}}\n"), "r.yaml:1:20: tags must be a mapping, lines of key: value");
  EXPECT_EQ(fault("topics: {a: {subscriptions: {}}}\n"),
            "r.yaml:1:29: subscriptions must be a list, lines of - key: value");
  EXPECT_EQ(fault("? [a]\n: 3\n"), "r.yaml:1:3: a key must be a word");
}

TEST(ResourcesDocument, HalvesOfAShortFormAreRefused) {
  const char* const both = "deadLetterQueue and maxReceiveCount go together: give both or neither";
  EXPECT_EQ(fault("queues: {a: {deadLetterQueue: b}, b: }\n"), std::string("r.yaml:1:31: ") + both);
  EXPECT_EQ(fault("queues: {a: {maxReceiveCount: 3}}\n"), std::string("r.yaml:1:31: ") + both);
  EXPECT_EQ(fault("topics: {a: {subscriptions: [{Protocol: http}]}}\n").substr(0, 40),
            "r.yaml:1:30: Invalid parameter: Endpoint");
  EXPECT_EQ(fault("topics: {a: {subscriptions: [{RawMessageDelivery: true}]}}\n"),
            "r.yaml:1:30: a subscription has either a queue, or a Protocol and an Endpoint");
  EXPECT_EQ(fault("queues: {a: {RedrivePolicy: '', deadLetterQueue: b, maxReceiveCount: 3}, b: }\n"),
            "r.yaml:1:50: deadLetterQueue is short for RedrivePolicy: give one of them");
}

TEST(ResourcesDocument, AMappingInPlaceOfAJsonTextMayUseAnchorsButNotBlowUp) {
  EXPECT_EQ(fault("queues:\n  a: &common {DelaySeconds: 3}\n  b: *common\n"), "");
  std::string bomb = "queues:\n  a:\n    Policy:\n      l0: &l0 [x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    const std::string before = "*l" + std::to_string(level - 1);
    bomb += "      l" + std::to_string(level) + ": &l" + std::to_string(level) + " [";
    for (int count = 0; count < 9; ++count) bomb += (count > 0 ? ", " : "") + before;
    bomb += "]\n";
  }
  EXPECT_EQ(fault(bomb), "r.yaml:4:7: Policy: it is nested too deeply or too long");
}

TEST(ResourcesDocument, DeepNestingIsRefusedAndNothingFalls) {
  const std::string deep = "queues: {a: {Policy: " + std::string(100'000, '[') + "}}";
  EXPECT_NE(fault(deep), "");
}

TEST(ResourcesDocument, NumbersAndWordsOfAMappingBecomeTheJsonThatTheyLookLike) {
  Stage stage;
  ASSERT_EQ(stage.declare(
                "queues: {q: }\ntopics:\n  t:\n    subscriptions:\n      - queue: q\n        FilterPolicy:\n"
                "          n: [1, 1.5, '1', true, 'true', null, x]\n"),
            "");
  EXPECT_NE(stage.described().find(R"(FilterPolicy: '{"n":[1,1.5,"1",true,"true",null,"x"]}')"),
            std::string::npos)
      << stage.described();
}

}  // namespace
}  // namespace penstock
