#include "server/admin_token.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "server/caller_source.h"

namespace penstock {

std::optional<std::string> wrong_with_admin_token(std::string_view token) {
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (plain && token.size() >= kAdminTokenBytesMin && token.size() <= kAdminTokenBytesMax)
    return std::nullopt;
  return "it must be 16 to 256 characters, printable and without blanks";
}

tl::expected<std::shared_ptr<const Secret>, StartRefusal> read_admin_token(const Settings& settings) {
  if (settings.admin_token_file.empty()) return settings.admin_token;
  const auto refused = [&](std::string_view why) {
    return tl::unexpected(StartRefusal{
        kExitUsage, "--admin-token-file " + settings.admin_token_file + ": " + std::string(why)});
  };
  if (settings.admin_token) return refused("PENSTOCK_ADMIN_TOKEN gives a token too: give one of them");
  if (auto exposed = judge_exposure(settings, exposure_of(settings.admin_token_file))) {
    return tl::unexpected(*std::move(exposed));
  }
  std::ifstream file(settings.admin_token_file, std::ios::binary);
  if (!file) return refused("it cannot be read");
  std::string text(kAdminTokenBytesMax + 3, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (const auto wrong = wrong_with_admin_token(text)) return refused("the token in it: " + *wrong);
  auto token = std::make_shared<const Secret>(text);
  std::fill(text.begin(), text.end(), '\0');
  return token;
}

}  // namespace penstock
