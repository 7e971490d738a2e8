#include "tests/conformance/notation.h"

#include <gtest/gtest.h>

#include "tests/conformance/case.h"
#include "tests/conformance/performance.h"

namespace penstock::conformance {
namespace {

Json value(std::string_view text, const Captures& captures = {}) {
  const Result<Term> term = read_term(text);
  EXPECT_TRUE(term) << text;
  return term ? value_of(*term, captures).value_or(Json("no value")) : Json();
}

// Empty if the value is as expected.
std::string compared(std::string_view expected, const Json& actual, Captures captures = {}) {
  const Result<Term> term = read_term(expected);
  EXPECT_TRUE(term) << expected;
  return term ? difference(*term, actual, captures) : "no term";
}

std::string otherwise(std::string_view text) {
  const Result<std::vector<Case>> cases = parse_cases(text);
  EXPECT_TRUE(cases) << cases.error().text;
  return cases ? perform(cases->front(), Protocol::kJson).otherwise : "no case";
}

TEST(Notation, AWordIsATextOrWhatJsonWouldTakeItFor) {
  EXPECT_EQ(value("mail"), "mail");
  EXPECT_EQ(value("-30"), -30);
  EXPECT_EQ(value("true"), true);
  EXPECT_EQ(value("\"30\""), "30");
  EXPECT_EQ(value("{a: [x, {b: 1}], \"c d\": null}"), Json::parse(R"({"a":["x",{"b":1}],"c d":null})"));
}

TEST(Notation, WhatIsRepeatedIsCounted) {
  EXPECT_EQ(value("\"ab\"*3"), "ababab");
  EXPECT_EQ(value("[{Id: e#}]*2"), Json::parse(R"([{"Id":"e1"},{"Id":"e2"}])"));
  EXPECT_EQ(value("{t#: x}*2"), Json::parse(R"({"t1":"x","t2":"x"})"));
}

TEST(Notation, CapturesAreFilledIn) {
  EXPECT_EQ(value("\"$a.$$b\"", {{"a", "x"}}), "x.$b");
  EXPECT_EQ(value("{$a: 1}", {{"a", "x"}}), Json::parse(R"({"x":1})"));
  EXPECT_EQ(value("$none"), "no value");
}

TEST(Notation, WhatIsExpectedIsCompared) {
  const Json actual = Json::parse(R"({"Id":"a","More":[1,2]})");
  EXPECT_EQ(compared("{Id: a}", actual), "");
  EXPECT_EQ(compared("exactly {Id: ?, More: [1, 2]}", actual), "");
  EXPECT_EQ(compared("{Id: ~\"[a-z]\"}", actual), "");
  EXPECT_NE(compared("{Id: b}", actual), "");
  EXPECT_NE(compared("{Id: ~\"[b-z]\"}", actual), "");
  EXPECT_NE(compared("{Other: ?}", actual), "");
  EXPECT_NE(compared("{!Id}", actual), "");
  EXPECT_NE(compared("exactly {Id: a}", actual), "");
  EXPECT_NE(compared("{More: [1]}", actual), "");
  EXPECT_NE(compared("{More: [1, 2, 3]}", actual), "");
  EXPECT_NE(compared("{More: [1, \"2\"]}", actual), "");
  EXPECT_NE(compared("{More: ?}", actual), "");
}

TEST(Notation, WhatCannotBeReadIsRefused) {
  for (std::string_view text : {"", "\"open", "[a", "{a b}", "{a: }", "\"x\"*", "\"x\"*y", "[1]*"}) {
    EXPECT_FALSE(read_term(text)) << text;
  }
  EXPECT_FALSE(read_members("a"));
  EXPECT_FALSE(parse_cases("  queue mail\n"));
  EXPECT_FALSE(parse_cases("SQS-1 A title\n  queue\n"));
  EXPECT_FALSE(parse_cases("SQS-x A title\n"));
  EXPECT_FALSE(parse_cases("SQS-1\n"));
}

TEST(Performance, ACaseThatExpectsSomethingElseIsFound) {
  EXPECT_EQ(otherwise("SQS-1 A\n  queue mail\n  SendMessage QueueUrl=$mail MessageBody=x\n"), "");
  for (const char* wrong :
       {"  SendMessage QueueUrl=none MessageBody=x\n", "  GetQueueUrl QueueName=mail -> QueueUrl=x\n",
        "  GetQueueUrl QueueName=mail -> !QueueUrl\n", "  GetQueueUrl QueueName=mail -> waits\n",
        "  GetQueueUrl QueueName=mail -> 400 AWS.SimpleQueueService.NonExistentQueue\n",
        "  GetQueueUrl QueueName=none -> 404 AWS.SimpleQueueService.NonExistentQueue\n",
        "  GetQueueUrl QueueName=none -> 400 AWS.SimpleQueueService.NonExistentQueue \"other words\"\n",
        "  GetQueueUrl QueueName=none -> 400 InvalidParameterValue ?\n", "  http GET / -> Status=1\n",
        "  then nobody -> waits\n", "  advance far\n", "  dance\n",
        "  SendMessage QueueUrl=$none MessageBody=x\n"}) {
    EXPECT_NE(otherwise("SQS-1 A\n  queue mail\n" + std::string(wrong)), "") << wrong;
  }
}

}  // namespace
}  // namespace penstock::conformance
