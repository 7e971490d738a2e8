// Access policies: any bytes are a policy or refused; and of whatever policy it is, adding a Deny never allows, adding an
// Allow undoes no Deny and takes nothing away, and the order of statements is irrelevant.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/require.h"
#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/permission_edit.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

using Json = nlohmann::ordered_json;
using Verdict = AccessPolicy::Verdict;

const std::string kQueue = "arn:aws:sqs:us-east-1:111111111111:a-1";

std::vector<AccessRequest> requests() {
  std::vector<AccessRequest> all;
  for (const AccessCaller& caller :
       {AccessCaller::anonymous(), AccessCaller::service("sns.amazonaws.com"),
        *AccessCaller::of_arn("arn:aws:iam::111111111111:root"), *AccessCaller::of_arn("arn:aws:iam::111111111111:user/a"),
        *AccessCaller::of_arn("arn:aws:sts::222222222222:assumed-role/r/s")}) {
    AccessRequest asked{caller, "sqs:SendMessage", kQueue, {}};
    all.push_back(asked);
    asked.action = "sqs:DeleteQueue";
    asked.context.set("aws:username", "a");
    asked.context.set("aws:SourceArn", "arn:aws:sns:us-east-1:111111111111:t");
    asked.context.set("aws:SourceIp", "10.1.1.1");
    asked.context.set("aws:CurrentTime", "2026-11-24T00:00:00Z");
    asked.context.set_values("k", {"1", "\xff", "a"});
    all.push_back(asked);
  }
  return all;
}

AccessPolicyPtr parsed(const Json& document, PolicyHolder holder) {
  auto policy = AccessPolicy::parse(document.dump(), holder);
  return policy ? *policy : nullptr;
}

struct Added {
  PolicyHolder holder;
  Json deny;
  Json allow;
};

const std::array<Added, 2>& added() {
  static const std::array<Added, 2> kAdded{
      Added{PolicyHolder::kQueue,
            Json::parse(R"({"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"})"),
            Json::parse(R"({"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*","Resource":"*"})")},
      Added{PolicyHolder::kIdentity, Json::parse(R"({"Effect":"Deny","Action":"sqs:Send*","Resource":"*"})"),
            Json::parse(R"({"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:a*"})")},
  };
  return kAdded;
}

void examine_properties(std::string_view input, const AccessPolicy& policy, const Added& added) {
  Json document = Json::parse(input, nullptr, false);
  // What nlohmann reads otherwise (a key that is said twice, bytes that are no UTF-8) is not to be written again.
  if (!document.is_object() || !document.contains("Statement")) return;
  Json& statements = document["Statement"];
  if (!statements.is_array()) statements = Json::array({statements});
  const AccessPolicyPtr same = [&]() -> AccessPolicyPtr {
    try {
      return parsed(document, added.holder);
    } catch (const Json::exception&) {
      return nullptr;
    }
  }();
  if (!same) return;
  Json reversed = document;
  std::reverse(reversed["Statement"].begin(), reversed["Statement"].end());
  Json with_deny = document;
  with_deny["Statement"].push_back(added.deny);
  Json with_allow = document;
  with_allow["Statement"].push_back(added.allow);
  const AccessPolicyPtr turned = parsed(reversed, added.holder);
  const AccessPolicyPtr denying = parsed(with_deny, added.holder);
  const AccessPolicyPtr allowing = parsed(with_allow, added.holder);
  require(turned != nullptr, "a policy is one in any order of its statements");
  for (const AccessRequest& asked : requests()) {
    const Verdict first = same->judge(asked);
    require(turned->judge(asked) == first, "the order of statements is irrelevant");
    // One statement more may be one too many.
    if (denying) {
      const Verdict then = denying->judge(asked);
      require(then == first || then == Verdict::kDenies, "adding a Deny never allows");
    }
    if (allowing) {
      const Verdict then = allowing->judge(asked);
      require(first != Verdict::kDenies || then == Verdict::kDenies, "adding an Allow never undoes a Deny");
      require(then >= first, "adding an Allow takes nothing away");
    }
    static_cast<void>(policy.judge(asked));
  }
}

}  // namespace

void examine(std::string_view input) {
  for (const PolicyHolder holder : {PolicyHolder::kQueue, PolicyHolder::kTopic, PolicyHolder::kIdentity}) {
    const auto policy = AccessPolicy::parse(input, holder);
    if (!policy) {
      require(!policy.error().reason.empty(), "a refusal says why");
      continue;
    }
    for (const Added& more : added()) {
      if (more.holder == holder) examine_properties(input, **policy, more);
    }
  }
  const auto edited = add_queue_permission(std::string(input), kQueue, {"label", {"222222222222"}, {"SendMessage"}});
  require(!edited || AccessPolicy::parse(*edited, PolicyHolder::kQueue), "a policy that was edited is a policy");
}

std::vector<std::string> seeds() {
  return {
      R"({"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["111111111111","*"]},)"
      R"("Action":["sqs:Send*","sqs:*"],"Resource":"arn:aws:sqs:*:*:${aws:username}-*","Condition":)"
      R"({"StringLike":{"k":"${k, 'x'}*"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},)"
      R"("DateLessThan":{"aws:CurrentTime":"2026-11-25T00:00:00Z"}}}]})",
      R"({"Statement":{"Effect":"Deny","NotPrincipal":{"Service":"sns.amazonaws.com"},"NotAction":"sqs:*",)"
      R"("NotResource":["*"],"Condition":{"ForAllValues:NumericLessThan":{"k":[1,"2e1"]},"Null":{"j":true}}}})",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"},)"
      R"({"Effect":"Deny","Action":"sqs:DeleteQueue","Resource":"arn:aws:sqs:*:111111111111:a?1",)"
      R"("Condition":{"ArnNotLikeIfExists":{"aws:SourceArn":"arn:aws:sns:*"},"Bool":{"aws:SecureTransport":"false"}}}]})",
      R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"SQS:SendMessage",)"
      R"("Resource":"arn:aws:sqs:us-east-1:111111111111:a-1","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:111111111111:t"},)"
      R"("ForAnyValue:StringEqualsIgnoreCase":{"k":["A"]},"StringNotEquals":{"aws:username":["b"]}}}]})",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/r"},)"
      R"("Action":"SNS:Publish","Resource":"arn:aws:sns:us-east-1:111111111111:t"}]})",
      R"({"Statement":[]})",
      "{}",
  };
}

}  // namespace penstock
