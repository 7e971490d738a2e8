#include "actions/authenticator.h"

#include <utility>

namespace penstock {

Authenticator::Authenticator(KnownCallersPtr known)
    : known_(std::move(known)), verifier_(known_->credentials()) {}

void Authenticator::use(KnownCallersPtr known) {
  known_ = std::move(known);
  verifier_.use(known_->credentials());
  questions_.forget();
}

Result<std::optional<Authenticator::Proven>> Authenticator::prove(const ApiRequest& request,
                                                                  std::string_view service, WallTime now) {
  const SignedRequest signed_request{request.method, request.target, request.headers, request.body};
  auto verified = verifier_.verify(signed_request, service, now);
  if (!verified) return tl::unexpected(std::move(verified.error()));
  if (!*verified) return std::nullopt;
  const KnownCallers::Known& known = known_->at((*verified)->at);
  const std::optional<Region> region = Region::parse((*verified)->region);
  if (!region) return refuse(ErrorCode::kSignatureDoesNotMatch);
  return Proven{std::shared_ptr<const KnownCallers::Known>(known_, &known), World{known.account, *region}};
}

}  // namespace penstock
