#include "auth/credentials.h"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock {
namespace {

constexpr std::size_t kAccessKeyIdMax = 128;
constexpr std::size_t kSecretMin = 16;
constexpr std::size_t kSecretMax = 256;
constexpr std::size_t kUserMax = 64;
constexpr std::size_t kSessionTokenMax = 4096;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view further) {
  return std::all_of(text.begin(), text.end(), [further](char c) {
    return is_letter_or_digit(c) || further.find(c) != std::string_view::npos;
  });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// One column of the listing: filled up to its width.
std::string column(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

std::string_view kind_of(const Credential& credential) {
  return credential.identity.session ? "session" : "lasting";
}

std::string state_of(const Credential& credential, WallTime now) {
  if (!credential.expires) return "valid";
  return (now < *credential.expires ? "until " : "expired ") + extended_time(*credential.expires);
}

}  // namespace

std::string Identity::arn() const { return "arn:aws:iam::" + account + ":user/" + user; }

std::optional<std::string> fault_of(const Credential& credential) {
  const Identity& identity = credential.identity;
  if (identity.access_key_id.empty() || identity.access_key_id.size() > kAccessKeyIdMax ||
      !consists_of(identity.access_key_id, "_-.+=@")) {
    return "access_key_id must have 1 to 128 characters of A-Z, a-z, 0-9 and _-.+=@";
  }
  const std::string_view secret = credential.secret_access_key.revealed();
  if (secret.size() < kSecretMin || secret.size() > kSecretMax || !is_printable(secret))
    return "secret_access_key must have 16 to 256 printable characters without blanks";
  if (identity.account.size() != 12 || !std::all_of(identity.account.begin(), identity.account.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; }))
    return "account must have twelve digits";
  if (identity.user.empty() || identity.user.size() > kUserMax || !consists_of(identity.user, "_+=,.@-"))
    return "user must have 1 to 64 characters of A-Z, a-z, 0-9 and _+=,.@-";
  const std::string_view token = credential.session_token.revealed();
  if (token.size() > kSessionTokenMax || !is_printable(token))
    return "session_token must have 1 to 4096 printable characters without blanks";
  if (identity.session == token.empty()) return "a session has a session_token, and nothing else has one";
  return std::nullopt;
}

tl::expected<Credential, std::string> environment_credential(std::string_view access_key_id,
                                                             std::string_view secret_access_key,
                                                             std::string_view account) {
  Credential credential;
  credential.identity.access_key_id = access_key_id;
  credential.identity.account = account;
  credential.identity.user = "environment";
  credential.secret_access_key = Secret(secret_access_key);
  if (auto fault = fault_of(credential)) return tl::unexpected(std::move(*fault));
  return credential;
}

Credential new_credential(std::string_view account, std::string_view user, Random& random) {
  static constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  static constexpr std::string_view kSecretAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Credential credential;
  credential.identity.access_key_id = "AKPS";
  for (int i = 0; i < 16; ++i) credential.identity.access_key_id += kIdAlphabet[random.below(32)];
  std::array<char, 40> secret{};
  for (char& c : secret) c = kSecretAlphabet[random.below(64)];
  credential.secret_access_key = Secret(std::string_view(secret.data(), secret.size()));
  OPENSSL_cleanse(secret.data(), secret.size());
  credential.identity.account = account;
  credential.identity.user = user;
  return credential;
}

tl::expected<std::shared_ptr<const Credentials>, std::string> Credentials::gather(
    std::vector<Credential> all) {
  auto credentials = std::make_shared<Credentials>();
  credentials->all_ = std::move(all);
  for (std::size_t at = 0; at < credentials->all_.size(); ++at) {
    const Credential& credential = credentials->all_[at];
    if (auto fault = fault_of(credential)) return tl::unexpected(std::move(*fault));
    if (!credentials->by_id_.emplace(credential.identity.access_key_id, at).second)
      return tl::unexpected("two credentials have the access_key_id " + credential.identity.access_key_id);
  }
  return credentials;
}

std::optional<std::size_t> Credentials::find(std::string_view access_key_id) const {
  const auto found = by_id_.find(access_key_id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::string listing(const std::vector<Credential>& credentials, WallTime now) {
  std::size_t id_width = std::string_view("ACCESS KEY ID").size(), user_width = 4;
  for (const Credential& credential : credentials) {
    id_width = std::max(id_width, credential.identity.access_key_id.size());
    user_width = std::max(user_width, credential.identity.user.size());
  }
  std::string text = column("ACCESS KEY ID", id_width) + column("ACCOUNT", 12) + column("USER", user_width) +
                     column("KIND", 7) + column("POLICIES", 8) + "STATE\n";
  for (const Credential& credential : credentials) {
    const Identity& identity = credential.identity;
    text += column(identity.access_key_id, id_width) + column(identity.account, 12) +
            column(identity.user, user_width) + column(std::string(kind_of(credential)), 7) +
            column(std::to_string(identity.policies.size()), 8) + state_of(credential, now) + "\n";
  }
  return text;
}

}  // namespace penstock
