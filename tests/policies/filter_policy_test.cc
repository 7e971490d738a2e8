// What filter policies mean and how they are refused (Amazon SNS developer guide, "Message filtering").
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

// ---- the truth table

struct OnAttributes {
  int row;
  const char* policy;
  std::vector<std::string> message;
  bool wanted;
};

TEST(FilterPolicy, OnAttributesHoldsTheTruthTable) {
  const std::vector<OnAttributes> rows{
      {1, R"({"s":["a"]})", {"s=String:a"}, true},
      {2, R"({"s":["a"]})", {"s=String:A"}, false},
      {3, R"({"s":["a"]})", {}, false},
      {4, R"({"s":["a"],"t":["x"]})", {"s=String:a"}, false},
      {5, R"({"s":["a"]})", {R"(s=String.Array:["a","b"])"}, true},
      {6, R"({"s":["a"]})", {R"(s=String.Array:["b","c"])"}, false},
      {7, R"({"s":["a"]})", {"s=Binary:a"}, false},
      {8, R"({"p":[{"prefix":"ba"}]})", {"p=String:ball"}, true},
      {9, R"({"p":[{"equals-ignore-case":"tennis"}]})", {"p=String:TeNNis"}, true},
      {10, R"({"p":[{"wildcard":"*ball"}]})", {"p=String:football"}, true},
      {11, R"({"p":[{"anything-but":["x","y"]}]})", {"p=String:z"}, true},
      {12, R"({"p":[{"anything-but":["x","y"]}]})", {}, false},
      {13, R"({"p":[{"anything-but":["x","y"]}]})", {R"(p=String.Array:["x","z"])"}, true},
      {14, R"({"p":[{"anything-but":{"suffix":"ball"}}]})", {"p=String:rugby"}, true},
      {15, R"({"p":[{"anything-but":["x"]},{"exists":false}]})", {}, true},
      {16, R"({"n":[{"numeric":["=",301.5]}]})", {"n=Number:3.015e2"}, true},
      {17, R"({"n":[{"numeric":[">",0,"<=",100]}]})", {"n=Number:100"}, true},
      {18, R"({"n":[{"numeric":[">",0,"<=",100]}]})", {"n=Number:111"}, false},
      {19, R"({"n":[{"numeric":["=",5]}]})", {"n=String:5"}, false},
      {20, R"({"n":["5"]})", {"n=Number:5"}, false},
      {21, R"({"n":[5]})", {"n=Number:5.0"}, true},
      {22, R"({"n":[{"anything-but":[100,500]}]})", {"n=Number:100.1"}, true},
      {23, R"({"k":[{"exists":true}]})", {"k=Number:99"}, true},
      {24, R"({"k":[{"exists":true}]})", {"other=Number:1"}, false},
      {25, R"({"k":[{"exists":false}]})", {"other=Number:1"}, true},
      {26, R"({"k":[{"exists":false}]})", {"k=Number:1"}, false},
      {27, R"({"ip":[{"cidr":"10.0.0.0/24"}]})", {"ip=String:10.1.1.0"}, false},
      {28, R"({"f":[true]})", {"f=String.Array:[true]"}, true},
      {29, R"({"f":[true]})", {"f=String:true"}, false},
      {30, R"({"$or":[{"a":["1"]},{"b":["2"]}]})", {"b=String:2"}, true},
      {31, R"({"s":["x"],"$or":[{"a":["1"]},{"b":["2"]}]})", {"a=String:1"}, false},
  };
  for (const OnAttributes& row : rows) EXPECT_EQ(wants(row.policy, row.message), row.wanted) << row.row;
}

struct OnBody {
  int row;
  const char* policy;
  const char* body;
  bool wanted;
};

TEST(FilterPolicy, OnBodiesHoldsTheTruthTable) {
  const std::vector<OnBody> rows{
      {32, R"({"o":{"k":["v"]}})", R"({"o":{"k":"v","z":1}})", true},
      {33, R"({"k":["v"]})", "plain text", false},
      {34, R"({"k":["v"]})", R"({"k":["u","v"]})", true},
      {35, R"({"l":{"k":["v"]}})", R"({"l":[{"k":"u"},{"k":"v"}]})", true},
      {36, R"({"l":{"a":["1"],"b":["2"]}})", R"({"l":[{"a":"1","b":"9"},{"a":"9","b":"2"}]})", false},
      {37, R"({"k":[null]})", R"({"k":null})", true},
      {38, R"({"k":[null]})", "{}", false},
      {39, R"({"k":[{"exists":false}]})", R"({"k":{"x":1}})", true},
      {40, R"({"k":[{"exists":true}]})", R"({"k":[]})", false},
      {41, R"({"k":[""]})", R"({"k":""})", true},
      {42, R"({"k":[{"numeric":[">",1]}]})", R"({"k":"2"})", false},
      {43, R"({"k":[{"prefix":"q"}],"t":[{"exists":false}]})", R"({"k":"qa","t":"x"})", false},
      {44, R"({"k":["v"]})", "{}", false},
  };
  for (const OnBody& row : rows) EXPECT_EQ(wants_body(row.policy, row.body), row.wanted) << row.row;
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

TEST(FilterPolicy, IsRefusedInTheWordsOfAws) {
  const std::vector<std::pair<const char*, const char*>> rows{
      {"", "failed to parse JSON."},
      {R"({"k":["a"])", "failed to parse JSON."},
      {"[]", "Filter is not an object"},
      {R"({"k":"v"})", "\"k\" must be an object or an array"},
      {R"({"k":1})", "\"k\" must be an object or an array"},
      {R"({"k":[]})", "Empty arrays are not allowed"},
      {R"({"k":[["v"]]})", "Match value must be String, number, true, false, or null"},
      {R"({"k":[{}]})", "Match expression name not found"},
      {R"({"k":[{"regex":"v"}]})", "Unrecognized match type regex"},
      {R"({"k":[{"prefix":"a","suffix":"b"}]})", "Only one key allowed in match expression"},
      {R"({"k":[{"prefix":1}]})", "prefix match pattern must be a string"},
      {R"({"k":[{"suffix":["a"]}]})", "suffix match pattern must be a string"},
      {R"({"k":[{"wildcard":null}]})", "wildcard match pattern must be a string"},
      {R"({"k":[{"equals-ignore-case":1}]})", "equals-ignore-case match pattern must be a string"},
      {R"({"k":[{"cidr":1}]})", "prefix match pattern must be a string"},
      {R"({"k":[{"exists":"true"}]})", "exists match pattern must be either true or false."},
      {R"({"k":[{"wildcard":"a**b"}]})", "Consecutive wildcard characters at pos 2"},
      {R"({"k":[{"wildcard":"a\\b"}]})", "Invalid escape character at pos 2"},
      {R"({"k":[{"wildcard":"a*b*c*d*"}]})", "Filter policy is too complex"},
      {R"({"k":[{"anything-but":{"numeric":[1]}}]})", "Unsupported anything-but pattern: numeric"},
      {R"({"k":[{"anything-but":{"prefix":1}}]})", "prefix match pattern must be a string"},
      {R"({"k":[{"anything-but":["a",1]}]})",
       "Inside anything but list, either all values are number or string, mixed type is not supported"},
      {R"({"k":[{"anything-but":[]}]})",
       "Inside anything but list, either all values are number or string, mixed type is not supported"},
      {R"({"k":[{"anything-but":[null]}]})",
       "Inside anything but list, start|null|boolean is not supported."},
      {R"({"k":[{"anything-but":true}]})",
       "Value of anything-but must be an array or single string/number value."},
      {R"({"k":[{"numeric":5}]})", "Value of numeric must be an array."},
      {R"({"k":[{"numeric":[]}]})", "Invalid member in numeric match: ]"},
      {R"({"k":[{"numeric":[5]}]})", "Invalid member in numeric match: 5"},
      {R"({"k":[{"numeric":["<>",5]}]})", "Unrecognized numeric range operator: <>"},
      {R"({"k":[{"numeric":["="]}]})", "Value of equals must be numeric"},
      {R"({"k":[{"numeric":["=","5"]}]})", "Value of equals must be numeric"},
      {R"({"k":[{"numeric":[">","5"]}]})", "Value of > must be numeric"},
      {R"({"k":[{"numeric":["=",5,6]}]})", "Too many elements in numeric expression"},
      {R"({"k":[{"numeric":["<",5,">",6]}]})", "Too many elements in numeric expression"},
      {R"({"k":[{"numeric":[">",5,6]}]})", "Bad value in numeric range: 6"},
      {R"({"k":[{"numeric":[">",5,">",6]}]})", "Bad numeric range operator: >"},
      {R"({"k":[{"numeric":[">",5,"<"]}]})", "Value of < must be numeric"},
      {R"({"k":[{"numeric":[">",6,"<",6]}]})", "Bottom must be less than top"},
      {R"({"k":[{"numeric":[">",5,"<",6,7]}]})", "Too many terms in numeric range expression"},
      {R"({"k":[{"numeric":["=",6000000000]}]})", "Value must be between -5.0E9 and 5.0E9, inclusive"},
      {R"({"k":[{"cidr":"10.0.0.0"}]})", "Malformed CIDR, one '/' required"},
      {R"({"k":[{"cidr":"10.0.0.0/8/8"}]})", "Malformed CIDR, one '/' required"},
      {R"({"k":[{"cidr":"10.0.0.0/x"}]})", "Malformed CIDR, mask bits must be an integer"},
      {R"({"k":[{"cidr":"bad-filter/8"}]})", "Nonstandard IP address: bad-filter"},
      {R"({"a":["1"],"b":["1"],"c":["1"],"d":["1"],"e":["1"],"f":["1"]})",
       "Filter policy can not have more than 5 keys"},
  };
  for (const auto& [text, detail] : rows)
    EXPECT_EQ(refusal(text), "FilterPolicy: " + std::string(detail)) << text;
  EXPECT_EQ(refusal(R"({"o":{"k":"v"}})", kBody), R"(FilterPolicy: "k" must be an object or an array)");
  EXPECT_EQ(refusal(R"({"o":{}})", kBody), "FilterPolicy: Empty objects are not allowed");
}

TEST(FilterPolicy, OnAttributesDoesNotNest) {
  EXPECT_EQ(refusal(R"({"o":{"k":["v"]}})"),
            "Filter policy scope MessageAttributes does not support nested filter policy");
  EXPECT_EQ(refusal(R"({"$or":[{"o":{"k":["v"]}},{"a":["b"]}]})"),
            "Filter policy scope MessageAttributes does not support nested filter policy");
  EXPECT_EQ(refusal(R"({"o":{"k":["v"]}})", kBody), "none");
}

TEST(FilterPolicy, TheFirstMistakeFromTheLeftIsReported) {
  EXPECT_EQ(refusal(R"({"a":[],"b":1})"), "FilterPolicy: Empty arrays are not allowed");
  EXPECT_EQ(refusal(R"({"b":1,"a":[]})"), "FilterPolicy: \"b\" must be an object or an array");
}

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
