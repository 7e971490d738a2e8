#include "auth/sigv4_verifier.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include "base/digest.h"
#include "base/hex.h"
#include "base/require.h"

namespace penstock {
namespace {

using std::chrono::seconds;

constexpr seconds kSkewMax{900};
constexpr seconds kLifetimeMax{604'800};
constexpr std::string_view kTerminator = "aws4_request";

Error incomplete(std::string text) { return {ErrorCode::kIncompleteSignature, std::move(text)}; }
Error mismatch(std::string text = {}) { return {ErrorCode::kSignatureDoesNotMatch, std::move(text)}; }

std::string quoted(std::string_view text) { return "'" + printable(text) + "'"; }

// "15 min.", or "90 sec." where it is no whole number of minutes.
std::string told(seconds span) {
  return span % seconds{60} == seconds{0} ? std::to_string(span / seconds{60}) + " min."
                                          : std::to_string(span.count()) + " sec.";
}

// ---- time

struct SigningTime {
  WallTime time;
  std::string rewritten;  // in the basic form, as it is signed; empty: the claim has it so
};

Result<SigningTime> read_time(const SignatureClaim& claim) {
  if (const auto time = parse_basic_time(claim.date)) return SigningTime{*time, {}};
  // A presigned URL has no Date header to fall back to.
  if (!claim.presigned) {
    if (const auto time = parse_http_date(claim.date)) return SigningTime{*time, basic_time(*time)};
  }
  return tl::unexpected(incomplete("Date must be in ISO-8601 'basic format'. Got " + quoted(claim.date) +
                                   ". See http://en.wikipedia.org/wiki/ISO_8601"));
}

// For how long the signature is good.
Result<seconds> read_lifetime(const SignatureClaim& claim) {
  if (claim.expires.empty()) return kSkewMax;
  std::int64_t count = 0;
  const char* const end = claim.expires.data() + claim.expires.size();
  const bool digits =
      std::all_of(claim.expires.begin(), claim.expires.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return tl::unexpected(incomplete("X-Amz-Expires should be a number"));
  if (std::from_chars(claim.expires.data(), end, count).ec != std::errc{} || count > kLifetimeMax.count()) {
    return tl::unexpected(incomplete(
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
        "than 604800 seconds"));
  }
  if (count == 0) return tl::unexpected(incomplete("X-Amz-Expires must be at least 1 second"));
  return seconds{count};
}

std::optional<Error> judge_time(WallTime signed_at, seconds lifetime, WallTime now) {
  if (signed_at + lifetime < now) {
    return mismatch("Signature expired: " + basic_time(signed_at) + " is now earlier than " +
                    basic_time(now - lifetime) + " (" + basic_time(now) + " - " + told(lifetime) + ")");
  }
  if (signed_at > now + kSkewMax) {
    return mismatch("Signature not yet current: " + basic_time(signed_at) + " is still later than " +
                    basic_time(now + kSkewMax) + " (" + basic_time(now) + " + " + told(kSkewMax) + ")");
  }
  return std::nullopt;
}

// ---- signed headers

bool is_signed(std::string_view signed_headers, std::string_view header) {
  while (!signed_headers.empty()) {
    if (is_named(header, next_signed_name(signed_headers))) return true;
  }
  return false;
}

std::optional<Error> judge_headers(const CanonicalRequest::Headers& found, const SignedRequest& request,
                                   std::string_view signed_headers) {
  if (!found.in_order)
    return incomplete("'SignedHeaders' must be in lower case, sorted, and without repetition.");
  if (!found.missing.empty())
    return mismatch(quoted(found.missing) + " is a 'SignedHeader', but the request has no such header.");
  if (!found.host)
    return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const auto amz = std::count_if(request.headers.begin(), request.headers.end(),
                                 [](const auto& header) { return is_amz(header.first); });
  if (static_cast<std::size_t>(amz) == found.amz) return std::nullopt;
  for (const auto& header : request.headers) {
    if (is_amz(header.first) && !is_signed(signed_headers, header.first))
      return mismatch(quoted(header.first) + " must be a 'SignedHeader' in the AWS Authorization.");
  }
  require(false, "an x-amz-* header that is not among the signed ones can be named");
  return mismatch();
}

// ---- signature

// 64 lower-case hexadecimal digits.
std::optional<Sha256> read_signature(std::string_view text) {
  Sha256 bytes{};
  if (text.size() != bytes.size() * 2) return std::nullopt;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const int high = digit(text[2 * at]), low = digit(text[2 * at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[at] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return bytes;
}

class HexDigest {
 public:
  explicit HexDigest(const Sha256& digest) {
    write_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}, text_.data());
  }
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 2 * std::tuple_size_v<Sha256>> text_{};
};

// What the caller's session token is to the credential; nothing: it fits.
std::optional<Error> judge_session(const Credential& credential, const SignatureClaim& claim, WallTime now) {
  const bool fits = claim.session_token ? !credential.session_token.empty() &&
                                              credential.session_token.equals(*claim.session_token)
                                        : credential.session_token.empty();
  if (!fits) return Error{ErrorCode::kInvalidClientTokenId, {}};
  if (credential.expires && *credential.expires <= now) return Error{ErrorCode::kExpiredToken, {}};
  return std::nullopt;
}

}  // namespace

SignatureVerifier::SignatureVerifier(std::shared_ptr<const Credentials> credentials,
                                     std::vector<std::string> regions)
    : credentials_(std::move(credentials)),
      regions_(std::move(regions)),
      nobodys_("a secret that signs nothing and opens nothing.") {}

void SignatureVerifier::use(std::shared_ptr<const Credentials> credentials) {
  keys_.forget();
  credentials_ = std::move(credentials);
}

Result<std::optional<SignatureVerifier::Verified>> SignatureVerifier::verify(const SignedRequest& request,
                                                                             std::string_view service,
                                                                             WallTime now) {
  Result<std::optional<SignatureClaim>> read = SignatureClaim::read(request);
  if (!read) return tl::unexpected(std::move(read.error()));
  if (!*read) return std::nullopt;
  const SignatureClaim& claim = **read;

  Result<SigningTime> signed_at = read_time(claim);
  if (!signed_at) return tl::unexpected(std::move(signed_at.error()));
  Result<seconds> lifetime = read_lifetime(claim);
  if (!lifetime) return tl::unexpected(std::move(lifetime.error()));
  if (auto error = judge_time(signed_at->time, *lifetime, now)) return tl::unexpected(std::move(*error));
  const std::optional<CanonicalRequest::Headers> headers = canonical_.begin(request, claim.signed_headers);
  if (!headers) return refuse(ErrorCode::kMalformedQueryString);
  if (auto error = judge_headers(*headers, request, claim.signed_headers))
    return tl::unexpected(std::move(*error));
  Result<Scope> scope = read_scope(claim.credential);
  if (!scope) return tl::unexpected(std::move(scope.error()));
  const std::string_view amz_date =
      signed_at->rewritten.empty() ? claim.date : std::string_view(signed_at->rewritten);
  if (auto error = judge_scope(*scope, service, amz_date)) return tl::unexpected(std::move(*error));

  // From here on everything that a wrong signature costs is spent on an unknown key too.
  const HexDigest body_digest(sha256(request.body));
  const HexDigest canonical_digest(sha256(canonical_.finish(body_digest.text())));
  string_to_sign_.clear();
  for (const std::string_view piece :
       {kSignatureAlgorithm, std::string_view("\n"), amz_date, std::string_view("\n"),
        claim.credential.substr(scope->access_key_id.size() + 1), std::string_view("\n"),
        canonical_digest.text()}) {
    string_to_sign_ += piece;
  }
  const std::optional<std::size_t> at = credentials_->find(scope->access_key_id);
  const Credential* const credential = at ? &credentials_->all()[*at] : nullptr;
  const Sha256 expected =
      keys_.sign({at ? static_cast<std::uint32_t>(*at) : SigningKeys::kNobody, scope->date, scope->region,
                  scope->service},
                 credential != nullptr ? credential->secret_access_key : nobodys_, string_to_sign_);
  const std::optional<Sha256> given = read_signature(claim.signature);
  const bool good = CRYPTO_memcmp(expected.data(), given.value_or(Sha256{}).data(), expected.size()) == 0;

  if (credential == nullptr) return refuse(ErrorCode::kInvalidClientTokenId);
  if (claim.content_sha256 && *claim.content_sha256 != body_digest.text()) {
    return tl::unexpected(
        mismatch("The provided 'x-amz-content-sha256' header does not match what was computed."));
  }
  if (!given || !good) return tl::unexpected(mismatch());
  if (auto error = judge_session(*credential, claim, now)) return tl::unexpected(std::move(*error));

  return Verified{std::shared_ptr<const Identity>(credentials_, &credential->identity), *at,
                  std::string(scope->region)};
}

Result<SignatureVerifier::Scope> SignatureVerifier::read_scope(std::string_view credential) {
  std::array<std::string_view, 5> parts;
  std::string_view rest = credential;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const bool last = at + 1 == parts.size();
    const std::size_t slash = rest.find('/');
    if (last != (slash == std::string_view::npos)) {
      return tl::unexpected(
          incomplete("Credential must have exactly 5 slash-delimited elements, e.g. "
                     "keyid/date/region/service/term, got " +
                     quoted(credential)));
    }
    parts[at] = rest.substr(0, slash);
    rest.remove_prefix(std::min(parts[at].size() + 1, rest.size()));
  }
  return Scope{parts[0], parts[1], parts[2], parts[3], parts[4]};
}

std::optional<Error> SignatureVerifier::judge_scope(const Scope& scope, std::string_view service,
                                                    std::string_view signed_at) const {
  std::string text;
  const auto complain = [&text](std::string_view complaint) {
    if (!text.empty()) text += ' ';
    text += complaint;
  };
  if (!is_served(scope.region))
    complain("Credential should be scoped to a valid region, not " + quoted(scope.region) + ".");
  if (scope.service != service)
    complain("Credential should be scoped to correct service: " + quoted(service) + ".");
  if (scope.terminator != kTerminator) {
    complain("Credential should be scoped with a valid terminator: 'aws4_request', not " +
             quoted(scope.terminator) + ".");
  }
  const std::string_view day = signed_at.substr(0, SigningKeys::kDateLength);
  if (scope.date != day) {
    complain("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
             quoted(scope.date) + " != " + quoted(day) + ", from " + quoted(signed_at) + ".");
  }
  if (text.empty()) return std::nullopt;
  return mismatch(std::move(text));
}

bool SignatureVerifier::is_served(std::string_view region) const {
  if (region.empty() || region.size() > SigningKeys::kRegionMax) return false;
  if (!regions_.empty()) return std::find(regions_.begin(), regions_.end(), region) != regions_.end();
  return std::all_of(region.begin(), region.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Error unsigned_refusal(std::string_view service, std::string_view resource_url) {
  if (service != "sqs") return {ErrorCode::kMissingAuthenticationToken, {}};
  if (resource_url.empty()) return {ErrorCode::kAccessDenied, {}};
  return {ErrorCode::kAccessDenied, "Access to the resource " + printable(resource_url) + " is denied."};
}

}  // namespace penstock
