#include "protocol/attribute_digest.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace penstock {
namespace {

TEST(AttributeDigest, OfOneTextAttributeIsAwss) {
  AttributeDigest digest;
  digest.add("color", "String", "blue");
  EXPECT_EQ(digest.text(), "da1b33cc3cbfe8b1630921e78e6b9880");
}

TEST(AttributeDigest, OfAllThreeTypesIsAwss) {
  AttributeDigest digest;
  digest.add("blob", "Binary", "\x01\x02\x03");
  digest.add("color", "String", "blue");
  digest.add("count", "Number", "3");
  EXPECT_EQ(digest.text(), "d838729972a4b70e2d2acd9d59ac847c");
}

TEST(AttributeDigest, OfAShortOneIsAwss) {
  AttributeDigest digest;
  digest.add("k", "String", "x");
  EXPECT_EQ(digest.text(), "a45daa70926828a2f0a1db3418e6feb4");
}

TEST(AttributeDigest, OfTheTraceHeaderIsAwss) {
  AttributeDigest digest;
  digest.add("AWSTraceHeader", "String",
             "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
  EXPECT_EQ(digest.text(), "5ae4d5d7636402d80f4eb6d213245a88");
}

TEST(AttributeDigest, TheLabelOfATypeCounts) {
  AttributeDigest digest;
  digest.add("UserId", "Number.bigint", "1234567890123456789012");
  EXPECT_EQ(digest.text(), "797ab158d73dcb5242dedc4412c8e855");
}

TEST(AttributeDigest, CapitalLettersComeBeforeSmallOnes) {
  AttributeDigest digest;
  digest.add("B", "String", "2");
  digest.add("a", "String", "1");
  EXPECT_EQ(digest.text(), "f0640bd53eebb5a843723309a482d865");
}

TEST(AttributeDigest, OnlyBinaryAndItsLabelsAreBytes) {
  EXPECT_TRUE(is_binary_type("Binary"));
  EXPECT_TRUE(is_binary_type("Binary.png"));
  EXPECT_FALSE(is_binary_type("Binaries"));
  EXPECT_FALSE(is_binary_type("String.Binary"));
}

TEST(BodyDigest, OfHelloIsAwss) { EXPECT_EQ(hex(md5("hello")), "5d41402abc4b2a76b9719d911017c592"); }

}  // namespace
}  // namespace penstock
