// Documents and messages that were made to hurt: each is answered, in bounded steps, and never by a crash.
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/filter_fields.h"
#include "broker/filter_policy.h"
#include "broker/permission_edit.h"

namespace penstock {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (; times > 0; --times) all += text;
  return all;
}

std::string refusal(std::string_view text, FilterScope scope = FilterScope::kMessageBody) {
  const auto parsed = FilterPolicy::parse(text, scope);
  return parsed ? "none" : parsed.error().detail;
}

bool wants_body(std::string_view policy, std::string_view body) {
  const auto compiled = FilterPolicy::parse(policy, FilterScope::kMessageBody);
  const auto fields = FilterFields::of_body(body);
  EXPECT_TRUE(compiled) << (compiled ? "" : compiled.error().detail);
  EXPECT_TRUE(fields.has_value());
  return compiled && fields && (*compiled)->matches(*fields);
}

constexpr const char* kTooComplex = "FilterPolicy: Filter policy is too complex";

// ---- filter policies

TEST(HostileFilterPolicy, AlternativesThatMultiplyAreCountedAndNotBuilt) {
  std::string text = "{\"k\":[1]";
  for (int at = 0; at < 2'000; ++at) text += R"(,"$or":[{"a":[1]},{"b":[2]}])";
  EXPECT_EQ(refusal(text + "}"), kTooComplex);
  std::string nested = R"({"a":[1]})";
  for (int level = 0; level < 90; ++level) nested = R"({"$or":[)" + nested + R"(,{"b":[1]}]})";
  EXPECT_EQ(refusal(nested), "none");  // 91 alternatives
  std::string tree = R"({"a":[1]})";
  for (int level = 0; level < 10; ++level) tree = R"({"$or":[)" + tree + "," + tree + "]}";
  EXPECT_EQ(refusal(tree), kTooComplex);
}

TEST(HostileFilterPolicy, ManyKeysConditionsAndBytesAreRefused) {
  std::string keys = "{";
  for (int key = 0; key < 20'000; ++key) keys += "\"k" + std::to_string(key) + "\":[1],";
  keys.back() = '}';
  EXPECT_EQ(refusal(keys), "FilterPolicy: Filter policy can not have more than 5 keys");
  EXPECT_EQ(refusal("{\"k\":[" + repeated("1,", 100'000) + "1]}"), kTooComplex);
  EXPECT_EQ(refusal("{" + repeated(R"("k":[1],)", 30'000) + R"("k":[1]})"), "none");
  EXPECT_EQ(refusal(R"({"k":[")" + std::string(256 * 1024, 'a') + "\"]}"), kTooComplex);
  EXPECT_EQ(refusal("{\"" + std::string(1'025, 'k') + "\":[1]}"), kTooComplex);
  EXPECT_EQ(refusal("{" + repeated(R"("$or":[{"a":[1]},{"a":[1]}],)", 8'000) + R"("k":[1]})"), kTooComplex);
}

TEST(HostileFilterPolicy, DepthIsRefusedWhateverItIsMadeOf) {
  EXPECT_EQ(refusal(repeated(R"({"a":)", 150) + "[1]" + repeated("}", 150)), "none");
  EXPECT_EQ(refusal(repeated(R"({"a":)", 151) + "[1]" + repeated("}", 151)), kTooComplex);
  for (const char* open : {R"({"a":)", "[", R"({"$or":[{"a":[1]},)", R"({"k":[{"anything-but":)"}) {
    EXPECT_NE(refusal(repeated(open, 20'000)), "none") << open;
  }
  EXPECT_NE(refusal(repeated(R"({"a":)", 40'000) + "[1]" + repeated("}", 40'000)), "none");
}

TEST(HostileFilterPolicy, AMessageOfAnyDepthIsAsked) {
  constexpr std::size_t kLevels = 150'000;
  const char* policy = R"({"k":[1],"j":[{"exists":false}]})";
  EXPECT_TRUE(wants_body(policy, "{\"k\":" + repeated("[", kLevels) + "1" + repeated("]", kLevels) + "}"));
  EXPECT_TRUE(wants_body(policy, "{\"k\":" + repeated("[0,", kLevels) + "1" + repeated("]", kLevels) + "}"));
  EXPECT_FALSE(wants_body(policy, repeated(R"({"k":)", kLevels) + "1" + repeated("}", kLevels)));
  // Every leaf is at the path, each one array deeper than the one before.
  EXPECT_TRUE(wants_body(R"({"o":{"k":[1],"l":[1]}})", "{\"o\":" + repeated(R"([{"k":1,"l":0},)", 50'000) +
                                                           R"({"k":1,"l":1})" + repeated("]", 50'000) + "}"));
  EXPECT_FALSE(wants_body(
      R"({"o":{"k":[1],"l":[1]}})",
      "{\"o\":" + repeated(R"([{"k":1,"l":0},{"k":0,"l":1},)", 30'000) + "0" + repeated("]", 30'000) + "}"));
}

TEST(HostileFilterPolicy, AMessageOfManyValuesIsAskedByTheMostComplexPolicy) {
  std::string alternatives;
  for (int at = 0; at < 150; ++at) {
    alternatives += (at > 0 ? "," : "") + std::string(R"({"l.c":[)") + std::to_string(100 + at) + "]}";
  }
  const std::string policy = R"({"l.a":[1],"l.b":[2],"$or":[)" + alternatives + "]}";
  const std::string body =
      "{\"l\":[" + repeated(R"({"a":1,"b":3,"c":100},{"a":0,"b":2,"c":100},)", 20'000) + "{}]}";
  EXPECT_FALSE(wants_body(policy, body));
  EXPECT_TRUE(wants_body(policy, body.substr(0, body.size() - 4) + R"({"a":1,"b":2,"c":249}]})"));
  EXPECT_TRUE(
      wants_body(R"({"k":[{"anything-but":["a"]}]})", "{\"k\":[" + repeated("\"a\",", 200'000) + "0]}"));
}

TEST(HostileFilterPolicy, LongNamesUnderLongPathsDoNotMultiply) {
  const std::string name(500'000, 'n');
  const auto fields =
      FilterFields::of_body("{\"" + name + "\":{" + repeated(R"("a":1,)", 50'000) + "\"b\":2}}");
  ASSERT_TRUE(fields.has_value());
  const auto policy = FilterPolicy::parse(R"({"a":[1]})", FilterScope::kMessageBody);
  EXPECT_FALSE((*policy)->matches(*fields));
  const std::string digits(500'000, '9');
  EXPECT_FALSE(wants_body(R"({"k":[9]})", "{\"k\":\"" + digits + "\"}"));
  EXPECT_FALSE(FilterFields::of_body("{\"k\":" + digits + "}").has_value());  // larger than any double
}

TEST(HostileFilterPolicy, AnyBytesAreAnswered) {
  static const std::vector<std::string> kSeeds{
      R"({"a":["x",1,null,{"prefix":"p"},{"numeric":[">",0,"<=",1e2]}],"b":[{"anything-but":["x","y"]}]})",
      R"({"$or":[{"a":[{"exists":true}]},{"b":{"c":[{"cidr":"10.0.0.0/8"}]}}],"d":[{"wildcard":"a*\\*b"}]})",
      R"({"a":[{"anything-but":{"suffix":"é"}},{"equals-ignore-case":"É"},{"prefix":{"equals-ignore-case":"x"}}]})"};
  SeededRandom random(21);
  std::uint64_t cases = 0, accepted = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text = kSeeds[random.below(kSeeds.size())];
    for (auto left = random.below(4) + 1; left > 0; --left) {
      const std::size_t at = random.below(text.size());
      static constexpr std::string_view kBytes = "{}[]\",:\\*0-eE./ \x01\xff$";
      switch (random.below(4)) {
        case 0:
          text[at] = kBytes[random.below(kBytes.size())];
          break;
        case 1:
          text.erase(at, random.below(6) + 1);
          break;
        case 2:
          text.insert(at, text.substr(random.below(text.size()), random.below(12)));
          break;
        default:
          text.insert(at, 1, kBytes[random.below(kBytes.size())]);
      }
      if (text.empty()) text = "{";
    }
    for (const FilterScope scope : {FilterScope::kMessageAttributes, FilterScope::kMessageBody}) {
      const auto policy = FilterPolicy::parse(text, scope);
      ++cases;
      if (!policy) {
        ASSERT_TRUE(policy.error().detail.starts_with("Filter")) << policy.error().detail;
        continue;
      }
      ++accepted;
      (*policy)->matches(FilterFields::of_attributes({{"a", "String", "x"}, {"b", "String.Array", text}}));
      if (const auto fields = FilterFields::of_body(text)) (*policy)->matches(*fields);
    }
  }
  std::printf("filter policies: %llu mangled documents, %llu accepted\n",
              static_cast<unsigned long long>(cases), static_cast<unsigned long long>(accepted));
  EXPECT_GT(accepted, cases / 100);
  EXPECT_LT(accepted, cases);
}

// ---- access policies

TEST(HostileAccessPolicy, PatternsOfStarsAreMatchedInBoundedSteps) {
  const std::string pattern = repeated("*a", 3'000);
  const auto policy = AccessPolicy::parse(
      R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"arn:aws:sqs:*:*:)" +
          pattern + R"(b"}})",
      PolicyHolder::kQueue);
  ASSERT_TRUE(policy);
  const AccessRequest asked{AccessCaller::anonymous(),
                            "sqs:SendMessage",
                            "arn:aws:sqs:us-east-1:111111111111:" + std::string(20'000, 'a'),
                            {}};
  EXPECT_EQ((*policy)->judge(asked), AccessPolicy::Verdict::kSilent);
}

TEST(HostileAccessPolicy, DepthAndSizeAreRefused) {
  for (const char* open : {"[", R"({"Statement":)", R"({"Statement":[)"}) {
    for (const std::size_t times : {std::size_t{300}, std::size_t{30'000}}) {
      EXPECT_FALSE(AccessPolicy::parse(repeated(open, times), PolicyHolder::kTopic));
      EXPECT_FALSE(add_topic_permission(repeated(open, times), "arn:aws:sns:r:1:t",
                                        {"l", {"111111111111"}, {"Publish"}}));
    }
  }
}

TEST(HostileAccessPolicy, AnyBytesAreAnswered) {
  static const std::vector<std::string> kSeeds{
      R"({"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["111111111111","*"]},)"
      R"("Action":["sqs:Send*","sqs:*"],"Resource":"arn:aws:sqs:*:*:${aws:username}-*","Condition":)"
      R"({"StringLike":{"k":"${k, 'x'}*"},"IpAddress":{"ip":"10.0.0.0/8"},"DateLessThan":{"t":"2026-11-25T00:00:00Z"}}}]})",
      R"({"Statement":{"Effect":"Deny","NotPrincipal":{"Service":"sns.amazonaws.com"},"NotAction":"sqs:*",)"
      R"("NotResource":["*"],"Condition":{"ForAllValues:NumericLessThan":{"k":[1,"2e1"]},"Null":{"j":true}}}})"};
  SeededRandom random(22);
  AccessRequest asked{*AccessCaller::of_arn("arn:aws:iam::111111111111:user/a"),
                      "sqs:SendMessage",
                      "arn:aws:sqs:us-east-1:111111111111:a-1",
                      {}};
  asked.context.set("aws:username", "a");
  asked.context.set_values("k", {"1", "\xff"});
  asked.context.set("t", "2026-11-24");
  std::uint64_t accepted = 0;
  constexpr std::uint64_t kCases = 40'000;
  for (std::uint64_t round = 0; round < kCases; ++round) {
    std::string text = kSeeds[random.below(kSeeds.size())];
    for (auto left = random.below(3) + 1; left > 0; --left) {
      const std::size_t at = random.below(text.size());
      static constexpr std::string_view kBytes = "{}[]\",:*?$0-e/ \x01\xff";
      if (random.below(2) == 0) {
        text[at] = kBytes[random.below(kBytes.size())];
      } else {
        text.insert(at, text.substr(random.below(text.size()), random.below(9)));
      }
    }
    const auto policy = AccessPolicy::parse(text, PolicyHolder::kQueue);
    const EditedPolicy edited = add_queue_permission(text, "arn:aws:sqs:us-east-1:111111111111:a-1",
                                                     {"label", {"222222222222"}, {"SendMessage"}});
    if (!policy) {
      ASSERT_FALSE(policy.error().reason.empty());
      ASSERT_FALSE(edited.has_value()) << text;
      continue;
    }
    ++accepted;
    (*policy)->judge(asked);
    // A grant to others changes nothing for this caller.
    ASSERT_TRUE(edited.has_value()) << text << edited.error().text;
    const auto after = AccessPolicy::parse(*edited, PolicyHolder::kQueue);
    ASSERT_TRUE(after) << *edited;
    ASSERT_EQ((*after)->judge(asked), (*policy)->judge(asked)) << text;
  }
  std::printf("access policies: %llu mangled documents, %llu accepted\n",
              static_cast<unsigned long long>(kCases), static_cast<unsigned long long>(accepted));
  EXPECT_GT(accepted, kCases / 50);
  EXPECT_LT(accepted, kCases);
}

}  // namespace
}  // namespace penstock
