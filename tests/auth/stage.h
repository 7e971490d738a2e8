// What the plays about signatures share: the credentials that are known, the time, and verdicts in one line.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/sigv4_verifier.h"
#include "protocol/errors.h"
#include "tests/auth/signer.h"

namespace penstock {

inline constexpr std::string_view kToken = "FwoGZXIvYXdzEXAMPLETOKEN//////////wEaDG==";

inline WallTime noon() { return *parse_basic_time("20261122T120000Z"); }

// AKIDEXAMPLE of alice, AKIDSESSION of bob with kToken until one o'clock, AKIDOLD that expired at noon.
inline std::shared_ptr<const Credentials> known() {
  const std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  std::vector<Credential> all;
  all.push_back({.identity = {.access_key_id = "AKIDEXAMPLE", .account = "123456789012", .user = "alice"},
                 .secret_access_key = Secret(secret)});
  all.push_back({.identity = {.access_key_id = "AKIDSESSION",
                              .account = "123456789012",
                              .user = "bob",
                              .session = true},
                 .secret_access_key = Secret(secret),
                 .session_token = Secret(kToken),
                 .expires = noon() + std::chrono::hours{1}});
  all.push_back({.identity = {.access_key_id = "AKIDOLD", .account = "123456789012", .user = "carol"},
                 .secret_access_key = Secret(secret),
                 .expires = noon()});
  return *Credentials::gather(std::move(all));
}

// "ok {arn} in {region}", "unsigned", or "{status} {query code}: {text}".
inline std::string verdict(SignatureVerifier& verifier, const SignedRequest& request,
                           std::string_view service = "sqs", WallTime now = noon()) {
  const auto verified = verifier.verify(request, service, now);
  if (!verified) {
    const WireError& row = wire_error(verified.error().code);
    return std::to_string(row.status) + " " + std::string(row.query_code) + ": " +
           std::string(query_text(verified.error()));
  }
  if (!*verified) return "unsigned";
  return "ok " + (*verified)->identity->arn() + " in " + (*verified)->region;
}

inline std::string verdict(SignedLetter& letter, std::string_view service = "sqs", WallTime now = noon()) {
  SignatureVerifier verifier(known());
  return verdict(verifier, letter.request(), service, now);
}

inline constexpr const char* kAlice = "ok arn:aws:iam::123456789012:user/alice in us-east-1";
inline constexpr const char* kBob = "ok arn:aws:iam::123456789012:user/bob in us-east-1";
inline constexpr const char* kWrong =
    "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you "
    "provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for "
    "details.";
inline constexpr const char* kUnknown =
    "403 InvalidClientTokenId: The security token included in the request is invalid.";

}  // namespace penstock
