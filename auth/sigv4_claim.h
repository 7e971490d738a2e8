// SignatureClaim: what a request says of its own signature (Signature Version 4), before anything of it is
// believed.
//
// It stands either in the one Authorization header, "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=...,
// Signature=..." with X-Amz-Date or Date beside it, or in the query of a presigned URL (X-Amz-Algorithm,
// X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders, X-Amz-Signature and perhaps
// X-Amz-Security-Token), never in both. Reading finds out that each part is there, once; whether the parts
// are good is the verifier's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signed_request.h"
#include "base/result.h"

namespace penstock {

struct SignatureClaim {
  bool presigned = false;           // by the query
  std::string_view credential;      // "{access key id}/{date}/{region}/{service}/{terminator}"
  std::string_view signed_headers;  // "host;x-amz-date"
  std::string_view signature;
  std::string_view date;     // X-Amz-Date, or else Date
  std::string_view expires;  // of a presigned URL only; empty: not given
  std::optional<std::string_view> session_token;
  std::optional<std::string_view> content_sha256;  // the header X-Amz-Content-SHA256

  // Nothing if the request carries no signature at all. Refuses with IncompleteSignature another algorithm
  // or scheme, and what is missing, given twice or not of the form; with SignatureDoesNotMatch a signature
  // in both places; with MalformedQueryString a query that cannot be decoded.
  static Result<std::optional<SignatureClaim>> read(const SignedRequest& request);

  // The values of a query, decoded; the views of a presigned claim look in here. A vector, so that they
  // stay where they are when the claim is moved.
  std::vector<std::string> decoded;
};

inline constexpr std::string_view kSignatureAlgorithm = "AWS4-HMAC-SHA256";

// What a client sent, fit to be repeated in an error: its first 1,100 bytes, with '?' for everything that is
// not printable ASCII.
std::string printable(std::string_view sent);

}  // namespace penstock
