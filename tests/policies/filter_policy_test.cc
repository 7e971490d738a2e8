// What filter policies mean and how they are refused (Amazon SNS developer guide, "Message filtering"), beyond the rows of
// docs/behaviour/filter_policies.md (filter_table_test.cc).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/filter_fields.h"
#include "broker/filter_policy.h"

namespace penstock {
namespace {

constexpr auto kAttributes = FilterScope::kMessageAttributes;
constexpr auto kBody = FilterScope::kMessageBody;

FilterPolicyPtr policy(std::string_view text, FilterScope scope) {
  auto parsed = FilterPolicy::parse(text, scope);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().detail);
  return parsed ? *parsed : nullptr;
}

std::string refusal(std::string_view text, FilterScope scope = kAttributes) {
  const auto parsed = FilterPolicy::parse(text, scope);
  return parsed ? "none" : parsed.error().detail;
}

// Attributes in a line each: NAME=TYPE:VALUE.
std::vector<MessageAttribute> attributes(const std::vector<std::string>& lines) {
  std::vector<MessageAttribute> all;
  for (const std::string& line : lines) {
    const std::size_t equals = line.find('=');
    const std::size_t colon = line.find(':', equals);
    all.push_back(
        {line.substr(0, equals), line.substr(equals + 1, colon - equals - 1), line.substr(colon + 1)});
  }
  return all;
}

bool wants(std::string_view text, const std::vector<std::string>& lines) {
  const FilterPolicyPtr compiled = policy(text, kAttributes);
  return compiled && compiled->matches(FilterFields::of_attributes(attributes(lines)));
}

bool wants_body(std::string_view text, std::string_view body) {
  const FilterPolicyPtr compiled = policy(text, kBody);
  const std::optional<FilterFields> fields = FilterFields::of_body(body);
  return compiled && fields && compiled->matches(*fields);
}

// ---- operators

TEST(FilterPolicy, PrefixAndSuffixLookAtStringsOnly) {
  EXPECT_TRUE(wants(R"({"k":[{"suffix":"ball"}]})", {"k=String:ball"}));
  EXPECT_FALSE(wants(R"({"k":[{"suffix":"ball"}]})", {"k=String:balls"}));
  EXPECT_FALSE(wants(R"({"k":[{"prefix":"1"}]})", {"k=Number:12"}));
  EXPECT_TRUE(wants(R"({"k":[{"prefix":""}]})", {"k=String:x"}));
  EXPECT_TRUE(wants(R"({"k":[{"prefix":{"equals-ignore-case":"BA"}}]})", {"k=String:bAll"}));
  EXPECT_TRUE(wants(R"({"k":[{"suffix":{"equals-ignore-case":"GRÜN"}}]})", {"k=String:hellgrün"}));
  EXPECT_FALSE(wants(R"({"k":[{"suffix":{"equals-ignore-case":"GRÜN"}}]})", {"k=String:n"}));
}

TEST(FilterPolicy, AWildcardCanBeEscaped) {
  EXPECT_TRUE(wants(R"({"k":[{"wildcard":"a*b*c*"}]})", {"k=String:a1b2c3"}));
  EXPECT_FALSE(wants(R"({"k":[{"wildcard":"a*b"}]})", {"k=String:a1bc"}));
  EXPECT_TRUE(wants(R"({"k":[{"wildcard":"a\\*b"}]})", {"k=String:a*b"}));
  EXPECT_FALSE(wants(R"({"k":[{"wildcard":"a\\*b"}]})", {"k=String:axb"}));
  EXPECT_TRUE(wants(R"({"k":[{"wildcard":"a\\\\*"}]})", {R"(k=String:a\b)"}));
  EXPECT_FALSE(wants(R"({"k":[{"wildcard":"a?b"}]})", {"k=String:axb"}));
  EXPECT_TRUE(wants(R"({"k":[{"wildcard":"plain"}]})", {"k=String:plain"}));
}

TEST(FilterPolicy, AnythingButNeedsAValueThatNoneExcludes) {
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":"x"}]})", {"k=String:x"}));
  EXPECT_TRUE(wants(R"({"k":[{"anything-but":"x"}]})", {"k=Number:1"}));
  EXPECT_TRUE(wants(R"({"k":[{"anything-but":5}]})", {"k=String:5"}));
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":5}]})", {"k=Number:5.000"}));
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":{"prefix":"a"}}]})", {"k=String:abc"}));
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":{"wildcard":"a*c"}}]})", {"k=String:abc"}));
  EXPECT_TRUE(wants(R"({"k":[{"anything-but":{"wildcard":"a*c"}}]})", {"k=String:abd"}));
  EXPECT_TRUE(wants_body(R"({"k":[{"anything-but":"x"}]})", R"({"k":null})"));
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":["x","y"]}]})", {R"(k=String.Array:["x","y"])"}));
  EXPECT_FALSE(wants(R"({"k":[{"anything-but":"x"}]})", {"k=Binary:z"}));
}

TEST(FilterPolicy, NumericBoundsAreOpenOrClosedAsWritten) {
  const auto holds = [](const char* range, const char* value) {
    return wants(R"({"n":[{"numeric":)" + std::string(range) + "}]}", {"n=Number:" + std::string(value)});
  };
  EXPECT_FALSE(holds(R"([">",5])", "5"));
  EXPECT_TRUE(holds(R"([">=",5])", "5"));
  EXPECT_FALSE(holds(R"(["<",5])", "5"));
  EXPECT_TRUE(holds(R"(["<=",5])", "5"));
  EXPECT_TRUE(holds(R"(["<",5])", "4.99999"));
  EXPECT_TRUE(holds(R"(["=",-1e-5])", "-0.00001"));
  EXPECT_TRUE(holds(R"([">=",-10,"<",10])", "-10"));
  EXPECT_FALSE(holds(R"([">=",-10,"<",10])", "10"));
  EXPECT_TRUE(holds(R"([">",0])", "1e126"));
  EXPECT_TRUE(wants(R"({"n":[12345678901234567890]})", {"n=Number:12345678901234567890.0"}));
  EXPECT_FALSE(wants(R"({"n":[12345678901234567890]})", {"n=Number:12345678901234567891"}));
}

TEST(FilterPolicy, CidrLooksAtAddressesHoweverTheyAreWritten) {
  EXPECT_TRUE(wants(R"({"ip":[{"cidr":"10.0.0.0/24"}]})", {"ip=String:10.0.0.255"}));
  EXPECT_TRUE(wants(R"({"ip":[{"cidr":"2001:db8::/32"}]})", {"ip=String:2001:0DB8:0:0:0:0:0:1"}));
  EXPECT_FALSE(wants(R"({"ip":[{"cidr":"0.0.0.0/0"}]})", {"ip=String:localhost"}));
}

TEST(FilterPolicy, AnAttributeTypeMayHaveALabel) {
  EXPECT_TRUE(wants(R"({"k":["a"]})", {"k=String.json:a"}));
  EXPECT_TRUE(wants(R"({"k":[7]})", {"k=Number.int:7"}));
  EXPECT_FALSE(wants(R"({"k":["a"]})", {"k=Stringy:a"}));
}

TEST(FilterPolicy, ABinaryAttributeIsThereWithoutAValue) {
  EXPECT_TRUE(wants(R"({"k":[{"exists":true}]})", {"k=Binary:x"}));
  EXPECT_FALSE(wants(R"({"k":[{"exists":false}]})", {"k=Binary:x"}));
}

TEST(FilterPolicy, AStringArrayThatIsNoneSatisfiesNothing) {
  for (const char* value : {"a", "{\"a\":1}", "[\"a\"", "[\"a\"]x", "[[\"a\"]]", "\"a\"", ""}) {
    const std::string line = "k=String.Array:" + std::string(value);
    for (const char* condition :
         {"\"a\"", "{\"exists\":true}", "{\"exists\":false}", "{\"anything-but\":\"b\"}"}) {
      EXPECT_FALSE(wants(R"({"k":[)" + std::string(condition) + "]}", {line})) << line << condition;
    }
  }
}

TEST(FilterPolicy, AStringArrayHoldsNumbersKeywordsAndNothing) {
  EXPECT_TRUE(wants(R"({"k":[{"numeric":[">",2]}]})", {R"(k=String.Array:["x",3])"}));
  EXPECT_TRUE(wants(R"({"k":[null]})", {"k=String.Array:[null]"}));
  EXPECT_TRUE(wants(R"({"k":[false]})", {"k=String.Array:[true,false]"}));
  EXPECT_TRUE(wants(R"({"k":[{"exists":false}]})", {"k=String.Array:[]"}));
  EXPECT_FALSE(wants(R"({"k":[3]})", {R"(k=String.Array:["3"])"}));
}

// ---- paths

TEST(FilterPolicy, DotsAndNestingAreTheSame) {
  for (const char* text : {R"({"a":{"b":{"c":["v"]}}})", R"({"a.b":{"c":["v"]}})", R"({"a":{"b.c":["v"]}})",
                           R"({"a.b.c":["v"]})"}) {
    for (const char* body : {R"({"a":{"b":{"c":"v"}}})", R"({"a.b":{"c":"v"}})", R"({"a":{"b.c":"v"}})",
                             R"({"a.b.c":"v"})", R"([1])", R"({"a":{"b":[[{"c":["u",["v"]]}]]}})"}) {
      EXPECT_EQ(wants_body(text, body), std::string_view(body) != "[1]") << text << body;
    }
    EXPECT_FALSE(wants_body(text, R"({"a":{"b":"v"}})"));
    EXPECT_FALSE(wants_body(text, R"({"x":{"a":{"b":{"c":"v"}}}})"));
    EXPECT_FALSE(wants_body(text, R"({"a":{"b":{"c":{"d":"v"}}}})"));
    EXPECT_FALSE(wants_body(text, R"({"ab":{"c":"v"}})"));
  }
  EXPECT_TRUE(wants(R"({"a.b":["v"]})", {"a.b=String:v"}));
}

TEST(FilterPolicy, EmptyNamesAreNames) {
  EXPECT_TRUE(wants_body(R"({"":["v"]})", R"({"":"v"})"));
  EXPECT_TRUE(wants_body(R"({"":{"":["v"]}})", R"({".":"v"})"));
  EXPECT_TRUE(wants_body(R"({".":["v"]})", R"({"":{"":"v"}})"));
  EXPECT_FALSE(wants_body(R"({".":["v"]})", R"({"":"v"})"));
  EXPECT_TRUE(wants_body(R"({"a.":["v"]})", R"({"a":{"":"v"}})"));
}

TEST(FilterPolicy, OneElementOfAnArraySpeaksForAllKeys) {
  const char* both = R"({"l":{"a":[1],"b":[2]}})";
  EXPECT_TRUE(wants_body(both, R"({"l":[{"a":9},{"a":1,"b":2}]})"));
  EXPECT_TRUE(wants_body(both, R"({"l":{"a":1,"b":2}})"));
  EXPECT_FALSE(wants_body(both, R"({"l":[{"a":1},{"b":2}]})"));
  EXPECT_TRUE(wants_body(both, R"({"l":[{"a":[7,1],"b":[2,7]}]})"));
  EXPECT_FALSE(wants_body(both, R"({"l":[{"m":1},[{"a":1},{"b":2}]]})"));
  // Arrays beside each other are chosen from independently.
  EXPECT_TRUE(
      wants_body(R"({"a":{"x":[1]},"b":{"x":[1]}})", R"({"a":[{"x":0},{"x":1}],"b":[{"x":1},{"x":0}]})"));
  EXPECT_FALSE(wants_body(R"({"l":{"a":{"x":[1]},"b":{"x":[1]}}})",
                          R"({"l":[{"a":[{"x":1}]},{"b":[{"x":1}]},{"a":{"x":1},"b":{"x":2}}]})"));
}

TEST(FilterPolicy, AbsenceIsOfTheWholeMessage) {
  EXPECT_FALSE(wants_body(R"({"l":{"a":[1],"b":[{"exists":false}]}})", R"({"l":[{"a":1},{"b":2}]})"));
  EXPECT_TRUE(wants_body(R"({"l":{"a":[1],"b":[{"exists":false}]}})", R"({"l":[{"a":1},{"c":2}]})"));
}

TEST(FilterPolicy, AlternativesMultiplyAndNest) {
  const char* text = R"({"s":["x"],"o":{"$or":[{"a":[1]},{"b":[2],"$or":[{"c":[3]},{"d":[4]}]}]}})";
  EXPECT_TRUE(wants_body(text, R"({"s":"x","o":{"a":1}})"));
  EXPECT_FALSE(wants_body(text, R"({"s":"x","o":{"b":2}})"));
  EXPECT_TRUE(wants_body(text, R"({"s":"x","o":{"b":2,"d":4}})"));
  EXPECT_FALSE(wants_body(text, R"({"s":"y","o":{"b":2,"d":4}})"));
  EXPECT_FALSE(wants_body(text, R"({"s":"x","a":1})"));
}

TEST(FilterPolicy, AnOrThatIsNoneIsAKeyLikeAnyOther) {
  EXPECT_TRUE(wants_body(R"({"$or":["v"]})", R"({"$or":"v"})"));
  EXPECT_TRUE(wants_body(R"({"$or":{"a":[1]}})", R"({"$or":{"a":1}})"));
  EXPECT_TRUE(wants_body(R"({"$or":[{"prefix":"a"},{"prefix":"b"}]})", R"({"$or":"bc"})"));
  EXPECT_EQ(refusal(R"({"$or":[{"a":["1"]}]})", kBody), "FilterPolicy: Unrecognized match type a");
}

TEST(FilterPolicy, OfAKeyThatIsSaidTwiceTheLastCounts) {
  EXPECT_TRUE(wants(R"({"k":["a"],"k":["b"]})", {"k=String:b"}));
  EXPECT_FALSE(wants(R"({"k":["a"],"k":["b"]})", {"k=String:a"}));
  EXPECT_TRUE(wants(R"({"k":["a"],"$or":[{"k":["b"]},{"j":["c"]}]})", {"k=String:b"}));
}

TEST(FilterPolicy, WithoutKeysWantsEverything) {
  EXPECT_TRUE(policy("{}", kAttributes)->wants_everything());
  EXPECT_TRUE(wants("{}", {}));
  EXPECT_TRUE(wants_body(" { } ", "{}"));
  EXPECT_FALSE(policy(R"({"k":["a"]})", kAttributes)->wants_everything());
}

TEST(FilterPolicy, ABodyThatIsNoObjectHasNoFields) {
  for (const char* body : {"", "plain", "1", "null", "[]", "[{\"k\":1}]", "\"{}\"", "{\"k\":1", "{}x"}) {
    EXPECT_FALSE(FilterFields::of_body(body).has_value()) << body;
  }
}

// ---- refusals

// The others are rows of docs/behaviour/filter_policies.md; by the API nothing removes a policy.
TEST(FilterPolicy, OfNothingIsRefused) { EXPECT_EQ(refusal(""), "FilterPolicy: failed to parse JSON."); }

// An array of that many strings.
std::string values(int count) {
  std::string text = "[";
  for (int value = 0; value < count; ++value) {
    if (value > 0) text += ",";
    text += "\"" + std::to_string(value) + "\"";
  }
  return text + "]";
}

TEST(FilterPolicy, OfOneHundredAndFiftyCombinationsPasses) {
  EXPECT_EQ(refusal(R"({"a":)" + values(150) + "}"), "none");
  EXPECT_EQ(refusal(R"({"a":)" + values(151) + "}"), "FilterPolicy: Filter policy is too complex");
  EXPECT_EQ(refusal(R"({"a":)" + values(15) + R"(,"b":)" + values(10) + "}"), "none");
  EXPECT_EQ(refusal(R"({"a":)" + values(19) + R"(,"b":)" + values(8) + "}"),
            "FilterPolicy: Filter policy is too complex");
}

TEST(FilterPolicy, DepthMultipliesCombinations) {
  // 4 values at depth 3, 3 values at depth 2: 4 x 3 x 3 x 2 = 72.
  EXPECT_EQ(refusal(R"({"a":{"b":{"c":)" + values(4) + R"(}},"d":{"e":)" + values(3) + "}}", kBody), "none");
  EXPECT_EQ(refusal(R"({"a":{"b":{"c":)" + values(5) + R"(}},"d":{"e":)" + values(5) + "}}", kBody), "none");
  EXPECT_EQ(refusal(R"({"a":{"b":{"c":)" + values(13) + R"(}},"d":{"e":)" + values(2) + "}}", kBody),
            "FilterPolicy: Filter policy is too complex");
}

TEST(FilterPolicy, AlternativesAddTheirCombinations) {
  const auto with = [](int source) {
    return R"({"source":)" + values(source) + R"(,"$or":[{"metricName":)" + values(6) +
           R"(},{"metricType":)" + values(3) + R"(,"$or":[{"metricId":)" + values(4) + R"(},{"spaceId":)" +
           values(4) + "}]}]}";
  };
  EXPECT_EQ(refusal(with(4)), "none");                                        // 24 + 48 + 48
  EXPECT_EQ(refusal(with(5)), "none");                                        // 30 + 60 + 60
  EXPECT_EQ(refusal(with(6)), "FilterPolicy: Filter policy is too complex");  // 180
}

TEST(FilterPolicy, WildcardsOfAKeyCostTheirPointsTimesTheirNumber) {
  const auto with = [](const std::string& pattern, int count) {
    std::string text = R"({"k":[)";
    for (int at = 0; at < count; ++at) {
      text += (at > 0 ? "," : "") + std::string(R"({"wildcard":")") + std::to_string(at) + pattern + "\"}";
    }
    return refusal(text + "]}");
  };
  EXPECT_EQ(with("*", 10), "none");  // 10 points x 10 patterns
  EXPECT_EQ(with("*", 11), "FilterPolicy: Filter policy is too complex");
  EXPECT_EQ(with("*x*", 5), "none");  // 15 x 5
  EXPECT_EQ(with("*x*", 6), "FilterPolicy: Filter policy is too complex");
  EXPECT_EQ(with("", 100), "none");
}

TEST(FilterPolicy, CountsKeysWhereTheyEnd) {
  EXPECT_EQ(refusal(R"({"o":{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"]}})", kBody), "none");
  EXPECT_EQ(refusal(R"({"o":{"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]}})", kBody),
            "FilterPolicy: Filter policy can not have more than 5 keys");
  EXPECT_EQ(refusal(R"({"a":["1"],"b":["1"],"c":["1"],"d":["1"],"$or":[{"e":["1"]},{"f":["1"]}]})"), "none");
}

}  // namespace
}  // namespace penstock
