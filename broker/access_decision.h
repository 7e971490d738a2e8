// AccessDecision: allowed or not, and because of what (IAM user guide, "Policy evaluation logic").
//
// Two sides speak: the policies of the caller's identity, and the policy of the resource. In order:
//   1. A Deny on either side denies.
//   2. The owner itself, the account whose resource it is, is allowed.
//   3. An anonymous caller or a service has no identity: the resource alone allows.
//   4. A caller of the owner's account: either side allows. What the resource grants to the account as a
//      whole is no grant to its identities.
//   5. A caller of another account: both sides must allow, and only actions that reach across accounts.
//      The account itself needs no policy on its own side.
// Everything else is denied. So adding a Deny never allows and adding an Allow never undoes a Deny.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/access_policy.h"
#include "broker/access_request.h"

namespace penstock {

enum class AccessGround {
  // allowed
  kOwner,
  kIdentityAllows,
  kResourceAllows,
  kBothAllow,
  // denied
  kIdentityDenies,
  kResourceDenies,
  kNoIdentityAllows,
  kNoResourceAllows,
};

constexpr bool allowed(AccessGround ground) { return ground <= AccessGround::kBothAllow; }

// The owner is the account that the resource's ARN names; a resource "*" (of actions that name none) is of
// the caller's own account and has no policy. `resource`: null if it has no policy.
AccessGround decide_access(const AccessRequest& request, std::span<const AccessPolicyPtr> identity,
                           const AccessPolicy* resource);
// The same of what each side has said already.
AccessGround decide_access(const AccessRequest& request, AccessPolicy::Verdict by_identity,
                           AccessPolicy::Verdict by_resource);

// What the policies of an identity say together: the strongest of what each says.
AccessPolicy::Verdict judge_all(std::span<const AccessPolicyPtr> policies, const AccessRequest& request);

// Whether a grant to another account can reach the action at all (SQS developer guide, "Overview of managing
// access"; SNS: the actions of a topic's default policy). In any case; SERVICE:ACTION.
bool reaches_other_accounts(std::string_view action);

// The text of AWS's refusal for a ground that denies.
std::string denial_text(const AccessRequest& request, AccessGround ground);

}  // namespace penstock
