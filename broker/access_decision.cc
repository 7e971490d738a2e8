#include "broker/access_decision.h"

#include <algorithm>
#include <optional>

#include "broker/case_folding.h"
#include "broker/policy_actions.h"

namespace penstock {
namespace {

using Verdict = AccessPolicy::Verdict;

std::optional<AccountId> owner_of(const AccessRequest& request) {
  if (request.resource == "*") return request.caller.account();
  const auto parts = arn_parts(request.resource);
  return parts ? AccountId::parse((*parts)[4]) : std::nullopt;
}

}  // namespace

bool reaches_other_accounts(std::string_view action) {
  const std::string folded = fold_ascii_case(action);
  const std::string_view name = std::string_view(folded).substr(std::min<std::size_t>(folded.size(), 4));
  if (folded.starts_with("sqs:")) return !names_action_in_any_case(kQueueOwnerActions, name);
  return folded.starts_with("sns:") && names_action_in_any_case(kTopicSharedActions, name);
}

Verdict judge_all(std::span<const AccessPolicyPtr> policies, const AccessRequest& request) {
  Verdict verdict = Verdict::kSilent;
  for (const AccessPolicyPtr& policy : policies) verdict = std::max(verdict, policy->judge(request));
  return verdict;
}

AccessGround decide_access(const AccessRequest& request, std::span<const AccessPolicyPtr> identity,
                           const AccessPolicy* resource) {
  return decide_access(request, judge_all(identity, request),
                       resource == nullptr ? Verdict::kSilent : resource->judge(request));
}

AccessGround decide_access(const AccessRequest& request, Verdict by_identity, Verdict by_resource) {
  if (by_identity == Verdict::kDenies) return AccessGround::kIdentityDenies;
  if (by_resource == Verdict::kDenies) return AccessGround::kResourceDenies;

  const AccessCaller& caller = request.caller;
  if (!caller.account()) {
    return by_resource == Verdict::kAllows ? AccessGround::kResourceAllows : AccessGround::kNoResourceAllows;
  }
  const bool is_account = caller.kind() == AccessCaller::Kind::kAccount;
  if (caller.account() == owner_of(request)) {
    if (is_account) return AccessGround::kOwner;
    if (by_identity == Verdict::kAllows) return AccessGround::kIdentityAllows;
    return by_resource == Verdict::kAllows ? AccessGround::kResourceAllows : AccessGround::kNoIdentityAllows;
  }
  if (by_resource == Verdict::kSilent || !reaches_other_accounts(request.action)) {
    return AccessGround::kNoResourceAllows;
  }
  if (is_account) return AccessGround::kResourceAllows;
  return by_identity == Verdict::kAllows ? AccessGround::kBothAllow : AccessGround::kNoIdentityAllows;
}

std::string denial_text(const AccessRequest& request, AccessGround ground) {
  // SQS writes actions in small letters, SNS as they are named, after its own name in capitals.
  std::string action = request.action;
  const std::string folded = fold_ascii_case(action);
  if (folded.starts_with("sqs:")) {
    action = folded;
  } else if (folded.starts_with("sns:")) {
    action.replace(0, 3, "SNS");
  }
  std::string text = "User: " + request.caller.name() + " is not authorized to perform: " + action +
                     " on resource: " + request.resource;
  switch (ground) {
    case AccessGround::kIdentityDenies:
      return text + " with an explicit deny in an identity-based policy";
    case AccessGround::kResourceDenies:
      return text + " with an explicit deny in a resource-based policy";
    case AccessGround::kNoResourceAllows:
      return text + " because no resource-based policy allows the " + action + " action";
    default:
      return text + " because no identity-based policy allows the " + action + " action";
  }
}

}  // namespace penstock
