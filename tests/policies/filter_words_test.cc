// The small nouns that policies are made of: numbers, addresses, globs, case, dates, JSON.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "broker/case_folding.h"
#include "broker/filter_number.h"
#include "broker/glob.h"
#include "broker/ip_network.h"
#include "broker/policy_date.h"
#include "broker/policy_json.h"

namespace penstock {
namespace {

// ---- FilterNumber

FilterNumber number(std::string_view text) {
  const auto parsed = FilterNumber::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(FilterNumber{});
}

TEST(FilterNumber, WritesTheSameValueInManyWays) {
  for (const auto& [one, other] : std::vector<std::pair<const char*, const char*>>{
           {"301.5", "3.015e2"},
           {"5", "5.0"},
           {"5", "+5.00000"},
           {"0", "-0.0"},
           {"0", "0e999999999999"},
           {"0.00001", "1e-5"},
           {"-12.5", "-1250E-2"},
           {".5", "0.5"},
           {"7.", "7"},
           {"1e30", "1000000000000000000000000000000"},
           {"123456789012345678901234567890", "1.23456789012345678901234567890e29"},
           {"1e999999999999", "1e1000000000"}}) {
    EXPECT_TRUE(number(one) == number(other)) << one << " " << other;
  }
}

TEST(FilterNumber, IsExactToFiveDigitsAndRoundsTheSixth) {
  EXPECT_TRUE(number("100.1") != number("100"));
  EXPECT_TRUE(number("0.00001") > number("0"));
  EXPECT_TRUE(number("0.000004") == number("0"));
  EXPECT_TRUE(number("0.000005") == number("0.00001"));
  EXPECT_TRUE(number("-0.000005") == number("-0.00001"));
  EXPECT_TRUE(number("1e-400") == number("0"));
  EXPECT_TRUE(number("9.999996") == number("10"));
  EXPECT_TRUE(number("0.1") == number("0.099999999"));
  EXPECT_TRUE(number("9999999999999.99999") < number("10000000000000"));
}

TEST(FilterNumber, IsOrderedAcrossAllMagnitudes) {
  const std::vector<std::string> ascending{"-1e126",
                                           "-123456789012345678901234567890.5",
                                           "-123456789012345678901234567890",
                                           "-1e13",
                                           "-9999999999999.99999",
                                           "-5e9",
                                           "-1",
                                           "-0.00001",
                                           "0",
                                           "0.00001",
                                           "0.5",
                                           "1",
                                           "5e9",
                                           "9999999999999.99999",
                                           "1e13",
                                           "10000000000000.00001",
                                           "123456789012345678901234567890",
                                           "1e126"};
  for (std::size_t a = 0; a < ascending.size(); ++a) {
    for (std::size_t b = 0; b < ascending.size(); ++b) {
      EXPECT_TRUE((number(ascending[a]) <=> number(ascending[b])) == (a <=> b))
          << ascending[a] << " " << ascending[b];
    }
  }
}

TEST(FilterNumber, RefusesWhatIsNoDecimalNumber) {
  for (const char* text : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", " 1", "1 ", "1,5", "NaN", "inf",
                           "--1", "1e5.5", "1e5e5", "+-1"}) {
    EXPECT_FALSE(FilterNumber::parse(text).has_value()) << text;
  }
}

TEST(FilterNumber, AgreesWithIntegersOfHundredThousandths) {
  SeededRandom random(1);
  for (int trial = 0; trial < 20'000; ++trial) {
    const auto draw = [&random] {
      const auto value = static_cast<std::int64_t>(random.below(2'000'000)) - 1'000'000;
      const std::string digits = std::to_string(1'000'000 + std::abs(value) % 100'000).substr(2);
      return std::pair(value,
                       (value < 0 ? "-" : "") + std::to_string(std::abs(value) / 100'000) + "." + digits);
    };
    const auto [a, a_text] = draw();
    const auto [b, b_text] = draw();
    ASSERT_TRUE((number(a_text) <=> number(b_text)) == (a <=> b)) << a_text << " " << b_text;
  }
}

// ---- IpNetwork

bool contains(std::string_view network, std::string_view address) {
  const auto parsed_network = IpNetwork::parse(network);
  const auto parsed_address = IpAddress::parse(address);
  EXPECT_TRUE(parsed_network.has_value()) << network;
  EXPECT_TRUE(parsed_address.has_value()) << address;
  return parsed_network && parsed_address && parsed_network->contains(*parsed_address);
}

TEST(IpNetwork, ContainsWhatSharesItsPrefix) {
  EXPECT_TRUE(contains("10.0.0.0/24", "10.0.0.255"));
  EXPECT_FALSE(contains("10.0.0.0/24", "10.1.1.0"));
  EXPECT_TRUE(contains("10.0.0.77/24", "10.0.0.1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
  EXPECT_TRUE(contains("10.0.0.128/25", "10.0.0.200"));
  EXPECT_FALSE(contains("10.0.0.128/25", "10.0.0.100"));
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(contains("2001:db8::/32", "2001:0db8:0000:0000:0000:0000:0000:0001"));
  EXPECT_FALSE(contains("2001:db8::/32", "2001:db9::1"));
  EXPECT_TRUE(contains("::/0", "::1"));
  EXPECT_FALSE(contains("::/0", "127.0.0.1"));
}

TEST(IpNetwork, AnIpv4AddressWrittenAsIpv6IsTheIpv4One) {
  EXPECT_TRUE(contains("127.0.0.0/8", "::ffff:127.0.0.1"));
  EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.9.9.9"));
  EXPECT_FALSE(contains("::ffff:10.0.0.0/104", "11.9.9.9"));
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "256.1.1.1",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "1..2.3",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "12345::",
                           "g::",
                           "::1%lo",
                           "1.2.3.4::",
                           "::1.2.3",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "-1.2.3.4",
                           "+1.2.3.4"}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
  for (const char* text :
       {"1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/08", "::/129", "/8", "1.2.3.4/8/8"}) {
    EXPECT_FALSE(IpNetwork::parse(text).has_value()) << text;
  }
}

// ---- Glob

// By the definition, one step at a time.
bool naive_match(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return naive_match(pattern.substr(1), text) || (!text.empty() && naive_match(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         naive_match(pattern.substr(1), text.substr(1));
}

TEST(Glob, MatchesAsItsDefinitionSays) {
  SeededRandom random(2);
  int matched = 0;
  for (int trial = 0; trial < 50'000; ++trial) {
    const auto draw = [&random](std::string_view letters, std::size_t size_max) {
      std::string text;
      for (auto left = random.below(size_max); left > 0; --left)
        text += letters[random.below(letters.size())];
      return text;
    };
    const std::string pattern = draw("aab**?", 8);
    const std::string text = draw("aab", 10);
    ASSERT_EQ(Glob::of(pattern).matches(text), naive_match(pattern, text)) << pattern << " " << text;
    if (naive_match(pattern, text)) ++matched;
  }
  EXPECT_GT(matched, 5'000);
}

TEST(Glob, AQuestionMarkIsOneCharacterAndNotOneByte) {
  EXPECT_TRUE(Glob::of("gr?n").matches("grün"));
  EXPECT_TRUE(Glob::of("*?€").matches("€€"));
  EXPECT_FALSE(Glob::of("gr??n").matches("grün"));
}

TEST(Glob, ManyStarsCostNoMoreThanPatternTimesText) {
  std::string pattern;
  for (int star = 0; star < 2'000; ++star) pattern += "*a";
  EXPECT_FALSE(Glob::of(pattern + "b").matches(std::string(20'000, 'a')));
}

// ---- case

TEST(CaseFolding, KnowsLatinGreekAndCyrillic) {
  EXPECT_EQ(fold_case("TeNNis"), "tennis");
  EXPECT_EQ(fold_case("ÄÖÜ ŽŁŸ ΆΣΏ ЖЁ"), "äöü žłÿ άσώ жё");
  EXPECT_EQ(fold_case("straße × 東京"), "straße × 東京");
  EXPECT_EQ(fold_case("\xc3"), "\xc3");
  EXPECT_EQ(fold_ascii_case("SQS:ÄB"), "sqs:Äb");
}

TEST(CaseFolding, OfAFoldedTextIsTheSameAndKeepsItsSize) {
  for (unsigned c = 0x80; c < 0x800; ++c) {
    const std::string text{static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    const std::string folded = fold_case(text);
    ASSERT_EQ(folded.size(), 2u);
    ASSERT_EQ(fold_case(folded), folded) << c;
  }
}

// ---- dates

TEST(PolicyDate, ReadsIso8601AndSeconds) {
  EXPECT_EQ(parse_policy_date("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_policy_date("1970-01-02"), 86'400'000);
  EXPECT_EQ(parse_policy_date("2026-11-25T03:12:27Z"), 1'795'576'347'000);
  EXPECT_EQ(parse_policy_date("2026-11-25T03:12:27"), 1'795'576'347'000);
  EXPECT_EQ(parse_policy_date("1795576347"), 1'795'576'347'000);
  EXPECT_EQ(parse_policy_date("2026-11-25T04:42:27.25+01:30"), 1'795'576'347'250);
  EXPECT_EQ(parse_policy_date("2026-11-24T22:12Z"), 1'795'558'320'000);
  EXPECT_EQ(parse_policy_date("1969-12-31T23:59:59Z"), -1'000);
}

TEST(PolicyDate, RefusesWhatIsNoDate) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-1-1", "2026-11-25T",
                           "2026-11-25T25:00Z", "2026-11-25T03:12:27Zz", "2026-11-25T03:12:27.Z",
                           "2026-11-25 03:12", "-", "2026-11-25T03:12+1", "9999999999999"}) {
    EXPECT_FALSE(parse_policy_date(text).has_value()) << text;
  }
}

// ---- JSON

TEST(PolicyJson, ComesBackAsItWasWritten) {
  for (const char* text :
       {R"({"b":1,"a":[true,false,null,1.50,"x\"\\\u0001é"],"b":{}})", "[]", "\"x\"", "-1", "1e3"}) {
    const auto json = PolicyJson::parse(text);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(json->text(), text);
  }
}

TEST(PolicyJson, RefusesWhatIsNotJsonOrTooDeep) {
  for (const char* text : {"", "{", "{}{}", "{'a':1}", "[1,]", "nul", "\"\xff\"", "\"\\ud800\"", "01"}) {
    EXPECT_FALSE(PolicyJson::parse(text).has_value()) << text;
  }
  EXPECT_TRUE(PolicyJson::parse(std::string(200, '[') + std::string(200, ']')));
  EXPECT_FALSE(PolicyJson::parse(std::string(201, '[') + std::string(201, ']')));
}

}  // namespace
}  // namespace penstock
