#include "auth/credential_scope.h"

#include <algorithm>
#include <cstddef>

#include "base/character_set.h"

namespace penstock {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256 ";
constexpr std::string_view kCredential = "Credential=";
constexpr std::string_view kTerminator = "aws4_request";
constexpr std::size_t kAccessKeyIdMax = 128;

constexpr CharacterSet kInAccessKeyId = CharacterSet::alphanumeric("_-.+=@");

bool is_access_key_id(std::string_view text) {
  return !text.empty() && text.size() <= kAccessKeyIdMax && kInAccessKeyId.makes(text);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// What lies before the first separator; the text goes on behind it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

}  // namespace

std::optional<CredentialScope> CredentialScope::parse(std::string_view authorization) {
  if (!authorization.starts_with(kAlgorithm)) return std::nullopt;
  authorization.remove_prefix(kAlgorithm.size());
  while (!authorization.empty()) {
    std::string_view parameter = trimmed(take_until(authorization, ','));
    if (!parameter.starts_with(kCredential)) continue;
    parameter.remove_prefix(kCredential.size());
    CredentialScope scope;
    scope.access_key_id = take_until(parameter, '/');
    scope.date = take_until(parameter, '/');
    scope.region = take_until(parameter, '/');
    scope.service = take_until(parameter, '/');
    if (parameter != kTerminator || !is_access_key_id(scope.access_key_id)) return std::nullopt;
    return scope;
  }
  return std::nullopt;
}

}  // namespace penstock
