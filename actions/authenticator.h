// Authenticator: whose request it is, proven by its signature.
//
// It keeps the signing keys of those who call often, and what policies are asked of them, so each I/O thread
// has its own; it is told of new credentials on its thread. The wall clock is handed in.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "actions/access.h"
#include "actions/known_callers.h"
#include "auth/sigv4_verifier.h"
#include "auth/wall_time.h"
#include "base/result.h"
#include "broker/address.h"
#include "protocol/api_message.h"

namespace penstock {

class Authenticator {
 public:
  struct Proven {
    std::shared_ptr<const KnownCallers::Known> known;  // keeps its snapshot alive
    World world;                                       // the user's account, the region that was signed for
  };

  explicit Authenticator(KnownCallersPtr known);

  // From here on these are the ones who may call.
  void use(KnownCallersPtr known);

  // Nothing if the request carries no signature at all. Errors as of SignatureVerifier::verify.
  Result<std::optional<Proven>> prove(const ApiRequest& request, std::string_view service, WallTime now);

  // What policies are asked of those who were proven, or were not.
  AccessQuestions& questions() { return questions_; }

 private:
  KnownCallersPtr known_;
  SignatureVerifier verifier_;
  AccessQuestions questions_;
};

// What plan() needs to verify a request.
struct Verification {
  Authenticator& authenticator;
  WallTime now;
};

}  // namespace penstock
