#include "auth/sigv4_claim.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "auth/sigv4_query.h"

namespace penstock {
namespace {

using Claim = Result<std::optional<SignatureClaim>>;
using Value = std::optional<std::string_view>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

tl::unexpected<Error> unsupported_algorithm(std::string_view algorithm) {
  return refuse(ErrorCode::kIncompleteSignature, "Unsupported AWS 'algorithm': '" + printable(algorithm) +
                                                     "' (only AWS4-HMAC-SHA256 for now).");
}

// The headers that a signature is read from, each of which may be given once.
struct SignatureHeaders {
  Value authorization, amz_date, date, security_token, content_sha256;

  static Result<SignatureHeaders> read(const SignedRequest& request) {
    SignatureHeaders headers;
    const std::array<std::pair<std::string_view, Value*>, 5> known{{
        {"authorization", &headers.authorization},
        {"x-amz-date", &headers.amz_date},
        {"date", &headers.date},
        {"x-amz-security-token", &headers.security_token},
        {"x-amz-content-sha256", &headers.content_sha256},
    }};
    for (const auto& [name, value] : request.headers) {
      for (const auto& [known_name, place] : known) {
        if (!is_named(name, known_name)) continue;
        if (*place) {
          return refuse(ErrorCode::kIncompleteSignature,
                        "The header '" + printable(name) + "' must be given once.");
        }
        *place = trimmed(value);
      }
    }
    return headers;
  }
};

// The parameters that a presigned URL carries.
enum QueryPart { kAlgorithm, kCredential, kSignature, kSignedHeaders, kDate, kExpires, kSecurityToken };
constexpr std::array<std::string_view, 7> kQueryNames{
    "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",     "X-Amz-SignedHeaders",
    "X-Amz-Date",      "X-Amz-Expires",    "X-Amz-Security-Token"};
constexpr std::size_t kQueryRequired = 5;  // the first so many
constexpr std::size_t kQueryTelling = 3;   // any of the first so many makes it a presigned URL

struct QueryClaim {
  std::array<std::optional<std::string>, kQueryNames.size()> values;

  bool presigned() const {
    return std::any_of(values.begin(), values.begin() + kQueryTelling,
                       [](const auto& value) { return value.has_value(); });
  }

  static Result<QueryClaim> read(std::string_view query) {
    QueryClaim claim;
    while (const auto parameter = next_parameter(query)) {
      const std::optional<std::string> name = percent_decoded(parameter->name);
      if (!name) return refuse(ErrorCode::kMalformedQueryString);
      const auto known = std::find(kQueryNames.begin(), kQueryNames.end(), *name);
      if (known == kQueryNames.end()) continue;
      std::optional<std::string>& place = claim.values[static_cast<std::size_t>(known - kQueryNames.begin())];
      if (place) {
        return refuse(ErrorCode::kIncompleteSignature,
                      "The query parameter '" + *name + "' must be given once.");
      }
      place = percent_decoded(parameter->value);
      if (!place) return refuse(ErrorCode::kMalformedQueryString);
    }
    return claim;
  }
};

Claim from_query(QueryClaim&& query, const SignatureHeaders& headers) {
  std::string missing;
  for (std::size_t part = 0; part < kQueryRequired; ++part) {
    if (query.values[part] && !query.values[part]->empty()) continue;
    missing += "AWS query-string parameters must include '" + std::string(kQueryNames[part]) + "'. ";
  }
  if (!missing.empty()) {
    return refuse(ErrorCode::kIncompleteSignature, missing + "Re-examine the query-string parameters.");
  }
  if (*query.values[kAlgorithm] != kSignatureAlgorithm)
    return unsupported_algorithm(*query.values[kAlgorithm]);
  if (query.values[kSecurityToken] && headers.security_token) {
    return refuse(ErrorCode::kSignatureDoesNotMatch,
                  "Found 'X-Amz-Security-Token' both as a query-string param and as HTTP header.");
  }

  SignatureClaim claim;
  claim.presigned = true;
  claim.decoded.reserve(query.values.size());
  for (std::optional<std::string>& value : query.values)
    claim.decoded.push_back(std::move(value).value_or(std::string{}));
  claim.credential = claim.decoded[kCredential];
  claim.signed_headers = claim.decoded[kSignedHeaders];
  claim.signature = claim.decoded[kSignature];
  claim.date = claim.decoded[kDate];
  claim.expires = claim.decoded[kExpires];
  if (query.values[kExpires] && claim.expires.empty())
    return refuse(ErrorCode::kIncompleteSignature, "X-Amz-Expires should be a number");
  claim.session_token =
      query.values[kSecurityToken] ? Value(claim.decoded[kSecurityToken]) : headers.security_token;
  claim.content_sha256 = headers.content_sha256;
  return claim;
}

Claim from_header(const SignatureHeaders& headers) {
  const std::string_view authorization = *headers.authorization;
  const std::size_t blank = std::min(authorization.find(' '), authorization.size());
  const std::string_view algorithm = authorization.substr(0, blank);
  if (algorithm != kSignatureAlgorithm) {
    // A single word may be somebody's password rather than the name of a scheme.
    return unsupported_algorithm(blank == authorization.size() ? std::string_view{} : algorithm);
  }

  Value credential, signature, signed_headers;
  for (std::string_view rest = authorization.substr(blank); !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view parameter = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (parameter.empty()) continue;
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) {
      return refuse(ErrorCode::kIncompleteSignature,
                    "'" + printable(parameter) +
                        "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
                        printable(authorization) + "'.");
    }
    const std::string_view name = parameter.substr(0, equals);
    Value* const place = name == "Credential"      ? &credential
                         : name == "Signature"     ? &signature
                         : name == "SignedHeaders" ? &signed_headers
                                                   : nullptr;
    if (place == nullptr) continue;
    if (*place) {
      return refuse(ErrorCode::kIncompleteSignature,
                    "Authorization header has more than one '" + std::string(name) + "' parameter.");
    }
    *place = parameter.substr(equals + 1);
  }

  std::string missing;
  const auto want = [&missing](const Value& value, std::string_view name) {
    if (!value || value->empty())
      missing += "Authorization header requires '" + std::string(name) + "' parameter. ";
  };
  want(credential, "Credential");
  want(signature, "Signature");
  want(signed_headers, "SignedHeaders");
  if (!headers.amz_date && !headers.date) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) {
    return refuse(ErrorCode::kIncompleteSignature, missing + "Authorization=" + printable(authorization));
  }

  SignatureClaim claim;
  claim.credential = *credential;
  claim.signature = *signature;
  claim.signed_headers = *signed_headers;
  claim.date = headers.amz_date ? *headers.amz_date : *headers.date;
  claim.session_token = headers.security_token;
  claim.content_sha256 = headers.content_sha256;
  return claim;
}

}  // namespace

Claim SignatureClaim::read(const SignedRequest& request) {
  Result<SignatureHeaders> headers = SignatureHeaders::read(request);
  if (!headers) return tl::unexpected(std::move(headers.error()));
  const std::string_view query_text = request.query();
  if (!query_text.empty()) {
    Result<QueryClaim> query = QueryClaim::read(query_text);
    if (!query) return tl::unexpected(std::move(query.error()));
    if (query->presigned()) {
      if (headers->authorization) {
        return refuse(ErrorCode::kSignatureDoesNotMatch,
                      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
                      "header.");
      }
      return from_query(*std::move(query), *headers);
    }
  }
  if (headers->authorization) return from_header(*headers);
  return std::nullopt;
}

std::string printable(std::string_view sent) {
  constexpr std::size_t kRepeatedMax = 1100;
  std::string text(sent.substr(0, kRepeatedMax));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

}  // namespace penstock
