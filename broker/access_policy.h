// AccessPolicy: a document that allows and denies (IAM user guide, "Policy evaluation logic"). Compiled
// once when it is set, immutable, shared between threads.
//
// It is attached to an identity, to a queue or to a topic; only those of queues and topics name principals.
// A statement applies if principal, action, resource and every condition match. What a document says is
// the strongest of what its statements that apply say, in whatever order they stand: a Deny, then an Allow
// for the caller itself, then an Allow for the caller's account, which leaves it to the account whom of its
// own it lets do that.
//
// Principals. "*" and {"AWS":"*"} are everybody, anonymous callers and services included. An account number
// or the ARN of its root is the account; any other ARN is that identity alone. NotPrincipal errs to the
// side of refusing: under Deny it spares exactly those it names (an account's ARN spares the account
// itself, not its users), under Allow it leaves out everybody of an account that it names.
//
// A document that can't be understood is refused when it is set: unknown elements and operators too,
// because a misspelt Condition that is ignored would allow more than was written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "broker/access_request.h"

namespace penstock {

enum class PolicyHolder { kIdentity, kQueue, kTopic };

// Bounds of a document: AWS's quotas for queues and topics, and numbers of ours where it has none.
struct PolicyBounds {
  std::size_t text_bytes_max = 0;
  std::size_t statements_max = 0;
  std::size_t principals_max = 0;  // of the document
  std::size_t actions_max = 0;     // of a statement
  std::size_t conditions_max = 0;  // of a statement
};
const PolicyBounds& bounds_of(PolicyHolder holder);

struct PolicyRefusal {
  enum class Kind {
    kUnparsable,        // not JSON, or no policy at all
    kActionOutOfScope,  // an action that the holder's service does not know for it
    kTooLarge,          // one of the bounds
    kInvalid,
  };

  Kind kind = Kind::kInvalid;
  std::string reason;  // a sentence without its full stop, for people
};

class AccessPolicy;
using AccessPolicyPtr = std::shared_ptr<const AccessPolicy>;

class AccessPolicy {
 public:
  // In ascending order of strength.
  enum class Verdict { kSilent, kAllowsAccount, kAllows, kDenies };

  static tl::expected<AccessPolicyPtr, PolicyRefusal> parse(std::string_view text, PolicyHolder holder);

  ~AccessPolicy();
  AccessPolicy(const AccessPolicy&) = delete;
  AccessPolicy& operator=(const AccessPolicy&) = delete;

  Verdict judge(const AccessRequest& request) const;
  std::size_t statements() const;

 private:
  struct Principal;
  struct Statement;
  class Parser;

  AccessPolicy();
  static Verdict names(const Principal& principal, const AccessCaller& caller);
  // How far the statement's principals are the caller: kSilent, kAllowsAccount or kAllows.
  Verdict concerns(const Statement& statement, const AccessCaller& caller) const;

  PolicyHolder holder_ = PolicyHolder::kIdentity;
  std::vector<Statement> statements_;
};

}  // namespace penstock
