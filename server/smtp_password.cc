#include "server/smtp_password.h"

#include <openssl/crypto.h>

#include <fstream>
#include <string>

#include "server/caller_source.h"

namespace penstock {
namespace {

constexpr std::size_t kPasswordMax = 1024;

StartRefusal wrong(const Settings& settings, std::string_view why) {
  return {kExitUsage, "--smtp-password-file " + settings.smtp_password_file + ": " + std::string(why)};
}

}  // namespace

tl::expected<std::shared_ptr<const Secret>, StartRefusal> read_smtp_password(const Settings& settings) {
  if (settings.smtp_password_file.empty()) return settings.smtp_password;
  if (auto exposed = judge_exposure(settings, exposure_of(settings.smtp_password_file))) {
    return tl::unexpected(*std::move(exposed));
  }
  std::ifstream file(settings.smtp_password_file);
  if (!file) return tl::unexpected(wrong(settings, "it cannot be read"));
  std::string line(kPasswordMax + 1, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  const std::string_view text = std::string_view(line).substr(0, static_cast<std::size_t>(file.gcount()));
  std::string_view password = text.substr(0, text.find('\n'));
  if (password.ends_with('\r')) password.remove_suffix(1);
  std::shared_ptr<const Secret> secret;
  if (!password.empty() && password.size() <= kPasswordMax) secret = std::make_shared<const Secret>(password);
  OPENSSL_cleanse(line.data(), line.size());
  if (!secret)
    return tl::unexpected(wrong(settings, "its first line must hold a password of 1 to 1024 bytes"));
  return secret;
}

}  // namespace penstock
