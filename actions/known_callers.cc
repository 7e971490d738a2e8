#include "actions/known_callers.h"

#include <optional>
#include <utility>

#include "base/require.h"
#include "broker/access_decision.h"

namespace penstock {

AccessPolicy::Verdict KnownCallers::Known::judge(const AccessRequest& request) const {
  return policies.empty() ? AccessPolicy::Verdict::kAllows : judge_all(policies, request);
}

tl::expected<std::shared_ptr<const KnownCallers>, std::string> KnownCallers::gather(
    std::vector<Credential> all) {
  auto credentials = Credentials::gather(std::move(all));
  if (!credentials) return tl::unexpected(credentials.error());
  const auto gathered = std::make_shared<KnownCallers>();
  gathered->credentials_ = *std::move(credentials);
  for (const Credential& credential : gathered->credentials_->all()) {
    const Identity& identity = credential.identity;
    std::optional<AccessCaller> caller = AccessCaller::of_arn(identity.arn());
    const std::optional<AccountId> account = AccountId::parse(identity.account);
    if (!caller || !account)
      return tl::unexpected(identity.access_key_id + ": it names no user of an account");
    Known known{*std::move(caller), *account, identity.user, identity.account + ":" + identity.user, {}};
    for (const std::string& text : identity.policies) {
      auto policy = AccessPolicy::parse(text, PolicyHolder::kIdentity);
      if (!policy) {
        return tl::unexpected("policy " + std::to_string(known.policies.size() + 1) + " of " +
                              identity.access_key_id + ": " + policy.error().reason);
      }
      known.policies.push_back(*std::move(policy));
    }
    gathered->known_.push_back(std::move(known));
  }
  return gathered;
}

const KnownCallers::Known& KnownCallers::at(std::size_t place) const {
  require(place < known_.size(), "who was verified is one of the snapshot");
  return known_[place];
}

}  // namespace penstock
