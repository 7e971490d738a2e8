// KnownCallers: everybody who may call, with what their own policies let them do; an immutable snapshot.
//
// It is the credentials of one moment (auth/credentials.h) with the identity-based policies compiled. When
// the credentials are read again a new snapshot takes its place; requests under way keep what they were
// given.
//
// A user without policies may do whatever its account may; one that has policies may do what they allow.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "auth/credentials.h"
#include "base/result.h"
#include "broker/access_policy.h"
#include "broker/access_request.h"

namespace penstock {

class KnownCallers {
 public:
  struct Known {
    AccessCaller caller;
    AccountId account;
    std::string user;
    std::string sender_id;                  // SenderId of what it sends: {account}:{user}
    std::vector<AccessPolicyPtr> policies;  // none: it may do whatever its account may

    AccessPolicy::Verdict judge(const AccessRequest& request) const;
  };

  // The snapshot, or why these credentials cannot be one: auth/credentials.h, or a policy that can't be read.
  static tl::expected<std::shared_ptr<const KnownCallers>, std::string> gather(std::vector<Credential> all);

  const std::shared_ptr<const Credentials>& credentials() const { return credentials_; }
  // Whose credential has that place in credentials()->all().
  const Known& at(std::size_t place) const;
  std::size_t size() const { return known_.size(); }

 private:
  std::shared_ptr<const Credentials> credentials_;
  std::vector<Known> known_;  // in the order of the credentials
};

using KnownCallersPtr = std::shared_ptr<const KnownCallers>;

}  // namespace penstock
