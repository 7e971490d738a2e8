// HOCON as configuration files of queues use it.
#include <gtest/gtest.h>

#include "resources/hocon.h"

namespace penstock {
namespace {

TEST(Hocon, ObjectsKeysValuesAndCommentsAreRead) {
  const auto read = parse_hocon(
      "include classpath(\"application.conf\")\n"
      "// one\n# two\n"
      "a { b = 10 seconds // why\n  \"c d\" : \"x # y\", e.f = 1 }\n"
      "a { b = 11 seconds }\n"
      "list = [1, \"two\", { three = 3 }]\n"
      "raw = \"\"\"a \"b\" c\"\"\"\n");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->includes, std::vector<std::size_t>{1});
  const HoconValue* const a = read->root.find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->find("b")->text, "11 seconds");
  EXPECT_EQ(a->find("c d")->text, "x # y");
  EXPECT_EQ(a->find("e")->find("f")->text, "1");
  EXPECT_EQ(a->find("e")->line, 5U);
  ASSERT_EQ(read->root.find("list")->elements.size(), 3U);
  EXPECT_EQ(read->root.find("list")->elements[1].text, "two");
  EXPECT_EQ(read->root.find("raw")->text, "a \"b\" c");
}

TEST(Hocon, TheDocumentMayStandInBraces) {
  const auto read = parse_hocon("{ \"queues\": { \"a\": {} } }\n");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_NE(read->root.find("queues")->find("a"), nullptr);
}

TEST(Hocon, WhatCannotBeReadIsRefusedWithItsLine) {
  const auto fault = [](std::string_view text) {
    const auto read = parse_hocon(text);
    return read ? std::string("read") : std::to_string(read.error().line) + ": " + read.error().what;
  };
  EXPECT_EQ(fault("a {\n b = 1\n"), "3: a closing brace is missing");
  EXPECT_EQ(fault("a\nb = 1\n"), "2: a value is missing behind a");
  EXPECT_EQ(fault("a = \"x\nb = 1\n"), "1: a quote has no end");
  EXPECT_EQ(fault("a = [1\n"), "2: a closing bracket is missing");
  EXPECT_EQ(fault("a = [1 }\n"), "1: a list has something that is no value");
  EXPECT_EQ(fault("a = ${x\n"), "1: a substitution has no end");
  EXPECT_EQ(fault("}"), "1: a key is missing");
  EXPECT_EQ(fault("{ a = 1 } b"), "1: there is something behind the last brace");
}

TEST(Hocon, AnOptionalSubstitutionLeavesTheValueBeforeIt) {
  const auto read =
      parse_hocon("a = 1\na = ${?A}\nb { c = 2 }\nb { c = ${?C}, d = ${?D} }\ne = 3\ne = ${E}\n");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->root.find("a")->text, "1");
  EXPECT_EQ(read->root.find("b")->find("c")->text, "2");
  EXPECT_EQ(read->root.find("b")->find("d")->text, "${?D}");
  EXPECT_EQ(read->root.find("e")->text, "${E}");
  EXPECT_EQ(read->optional, (std::vector<std::size_t>{2, 4}));
}

TEST(Hocon, WhatIsJoinedWithAnObjectIsRefusedWhereItStands) {
  for (const char* text : {"a { b = 1 }\nc = ${a} { d = 2 }\n", "a = [1]\nc = ${a} [2]\n"}) {
    const auto read = parse_hocon(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().line, 2U);
    EXPECT_NE(read.error().what.find("write out what it comes to"), std::string::npos);
  }
}

TEST(Hocon, DepthIsBounded) {
  std::string deep;
  for (int level = 0; level < 100'000; ++level) deep += "a {";
  EXPECT_FALSE(parse_hocon(deep));
  EXPECT_FALSE(parse_hocon("a = " + std::string(100'000, '[')));
}

}  // namespace
}  // namespace penstock
