// What access policies mean, how they are refused, and how the sides of an access are weighed (IAM user
// guide, "Policy evaluation logic").
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/permission_edit.h"

namespace penstock {
namespace {

using Verdict = AccessPolicy::Verdict;

const std::string kQueue = "arn:aws:sqs:us-east-1:111111111111:orders";
const std::string kTopic = "arn:aws:sns:us-east-1:111111111111:news";
const std::string kAlice = "arn:aws:iam::111111111111:user/alice";
const std::string kBob = "arn:aws:iam::222222222222:user/bob";

AccessCaller caller(const std::string& arn) {
  return AccessCaller::of_arn(arn).value_or(AccessCaller::anonymous());
}

AccessPolicyPtr policy(std::string_view text, PolicyHolder holder = PolicyHolder::kQueue) {
  auto parsed = AccessPolicy::parse(text, holder);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().reason);
  return parsed ? *parsed : nullptr;
}

// A document with these statements, given as the members of objects.
std::string document(const std::vector<std::string>& statements, const char* version = "2012-10-17") {
  std::string text = "{\"Version\":\"" + std::string(version) + "\",\"Statement\":[";
  for (const std::string& statement : statements) {
    if (text.back() != '[') text += ",";
    text += "{" + statement + "}";
  }
  return text + "]}";
}

AccessRequest request(AccessCaller who, std::string action = "sqs:SendMessage",
                      std::string resource = kQueue) {
  return {std::move(who), std::move(action), std::move(resource), {}};
}

Verdict judge(const std::string& statement, const AccessRequest& asked,
              PolicyHolder holder = PolicyHolder::kQueue) {
  const AccessPolicyPtr compiled = policy(document({statement}), holder);
  return compiled ? compiled->judge(asked) : Verdict::kSilent;
}

// ---- principals

constexpr const char* kSend = R"("Action":"sqs:SendMessage","Resource":"*")";

std::string allow_to(const std::string& principal) {
  return R"("Effect":"Allow","Principal":)" + principal + "," + kSend;
}

TEST(AccessPolicy, AStarIsEverybodyAnonymousCallersAndServicesIncluded) {
  for (const char* everybody : {R"("*")", R"({"AWS":"*"})", R"({"AWS":["*"]})"}) {
    for (const AccessCaller& who :
         {AccessCaller::anonymous(), AccessCaller::service("sns.amazonaws.com"), caller(kAlice)}) {
      EXPECT_EQ(judge(allow_to(everybody), request(who)), Verdict::kAllows) << everybody << who.name();
    }
  }
}

TEST(AccessPolicy, AnAccountMeansTheAccountAndLeavesItsIdentitiesToIt) {
  for (const char* account : {R"({"AWS":"222222222222"})", R"({"AWS":"arn:aws:iam::222222222222:root"})"}) {
    EXPECT_EQ(judge(allow_to(account), request(caller(kBob))), Verdict::kAllowsAccount);
    EXPECT_EQ(judge(allow_to(account), request(caller("arn:aws:iam::222222222222:root"))), Verdict::kAllows);
    EXPECT_EQ(judge(allow_to(account), request(caller(kAlice))), Verdict::kSilent);
    EXPECT_EQ(judge(allow_to(account), request(AccessCaller::anonymous())), Verdict::kSilent);
  }
}

TEST(AccessPolicy, AnIdentityIsNamedByItsArnAndASessionAlsoByItsRole) {
  const AccessCaller session = caller("arn:aws:sts::222222222222:assumed-role/worker/one");
  const auto by = [](const std::string& arn) {
    return allow_to(R"({"AWS":[")" + kAlice + R"(",")" + arn + R"("]})");
  };
  EXPECT_EQ(judge(by(kBob), request(caller(kBob))), Verdict::kAllows);
  EXPECT_EQ(judge(by(kBob), request(caller("arn:aws:iam::222222222222:user/Bob"))), Verdict::kSilent);
  EXPECT_EQ(judge(by("arn:aws:iam::222222222222:role/worker"), request(session)), Verdict::kAllows);
  EXPECT_EQ(judge(by("arn:aws:sts::222222222222:assumed-role/worker/one"), request(session)),
            Verdict::kAllows);
  EXPECT_EQ(judge(by("arn:aws:sts::222222222222:assumed-role/worker/two"), request(session)),
            Verdict::kSilent);
  EXPECT_EQ(judge(by("arn:aws:iam::222222222222:role/other"), request(session)), Verdict::kSilent);
}

TEST(AccessPolicy, AServiceIsNamedByItsName) {
  const std::string statement = allow_to(R"({"Service":"sns.amazonaws.com"})");
  EXPECT_EQ(judge(statement, request(AccessCaller::service("sns.amazonaws.com"))), Verdict::kAllows);
  EXPECT_EQ(judge(statement, request(AccessCaller::service("s3.amazonaws.com"))), Verdict::kSilent);
  EXPECT_EQ(judge(statement, request(caller(kAlice))), Verdict::kSilent);
}

TEST(AccessPolicy, NotPrincipalErrsToTheSideOfRefusing) {
  const auto with = [](const char* effect, const char* named) {
    return R"("Effect":")" + std::string(effect) + R"(","NotPrincipal":{"AWS":)" + named + "}," + kSend;
  };
  const char* bob = R"("arn:aws:iam::222222222222:user/bob")";
  EXPECT_EQ(judge(with("Deny", bob), request(caller(kBob))), Verdict::kSilent);
  EXPECT_EQ(judge(with("Deny", bob), request(caller(kAlice))), Verdict::kDenies);
  EXPECT_EQ(judge(with("Deny", bob), request(AccessCaller::anonymous())), Verdict::kDenies);
  EXPECT_EQ(judge(with("Deny", R"("222222222222")"), request(caller(kBob))), Verdict::kDenies);
  EXPECT_EQ(judge(with("Deny", R"("222222222222")"), request(caller("arn:aws:iam::222222222222:root"))),
            Verdict::kSilent);
  EXPECT_EQ(judge(with("Allow", R"("222222222222")"), request(caller(kBob))), Verdict::kSilent);
  EXPECT_EQ(judge(with("Allow", R"("222222222222")"), request(caller(kAlice))), Verdict::kAllows);
}

// ---- actions and resources

std::string allow(const std::string& rest) { return R"("Effect":"Allow","Principal":"*",)" + rest; }

TEST(AccessPolicy, ActionsHaveWildcardsAndNoCase) {
  const auto allows = [](const char* action, const char* asked) {
    return judge(allow(R"("Action":")" + std::string(action) + R"(","Resource":"*")"),
                 request(AccessCaller::anonymous(), asked)) == Verdict::kAllows;
  };
  EXPECT_TRUE(allows("SQS:sendMESSAGE", "sqs:SendMessage"));
  EXPECT_TRUE(allows("sqs:*", "sqs:SendMessage"));
  EXPECT_TRUE(allows("*", "sqs:SendMessage"));
  EXPECT_TRUE(allows("sqs:S?nd*", "sqs:SendMessage"));
  EXPECT_FALSE(allows("sqs:Send", "sqs:SendMessage"));
  EXPECT_FALSE(allows("sqs:ReceiveMessage", "sqs:SendMessage"));
}

TEST(AccessPolicy, WhoMaySendMaySendBatches) {
  EXPECT_EQ(policy_action("sqs", "SendMessageBatch"), "sqs:SendMessage");
  EXPECT_EQ(policy_action("sqs", "DeleteMessageBatch"), "sqs:DeleteMessage");
  EXPECT_EQ(policy_action("sns", "PublishBatch"), "sns:Publish");
  EXPECT_EQ(policy_action("sqs", "SendMessage"), "sqs:SendMessage");
}

TEST(AccessPolicy, NotActionIsAllButThose) {
  const std::string statement = allow(R"("NotAction":["sqs:DeleteQueue","sqs:Purge*"],"Resource":"*")");
  EXPECT_EQ(judge(statement, request(AccessCaller::anonymous(), "sqs:SendMessage")), Verdict::kAllows);
  EXPECT_EQ(judge(statement, request(AccessCaller::anonymous(), "sqs:PurgeQueue")), Verdict::kSilent);
}

TEST(AccessPolicy, ResourcesHaveWildcardsWithinTheirPartsAndCaseCounts) {
  const auto allows = [](const std::string& pattern, const std::string& arn) {
    return judge(allow(R"("Action":"*","Resource":")" + pattern + "\""),
                 request(AccessCaller::anonymous(), "sqs:SendMessage", arn)) == Verdict::kAllows;
  };
  EXPECT_TRUE(allows(kQueue, kQueue));
  EXPECT_FALSE(allows("arn:aws:sqs:us-east-1:111111111111:Orders", kQueue));
  EXPECT_TRUE(allows("arn:aws:sqs:*:111111111111:ord*", kQueue));
  EXPECT_TRUE(allows("arn:aws:sqs:us-e?st-?:*:*", kQueue));
  // A star does not reach across a colon ...
  EXPECT_FALSE(
      allows("arn:aws:sqs:*:222222222222:orders", "arn:aws:sqs:us-east-1:111111111111:222222222222:orders"));
  // ... and at the end of a pattern that has not all the parts it stands for the others.
  EXPECT_TRUE(allows("arn:aws:sqs:*", kQueue));
  EXPECT_TRUE(allows("arn:*", kQueue));
  EXPECT_FALSE(allows("arn:aws:sns:*", kQueue));
  EXPECT_TRUE(allows("*", "*"));
  EXPECT_TRUE(allows("*", kQueue));
}

TEST(AccessPolicy, NotResourceIsAllButThose) {
  const std::string statement = allow(R"("Action":"*","NotResource":"arn:aws:sqs:*:*:secret*")");
  EXPECT_EQ(judge(statement, request(AccessCaller::anonymous())), Verdict::kAllows);
  EXPECT_EQ(judge(statement, request(AccessCaller::anonymous(), "sqs:SendMessage",
                                     "arn:aws:sqs:us-east-1:111111111111:secrets")),
            Verdict::kSilent);
}

// ---- conditions

using Values = std::vector<std::pair<std::string, std::vector<std::string>>>;

bool holds(const std::string& condition, const Values& values, const char* version = "2012-10-17") {
  AccessRequest asked = request(AccessCaller::anonymous());
  for (const auto& [key, texts] : values) asked.context.set_values(key, texts);
  const AccessPolicyPtr compiled =
      policy(document({allow(R"("Action":"*","Resource":"*","Condition":)" + condition)}, version));
  return compiled && compiled->judge(asked) == Verdict::kAllows;
}

TEST(AccessPolicy, ConditionOperatorsCompare) {
  struct Row {
    const char* condition;
    const char* value;
    bool holds;
  };
  const std::vector<Row> rows{
      {R"({"StringEquals":{"k":"a"}})", "a", true},
      {R"({"StringEquals":{"k":"a"}})", "A", false},
      {R"({"StringEquals":{"k":["b","a"]}})", "a", true},
      {R"({"StringEquals":{"k":"a*"}})", "ab", false},
      {R"({"StringNotEquals":{"k":["a","b"]}})", "b", false},
      {R"({"StringNotEquals":{"k":["a","b"]}})", "c", true},
      {R"({"StringEqualsIgnoreCase":{"k":"ab"}})", "AB", true},
      {R"({"StringEqualsIgnoreCase":{"k":"ab"}})", "abc", false},
      {R"({"StringNotEqualsIgnoreCase":{"k":"ab"}})", "AB", false},
      {R"({"StringNotEqualsIgnoreCase":{"k":"ab"}})", "abc", true},
      {R"({"StringLike":{"k":"a*c?"}})", "abbcd", true},
      {R"({"StringLike":{"k":"a*c?"}})", "abbc", false},
      {R"({"StringNotLike":{"k":"a*"}})", "ba", true},
      {R"({"StringNotLike":{"k":"a*"}})", "ab", false},
      {R"({"NumericEquals":{"k":10}})", "10.0", true},
      {R"({"NumericEquals":{"k":"10"}})", "ten", false},
      {R"({"NumericNotEquals":{"k":10}})", "10", false},
      {R"({"NumericNotEquals":{"k":10}})", "11", true},
      {R"({"NumericLessThan":{"k":10}})", "9.9", true},
      {R"({"NumericLessThan":{"k":10}})", "10", false},
      {R"({"NumericLessThanEquals":{"k":10}})", "10", true},
      {R"({"NumericLessThanEquals":{"k":10}})", "10.1", false},
      {R"({"NumericGreaterThan":{"k":10}})", "10", false},
      {R"({"NumericGreaterThan":{"k":10}})", "10.1", true},
      {R"({"NumericGreaterThanEquals":{"k":10}})", "10", true},
      {R"({"NumericGreaterThanEquals":{"k":10}})", "9.9", false},
      {R"({"DateLessThan":{"k":"2026-11-25T00:00:00Z"}})", "2026-11-24T23:59:59Z", true},
      {R"({"DateLessThan":{"k":"2026-11-25T00:00:00Z"}})", "2026-11-25T00:00:00Z", false},
      {R"({"DateLessThanEquals":{"k":"2026-11-25"}})", "2026-11-25T00:00:00Z", true},
      {R"({"DateLessThanEquals":{"k":"2026-11-25"}})", "2026-11-25T00:00:01Z", false},
      {R"({"DateGreaterThan":{"k":"2026-11-25T00:00:00Z"}})", "2026-11-24T23:59:59Z", false},
      {R"({"DateGreaterThan":{"k":"2026-11-25T00:00:00Z"}})", "2026-11-25T00:00:01Z", true},
      {R"({"DateGreaterThanEquals":{"k":"1795576347"}})", "2026-11-25T03:12:27Z", true},
      {R"({"DateGreaterThanEquals":{"k":"1795576347"}})", "2026-11-25T03:12:26Z", false},
      {R"({"DateEquals":{"k":"2026-11-25T03:12:27Z"}})", "1795576347", true},
      {R"({"DateEquals":{"k":"2026-11-25T03:12:27Z"}})", "1795576348", false},
      {R"({"DateNotEquals":{"k":"2026-11-25T03:12:27Z"}})", "2026-11-25T03:12:28Z", true},
      {R"({"DateNotEquals":{"k":"2026-11-25T03:12:27Z"}})", "2026-11-25T03:12:27Z", false},
      {R"({"Bool":{"k":"true"}})", "TRUE", true},
      {R"({"Bool":{"k":false}})", "false", true},
      {R"({"Bool":{"k":true}})", "false", false},
      {R"({"BinaryEquals":{"k":"aGk="}})", "aGk=", true},
      {R"({"BinaryEquals":{"k":"aGk="}})", "aGo=", false},
      {R"({"IpAddress":{"k":["10.0.0.0/8","::1"]}})", "10.3.2.1", true},
      {R"({"IpAddress":{"k":["10.0.0.0/8","::1"]}})", "0:0:0:0:0:0:0:1", true},
      {R"({"IpAddress":{"k":"10.0.0.0/8"}})", "11.0.0.1", false},
      {R"({"IpAddress":{"k":"0.0.0.0/0"}})", "nowhere", false},
      {R"({"NotIpAddress":{"k":"10.0.0.0/8"}})", "11.0.0.1", true},
      {R"({"NotIpAddress":{"k":"10.0.0.0/8"}})", "10.0.0.1", false},
      {R"({"ArnEquals":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:111111111111:news", true},
      {R"({"ArnEquals":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sqs:us-east-1:111111111111:news", false},
      {R"({"ArnLike":{"k":"arn:aws:sns:*:*:n?ws"}})", "arn:aws:sns:us-east-1:111111111111:news", true},
      {R"({"ArnLike":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:x:y:news", false},
      {R"({"ArnNotEquals":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:111111111111:news", false},
      {R"({"ArnNotEquals":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:111111111111:olds", true},
      {R"({"ArnNotLike":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:111111111111:olds", true},
      {R"({"ArnNotLike":{"k":"arn:aws:sns:*:*:news"}})", "arn:aws:sns:us-east-1:111111111111:news", false},
      {R"({"Null":{"k":false}})", "x", true},
      {R"({"Null":{"k":true}})", "x", false},
  };
  std::map<std::string, std::set<bool>> seen;
  for (const Row& row : rows) {
    EXPECT_EQ(holds(row.condition, {{"K", {row.value}}}), row.holds) << row.condition << row.value;
    const std::string text = row.condition;
    const std::string name = text.substr(2, text.find('"', 2) - 2);
    seen[name].insert(row.holds);
    if (name == "Null") continue;  // it has neither of these
    // With IfExists it says the same of a key that is there, and holds of one that is not; of one value, so do both
    // operators on sets.
    const std::string rest = text.substr(2 + name.size());
    const std::string if_exists = "{\"" + name + "IfExists" + rest;
    EXPECT_EQ(holds(if_exists, {{"k", {row.value}}}), row.holds) << if_exists << row.value;
    EXPECT_TRUE(holds(if_exists, {})) << if_exists;
    for (const std::string set : {"ForAllValues:", "ForAnyValue:"}) {
      const std::string of_set = "{\"" + set + name + rest;
      EXPECT_EQ(holds(of_set, {{"k", {row.value}}}), row.holds) << of_set << row.value;
      EXPECT_EQ(holds(of_set, {}), set == "ForAllValues:") << of_set;
    }
    const bool negated = name.find("Not") != std::string::npos;
    EXPECT_EQ(holds(row.condition, {}), negated) << row.condition;
  }
  EXPECT_EQ(seen.size(), 27U) << "every operator of the IAM user guide";
  for (const auto& [name, verdicts] : seen) EXPECT_EQ(verdicts.size(), 2U) << name << " holds, and does not";
}

TEST(AccessPolicy, AllConditionsMustHoldAndAnyOfTheirValues) {
  const char* both = R"({"StringEquals":{"a":["1","2"],"b":"3"},"Bool":{"c":"true"}})";
  EXPECT_TRUE(holds(both, {{"a", {"2"}}, {"b", {"3"}}, {"c", {"true"}}}));
  EXPECT_FALSE(holds(both, {{"a", {"2"}}, {"b", {"4"}}, {"c", {"true"}}}));
  EXPECT_FALSE(holds(both, {{"a", {"2"}}, {"b", {"3"}}, {"c", {"false"}}}));
  EXPECT_FALSE(holds(both, {{"a", {"2"}}, {"b", {"3"}}}));
}

TEST(AccessPolicy, AMissingKeyFailsUnlessTheOperatorIsNegatedOrIfExists) {
  EXPECT_FALSE(holds(R"({"StringEquals":{"k":"a"}})", {}));
  EXPECT_TRUE(holds(R"({"StringNotEquals":{"k":"a"}})", {}));
  EXPECT_TRUE(holds(R"({"StringEqualsIfExists":{"k":"a"}})", {}));
  EXPECT_FALSE(holds(R"({"StringEqualsIfExists":{"k":"a"}})", {{"k", {"b"}}}));
  EXPECT_TRUE(holds(R"({"ArnLikeIfExists":{"k":"*"}})", {}));
  EXPECT_TRUE(holds(R"({"Null":{"k":"true"}})", {}));
  EXPECT_FALSE(holds(R"({"Null":{"k":"false"}})", {}));
  EXPECT_TRUE(holds(R"({"Null":{"k":false}})", {{"k", {"x"}}}));
  EXPECT_FALSE(holds(R"({"Null":{"k":true}})", {{"k", {"x"}}}));
  EXPECT_TRUE(holds(R"({"Null":{"k":true}})", {{"k", {}}}));
}

TEST(AccessPolicy, SetOperatorsLookAtEachValueOfTheContext) {
  const Values one_two{{"k", {"1", "2"}}};
  EXPECT_TRUE(holds(R"({"ForAllValues:StringEquals":{"k":["1","2","3"]}})", one_two));
  EXPECT_FALSE(holds(R"({"ForAllValues:StringEquals":{"k":["1","3"]}})", one_two));
  EXPECT_TRUE(holds(R"({"ForAllValues:StringEquals":{"k":"1"}})", {}));
  EXPECT_TRUE(holds(R"({"ForAnyValue:StringEquals":{"k":["1","3"]}})", one_two));
  EXPECT_FALSE(holds(R"({"ForAnyValue:StringEquals":{"k":"3"}})", one_two));
  EXPECT_FALSE(holds(R"({"ForAnyValue:StringEquals":{"k":"1"}})", {}));
  EXPECT_FALSE(holds(R"({"ForAnyValue:StringEqualsIfExists":{"k":"1"}})", {}));
  EXPECT_TRUE(holds(R"({"ForAnyValue:StringNotEquals":{"k":"1"}})", one_two));
  EXPECT_FALSE(holds(R"({"ForAnyValue:StringNotEquals":{"k":"1"}})", {}));
  EXPECT_FALSE(holds(R"({"ForAllValues:StringNotEquals":{"k":"1"}})", one_two));
  EXPECT_TRUE(holds(R"({"ForAllValues:StringNotLike":{"k":"3*"}})", one_two));
  // Without one, any value may match, and none may where the operator is negated.
  EXPECT_TRUE(holds(R"({"StringEquals":{"k":"2"}})", one_two));
  EXPECT_FALSE(holds(R"({"StringNotEquals":{"k":"2"}})", one_two));
}

TEST(AccessPolicy, VariablesStandForTheContextSinceVersion2012) {
  const Values alice{{"aws:username", {"ali*"}}, {"who", {"ali*"}}};
  EXPECT_TRUE(holds(R"({"StringEquals":{"who":"${AWS:UserName}"}})", alice));
  EXPECT_FALSE(holds(R"({"StringEquals":{"who":"${aws:username}"}})", alice, "2008-10-17"));
  EXPECT_TRUE(
      holds(R"({"StringEquals":{"who":"${aws:username}"}})", {{"who", {"${aws:username}"}}}, "2008-10-17"));
  // What it stands for is no wildcard.
  EXPECT_FALSE(
      holds(R"({"StringLike":{"who":"${aws:username}"}})", {{"aws:username", {"ali*"}}, {"who", {"alice"}}}));
  EXPECT_TRUE(holds(R"({"StringLike":{"who":"${*}a*${$}"}})", {{"who", {"*abc$"}}}));
  EXPECT_TRUE(holds(R"({"StringEquals":{"who":"${team, 'none'}"}})", {{"who", {"none"}}}));
  EXPECT_TRUE(holds(R"({"StringEquals":{"who":"${team, 'none'}-x"}})", {{"who", {"a-x"}}, {"team", {"a"}}}));
  EXPECT_TRUE(holds(R"({"ArnLike":{"who":"arn:aws:sqs:*:*:${aws:username}-*"}})",
                    {{"aws:username", {"bob"}}, {"who", {"arn:aws:sqs:us-east-1:1:bob-1"}}}));
}

TEST(AccessPolicy, AVariableWithoutAValueKeepsItsConditionFromHolding) {
  EXPECT_FALSE(holds(R"({"StringEquals":{"who":"${team}"}})", {{"who", {"a"}}}));
  EXPECT_FALSE(holds(R"({"StringNotEquals":{"who":"${team}"}})", {{"who", {"a"}}}));
  EXPECT_FALSE(holds(R"({"StringEquals":{"who":"${team}"}})", {{"who", {"a"}}, {"team", {"a", "b"}}}));
  AccessRequest asked = request(AccessCaller::anonymous());
  EXPECT_EQ(judge(allow(R"("Action":"*","NotResource":"arn:aws:sqs:*:*:${team}")"), asked), Verdict::kSilent);
  asked.context.set("team", "red");
  EXPECT_EQ(judge(allow(R"("Action":"*","NotResource":"arn:aws:sqs:*:*:${team}")"), asked), Verdict::kAllows);
}

// ---- refusals

std::string reason(std::string_view text, PolicyHolder holder = PolicyHolder::kQueue) {
  const auto parsed = AccessPolicy::parse(text, holder);
  return parsed ? "none" : parsed.error().reason;
}

TEST(AccessPolicy, IsRefusedIfItCanNotBeUnderstood) {
  const std::string rest = R"("Action":"sqs:*","Resource":"*")";
  const std::vector<std::string> refused{
      "",
      "[]",
      "{}",
      R"({"Statement":1})",
      R"({"Statement":[1]})",
      R"({"Version":"2012-10-18","Statement":[]})",
      R"({"Version":2012,"Statement":[]})",
      R"({"Id":1,"Statement":[]})",
      R"({"Statement":[],"Statment":[]})",
      R"({"Statement":[],"Statement":[]})",
      document({R"("Principal":"*",)" + rest}),
      document({R"("Effect":"allow","Principal":"*",)" + rest}),
      document({R"("Effect":"Allow",)" + rest}),
      document({R"("Effect":"Allow","Principal":"*","NotPrincipal":"*",)" + rest}),
      document({R"("Effect":"Allow","Principal":"bob",)" + rest}),
      document({R"("Effect":"Allow","Principal":{},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"AWS":[]},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"AWS":"12345"},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/*"},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:user/bob"},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"Service":"*"},)" + rest}),
      document({R"("Effect":"Allow","Principal":{"CanonicalUser":"a"},)" + rest}),
      document({allow(R"("Resource":"*")")}),
      document({allow(R"("Action":"sqs:*")")}),
      document({allow(R"("Action":[],"Resource":"*")")}),
      document({allow(R"("Action":["sqs:*",1],"Resource":"*")")}),
      document({allow(R"("Action":"SendMessage","Resource":"*")")}),
      document({allow(R"("Action":"sqs:Send Message","Resource":"*")")}),
      document({allow(R"("Action":"sqs:*","NotAction":"sqs:*","Resource":"*")")}),
      document({allow(R"("Action":"sqs:*","Resource":"","Sid":"a")")}),
      document({allow(R"("Action":"sqs:*","Resource":"orders")")}),
      document({allow(R"("Action":"sqs:*","Resource":"arn:aws:sqs:*:orders")")}),
      document({allow(R"("Action":"sqs:*","Resource":"*","NotResource":"*")")}),
      document({allow(rest + R"(,"Sid":1)")}),
      document({allow(rest + R"(,"Sid":"a")"), allow(rest + R"(,"Sid":"a")")}),
      document({allow(rest + R"(,"Condition":[])")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":"a"})")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":{"k":[]}})")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":{"k":{}}})")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":{"k":null}})")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":{"":"a"}})")}),
      document({allow(rest + R"(,"Condition":{"StringEqual":{"k":"a"}})")}),
      document({allow(rest + R"(,"Condition":{"NullIfExists":{"k":"true"}})")}),
      document({allow(rest + R"(,"Condition":{"ForSomeValues:StringEquals":{"k":"a"}})")}),
      document({allow(rest + R"(,"Condition":{"NumericEquals":{"k":"a"}})")}),
      document({allow(rest + R"(,"Condition":{"DateEquals":{"k":"a"}})")}),
      document({allow(rest + R"(,"Condition":{"ArnLike":{"k":"news"}})")}),
      document({allow(rest + R"(,"Condition":{"Bool":{"k":"yes"}})")}),
      document({allow(rest + R"(,"Condition":{"IpAddress":{"k":"10.0.0.0/33"}})")}),
      document({allow(rest + R"(,"Condition":{"BinaryEquals":{"k":"?"}})")}),
      document({allow(rest + R"(,"Condition":{"StringEquals":{"k":"a","K":"b"}})")}),
      document({allow(rest + R"(,"Conditon":{"Bool":{"k":"true"}})")}),
  };
  for (const std::string& text : refused) EXPECT_NE(reason(text), "none") << text;
}

TEST(AccessPolicy, OneStatementNeedsNoListAndVersionAndIdMayBeMissing) {
  EXPECT_EQ(reason("{\"Statement\":{" + allow(R"("Action":"sqs:*","Resource":"*")") + "}}"), "none");
  EXPECT_EQ(policy(R"({"Statement":[]})")->statements(), 0u);
}

TEST(AccessPolicy, ThePolicyOfAnIdentityNamesNoPrincipal) {
  const std::string statement = R"("Effect":"Allow","Action":"sqs:*","Resource":"*")";
  EXPECT_EQ(reason(document({statement}), PolicyHolder::kIdentity), "none");
  EXPECT_NE(reason(document({R"("Principal":"*",)" + statement}), PolicyHolder::kIdentity), "none");
  EXPECT_EQ(judge(statement, request(caller(kAlice)), PolicyHolder::kIdentity), Verdict::kAllows);
}

TEST(AccessPolicy, AnActionOfAnotherServiceIsOutOfScope) {
  const auto kind = [](const std::string& actions, PolicyHolder holder) {
    const auto parsed =
        AccessPolicy::parse(document({allow("\"Action\":" + actions + R"(,"Resource":"*")")}), holder);
    return parsed ? std::string("none") : parsed.error().reason;
  };
  const char* out_of_scope = "Policy statement action out of service scope!";
  EXPECT_EQ(kind(R"("sqs:*")", PolicyHolder::kQueue), "none");
  EXPECT_EQ(kind(R"("sns:Publish")", PolicyHolder::kQueue), out_of_scope);
  EXPECT_EQ(kind(R"(["sns:publish","SNS:Subscribe"])", PolicyHolder::kTopic), "none");
  EXPECT_EQ(kind(R"("SNS:*")", PolicyHolder::kTopic), out_of_scope);
  EXPECT_EQ(kind(R"("sns:CreateTopic")", PolicyHolder::kTopic), out_of_scope);
  EXPECT_EQ(kind(R"(["sns:Publish","sqs:SendMessage"])", PolicyHolder::kTopic), out_of_scope);
}

TEST(AccessPolicy, OfATopicHasOneResourceInEachStatement) {
  const auto with = [](const char* resource) {
    return reason(document({allow(R"("Action":"sns:Publish","Resource":)" + std::string(resource))}),
                  PolicyHolder::kTopic);
  };
  EXPECT_EQ(with(R"("*")"), "none");
  EXPECT_NE(with(R"(["a","b"])"), "none");
}

TEST(AccessPolicy, KeepsWithinItsBounds) {
  const auto repeated = [](const std::string& item, std::size_t count) {
    std::string text = "[";
    for (std::size_t at = 0; at < count; ++at) text += (at > 0 ? "," : "") + item;
    return text + "]";
  };
  const std::string statement = allow(R"("Action":"sqs:*","Resource":"*")");
  EXPECT_EQ(reason(document(std::vector(20, statement))), "none");
  EXPECT_EQ(reason(document(std::vector(21, statement))), "21 Statements were found, maximum allowed is 20.");
  const auto principals = [&](std::size_t count) {
    return reason(document({R"("Effect":"Allow","Action":"sqs:*","Resource":"*","Principal":{"AWS":)" +
                            repeated("\"111111111111\"", count) + "}"}));
  };
  EXPECT_EQ(principals(50), "none");
  EXPECT_EQ(principals(51), "51 Principals were found, maximum allowed is 50.");
  const auto actions = [&](std::size_t count) {
    return reason(document({allow(R"("Resource":"*","Action":)" + repeated("\"sqs:SendMessage\"", count))}));
  };
  EXPECT_EQ(actions(7), "none");
  EXPECT_EQ(actions(8), "8 Actions were found, maximum allowed is 7.");
  const auto conditions = [](std::size_t count) {
    std::string keys;
    for (std::size_t at = 0; at < count; ++at) {
      keys += (at > 0 ? ",\"k" : "\"k") + std::to_string(at) + "\":\"v\"";
    }
    return reason(
        document({allow(R"("Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{)" + keys + "}}")}));
  };
  EXPECT_EQ(conditions(10), "none");
  EXPECT_EQ(conditions(11), "11 Conditions were found, maximum allowed is 10.");
  const std::string text = document({statement});
  EXPECT_EQ(reason(text + std::string(8'192 - text.size(), ' ')), "none");
  EXPECT_EQ(reason(text + std::string(8'193 - text.size(), ' ')),
            "8193 Bytes were found, maximum allowed is 8192.");
}

// ---- decisions

AccessPolicyPtr identity(const std::string& effect, const std::string& action = "*") {
  return policy(document({R"("Effect":")" + effect + R"(","Action":")" + action + R"(","Resource":"*")"}),
                PolicyHolder::kIdentity);
}
AccessPolicyPtr resource(const std::string& effect, const std::string& principal) {
  return policy(document(
      {R"("Effect":")" + effect + R"(","Principal":)" + principal + R"(,"Action":"sqs:*","Resource":"*")"}));
}
AccessGround decide(const AccessRequest& asked, const std::vector<AccessPolicyPtr>& identities,
                    const AccessPolicyPtr& of_resource = nullptr) {
  return decide_access(asked, identities, of_resource.get());
}

TEST(AccessDecision, NothingIsAllowedByDefaultExceptToTheOwner) {
  EXPECT_EQ(decide(request(caller(kAlice)), {}), AccessGround::kNoIdentityAllows);
  EXPECT_EQ(decide(request(caller(kBob)), {}), AccessGround::kNoResourceAllows);
  EXPECT_EQ(decide(request(AccessCaller::anonymous()), {}), AccessGround::kNoResourceAllows);
  EXPECT_EQ(decide(request(caller("arn:aws:iam::111111111111:root")), {}), AccessGround::kOwner);
  EXPECT_EQ(decide(request(caller("arn:aws:iam::222222222222:root")), {}), AccessGround::kNoResourceAllows);
}

TEST(AccessDecision, InItsOwnAccountEitherSideIsEnough) {
  const AccessRequest asked = request(caller(kAlice));
  EXPECT_EQ(decide(asked, {identity("Allow")}), AccessGround::kIdentityAllows);
  EXPECT_EQ(decide(asked, {identity("Allow", "sqs:Receive*"), identity("Allow", "sqs:Send*")}),
            AccessGround::kIdentityAllows);
  EXPECT_EQ(decide(asked, {}, resource("Allow", R"("*")")), AccessGround::kResourceAllows);
  EXPECT_EQ(decide(asked, {}, resource("Allow", "{\"AWS\":\"" + kAlice + "\"}")),
            AccessGround::kResourceAllows);
  // What is granted to the account is no grant to its identities.
  EXPECT_EQ(decide(asked, {}, resource("Allow", R"({"AWS":"111111111111"})")),
            AccessGround::kNoIdentityAllows);
}

TEST(AccessDecision, AcrossAccountsBothSidesMustAllow) {
  const AccessRequest asked = request(caller(kBob));
  const AccessPolicyPtr granted = resource("Allow", R"({"AWS":"222222222222"})");
  EXPECT_EQ(decide(asked, {identity("Allow")}, granted), AccessGround::kBothAllow);
  EXPECT_EQ(decide(asked, {identity("Allow")}), AccessGround::kNoResourceAllows);
  EXPECT_EQ(decide(asked, {}, granted), AccessGround::kNoIdentityAllows);
  EXPECT_EQ(decide(request(caller("arn:aws:iam::222222222222:root")), {}, granted),
            AccessGround::kResourceAllows);
}

TEST(AccessDecision, SomeActionsNeverReachAcrossAccounts) {
  const AccessPolicyPtr granted = resource("Allow", R"("*")");
  EXPECT_EQ(decide(request(caller(kBob), "sqs:DeleteQueue"), {identity("Allow")}, granted),
            AccessGround::kNoResourceAllows);
  EXPECT_EQ(decide(request(caller(kAlice), "sqs:DeleteQueue"), {}, granted), AccessGround::kResourceAllows);
  for (const char* action : {"sqs:SendMessage", "sqs:PurgeQueue", "SNS:Publish", "sns:settopicattributes"}) {
    EXPECT_TRUE(reaches_other_accounts(action)) << action;
  }
  for (const char* action :
       {"sqs:AddPermission", "SQS:tagqueue", "sns:TagResource", "sns:ListTopics", "", "x"}) {
    EXPECT_FALSE(reaches_other_accounts(action)) << action;
  }
}

TEST(AccessDecision, AnExplicitDenyWinsOnEitherSide) {
  const AccessRequest asked = request(caller(kAlice));
  EXPECT_EQ(decide(asked, {identity("Allow"), identity("Deny")}), AccessGround::kIdentityDenies);
  EXPECT_EQ(decide(asked, {identity("Deny"), identity("Allow")}, resource("Allow", R"("*")")),
            AccessGround::kIdentityDenies);
  EXPECT_EQ(decide(asked, {identity("Allow")}, resource("Deny", R"("*")")), AccessGround::kResourceDenies);
  EXPECT_EQ(decide(asked, {identity("Allow")}, resource("Deny", R"({"AWS":"111111111111"})")),
            AccessGround::kResourceDenies);
  EXPECT_EQ(decide(request(caller("arn:aws:iam::111111111111:root")), {}, resource("Deny", R"("*")")),
            AccessGround::kResourceDenies);
}

TEST(AccessDecision, ATopicReachesAQueueByItsSourceArn) {
  const AccessPolicyPtr of_queue = policy(document(
      {R"("Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":")" +
       kQueue + R"(","Condition":{"ArnEquals":{"aws:SourceArn":")" + kTopic + R"("}})"}));
  AccessRequest asked = request(AccessCaller::service("sns.amazonaws.com"));
  EXPECT_EQ(decide(asked, {}, of_queue), AccessGround::kNoResourceAllows);
  asked.context.set("aws:SourceArn", kTopic);
  EXPECT_EQ(decide(asked, {}, of_queue), AccessGround::kResourceAllows);
  asked.context.set("aws:SourceArn", "arn:aws:sns:us-east-1:222222222222:news");
  EXPECT_EQ(decide(asked, {}, of_queue), AccessGround::kNoResourceAllows);
}

TEST(AccessDecision, TheDefaultPolicyOfATopicIsForItsOwner) {
  const AccessPolicyPtr of_topic = policy(default_topic_policy(kTopic, "111111111111"), PolicyHolder::kTopic);
  AccessRequest asked = request(caller(kAlice), "sns:Publish", kTopic);
  asked.context.set("aws:SourceOwner", "111111111111");
  EXPECT_EQ(decide(asked, {}, of_topic), AccessGround::kResourceAllows);
  asked.context.set("aws:SourceOwner", "222222222222");
  EXPECT_EQ(decide(asked, {}, of_topic), AccessGround::kNoIdentityAllows);
}

TEST(AccessDecision, AnActionWithoutAResourceIsOfTheCallersAccount) {
  EXPECT_EQ(decide(request(caller(kAlice), "sqs:ListQueues", "*"), {}), AccessGround::kNoIdentityAllows);
  EXPECT_EQ(decide(request(caller(kAlice), "sqs:ListQueues", "*"), {identity("Allow")}),
            AccessGround::kIdentityAllows);
  EXPECT_EQ(decide(request(caller("arn:aws:iam::222222222222:root"), "sqs:ListQueues", "*"), {}),
            AccessGround::kOwner);
}

TEST(AccessDecision, SaysWhyInTheWordsOfAws) {
  const AccessRequest of_queue = request(caller(kAlice));
  EXPECT_EQ(
      denial_text(of_queue, AccessGround::kNoIdentityAllows),
      "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sqs:sendmessage on resource: "
      "arn:aws:sqs:us-east-1:111111111111:orders because no identity-based policy allows the sqs:sendmessage "
      "action");
  EXPECT_EQ(
      denial_text(of_queue, AccessGround::kResourceDenies),
      "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sqs:sendmessage on resource: "
      "arn:aws:sqs:us-east-1:111111111111:orders with an explicit deny in a resource-based policy");
  EXPECT_TRUE(denial_text(of_queue, AccessGround::kIdentityDenies)
                  .ends_with("1:orders with an explicit deny in an identity-based policy"));
  EXPECT_EQ(denial_text(request(caller(kBob), "sns:Publish", kTopic), AccessGround::kNoResourceAllows),
            "User: arn:aws:iam::222222222222:user/bob is not authorized to perform: SNS:Publish on resource: "
            "arn:aws:sns:us-east-1:111111111111:news because no resource-based policy allows the SNS:Publish "
            "action");
}

TEST(AccessCaller, IsReadFromAnArnOrRefused) {
  EXPECT_EQ(caller("arn:aws:iam::111111111111:root").kind(), AccessCaller::Kind::kAccount);
  EXPECT_EQ(caller(kAlice).account(), AccountId{111111111111});
  EXPECT_EQ(caller("arn:aws-cn:sts::111111111111:assumed-role/r/s").role(),
            "arn:aws-cn:iam::111111111111:role/r");
  for (const char* text :
       {"", "alice", "arn:aws:iam::111111111111:", "arn:aws:iam::111:root",
        "arn:aws:iam:us-east-1:111111111111:root", "arn:aws:iam::111111111111:user/",
        "arn:aws:iam::111111111111:group/g", "arn:aws:sts::111111111111:assumed-role/r",
        "arn:aws:sts::111111111111:assumed-role//s", "arn:aws:sqs:us-east-1:111111111111:q"}) {
    EXPECT_FALSE(AccessCaller::of_arn(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace penstock
