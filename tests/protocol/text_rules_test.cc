#include "protocol/text_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/errors.h"

namespace penstock {
namespace {

TEST(TextRules, AQueueNameHasOneToEightyLettersDigitsHyphensAndUnderscores) {
  EXPECT_TRUE(is_standard_queue_name("aZ09-_"));
  EXPECT_TRUE(is_standard_queue_name(std::string(80, 'a')));
  for (const std::string& name : {std::string(), std::string(81, 'a'), std::string("a.b"), std::string("a b"),
                                  std::string("\xc3\xa9"), std::string("a/b")}) {
    EXPECT_FALSE(is_standard_queue_name(name)) << name;
  }
}

TEST(TextRules, TheSuffixOfAFifoQueueCountsTowardsTheEighty) {
  EXPECT_TRUE(is_fifo_queue_name("a.fifo"));
  EXPECT_TRUE(is_fifo_queue_name(std::string(75, 'a') + ".fifo"));
  EXPECT_FALSE(is_fifo_queue_name(std::string(76, 'a') + ".fifo"));
  EXPECT_FALSE(is_fifo_queue_name(".fifo"));
  EXPECT_FALSE(is_fifo_queue_name("a.FIFO"));
}

TEST(TextRules, AnIdentifierHasLettersDigitsAndPunctuation) {
  EXPECT_TRUE(is_identifier("aZ09!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"));
  EXPECT_TRUE(is_identifier(std::string(128, 'x')));
  for (const std::string& id : {std::string(), std::string(129, 'x'), std::string("a b"), std::string("a\n"),
                                std::string("\xc3\xa9")}) {
    EXPECT_FALSE(is_identifier(id)) << id;
  }
}

TEST(TextRules, ABodyHoldsWhatXmlCanCarry) {
  EXPECT_FALSE(
      first_forbidden_character("tab\t line\n return\r \x7f \xc2\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbd "
                                "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
  EXPECT_EQ(first_forbidden_character(std::string("a\0b", 3)), 0u);
  EXPECT_EQ(first_forbidden_character("ok\x0b"), 0xbu);
  EXPECT_EQ(first_forbidden_character("\xc3\xa9\x1f"), 0x1fu);
  EXPECT_EQ(first_forbidden_character("\xef\xbf\xbe"), 0xfffeu);
  EXPECT_EQ(first_forbidden_character("\xef\xbf\xbf"), 0xffffu);
  EXPECT_EQ(first_forbidden_character("a\xff"), 0xffu);  // no UTF-8
  EXPECT_EQ(character_text(0), "#x0");
  EXPECT_EQ(character_text(0xfffe), "#xFFFE");
}

TEST(TextRules, LatinLettersMayNameAnAttribute) {
  EXPECT_FALSE(first_forbidden_in_attribute_name("a-Z_0.9\xc3\xb8\xc3\x9f\xc3\xa4"));
  for (const std::string_view name :
       {"!", "\"", "\xc2\xa7", "(", "?", " ", "\xc3\x97", "\xe2\x82\xac", "\xff"}) {
    EXPECT_TRUE(first_forbidden_in_attribute_name(name)) << name;
  }
}

TEST(TextRules, ANumberHasUpTo38DigitsBetweenTenToTheMinus128And126) {
  for (const std::string& text :
       {std::string("0"), std::string("-1"), std::string("+1.50"), std::string(".5"), std::string("5."),
        std::string("1e3"), std::string("1E-128"), std::string("-1e126"), std::string(38, '9'),
        std::string("1") + std::string(100, '0'), std::string(200, '0') + "7",
        std::string("0.000e999999999")}) {
    EXPECT_EQ(classify_number(text), NumberText::kNumber) << text;
  }
  for (const std::string_view text :
       {"", "-", ".", "e5", "1e", "1e+", "abc", "1 ", " 1", "1,5", "0x10", "NaN", "--1", "1.2.3"}) {
    EXPECT_EQ(classify_number(text), NumberText::kNotANumber) << text;
  }
  for (const std::string& text :
       {std::string("1e127"), std::string("1e-129"), std::string(39, '9'),
        std::string("1e99999999999999999999"), std::string("1e-99999999999999999999"),
        std::string("1.") + std::string(38, '1')}) {
    EXPECT_EQ(classify_number(text), NumberText::kOutOfRange) << text;
  }
}

TEST(Echo, IsCappedBetweenCharacters) {
  EXPECT_EQ(echoed("short"), "short");
  std::string text(1099, 'a');
  text += "\xc3\xa9\xc3\xa9";
  EXPECT_EQ(echoed(text), std::string(1099, 'a'));
  EXPECT_EQ(echoed(std::string(5000, '\x80')), "");
}

}  // namespace
}  // namespace penstock
