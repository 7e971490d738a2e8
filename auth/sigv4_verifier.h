// SignatureVerifier: whether a request comes from whom it says (AWS Signature Version 4), as AWS judges it
// and somewhat stricter where AWS's own leniency would let two readers see two requests.
//
//   claim      one place, each part once (auth/sigv4_claim.h)
//   time       the header form: at most 900 s off, either way; a presigned URL: not from further ahead than
//              that, and for as long as it says itself, 1 to 604,800 s (900 s if it does not say)
//   headers    the list of signed ones is sorted, unique, in lower case and each one is there; it has `host`
//              and every x-amz-* header that the request has
//   scope      the date of the request's time, a region that is served, the service that is asked, and
//              aws4_request
//   key        known, not expired, and with its session token, or with none if it has none
//   body       the digest of the bytes that came; X-Amz-Content-SHA256 must be that one, so unsigned and
//              streamed payloads are refused
//   signature  32 bytes, compared in constant time
//
// An unknown key goes the whole way with a secret of nobody's before it is refused, so it takes as long as
// a wrong signature. One thread owns a verifier; each thread has its own. The wall clock is handed in.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "auth/signed_request.h"
#include "auth/sigv4_canonical.h"
#include "auth/sigv4_claim.h"
#include "auth/sigv4_keys.h"
#include "auth/wall_time.h"
#include "base/result.h"

namespace penstock {

class SignatureVerifier {
 public:
  struct Verified {
    std::shared_ptr<const Identity> identity;  // keeps its snapshot alive
    std::size_t at = 0;                        // its place in the snapshot: Credentials::all()
    std::string region;
  };

  // `regions` are those that are served; none: every name of 1 to 23 characters of a-z, 0-9 and '-'.
  explicit SignatureVerifier(std::shared_ptr<const Credentials> credentials,
                             std::vector<std::string> regions = {});

  // From here on these are the credentials.
  void use(std::shared_ptr<const Credentials> credentials);

  // Who made the request to `service` ("sqs", "sns"), which is ours to know and has at most 23 characters.
  // Nothing if it carries no signature at all: whether it may do without is for policies to say. Errors:
  // IncompleteSignature, SignatureDoesNotMatch, InvalidClientTokenId, ExpiredToken, MalformedQueryString.
  Result<std::optional<Verified>> verify(const SignedRequest& request, std::string_view service,
                                         WallTime now);

  // So many signing keys have been derived: a number that keeps growing says that callers make up scopes.
  std::size_t keys_derived() const { return keys_.derived(); }

 private:
  struct Scope {
    std::string_view access_key_id, date, region, service, terminator;
  };

  static Result<Scope> read_scope(std::string_view credential);
  std::optional<Error> judge_scope(const Scope& scope, std::string_view service,
                                   std::string_view signed_at) const;
  bool is_served(std::string_view region) const;

  std::shared_ptr<const Credentials> credentials_;
  std::vector<std::string> regions_;
  Secret nobodys_;
  SigningKeys keys_;
  CanonicalRequest canonical_;
  std::string string_to_sign_;
};

// What a request without a signature is told where it needs one: AccessDenied by SQS, naming the resource
// if it is known, and MissingAuthenticationToken by SNS and everybody else.
Error unsigned_refusal(std::string_view service, std::string_view resource_url);

}  // namespace penstock
