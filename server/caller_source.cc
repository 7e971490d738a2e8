#include "server/caller_source.h"

#include <sys/stat.h>

#include <utility>
#include <vector>

#include "auth/credentials_file.h"
#include "server/log.h"

namespace penstock {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

}  // namespace

std::optional<std::string> exposure_of(const std::string& path) {
  struct stat status {};
  if (path.empty() || stat(path.c_str(), &status) != 0 || (status.st_mode & kOthers) == 0)
    return std::nullopt;
  const bool directory = S_ISDIR(status.st_mode);
  return path + " can be reached by others than its owner: chmod " + (directory ? "700 " : "600 ") + path;
}

std::optional<StartRefusal> judge_exposure(const Settings& settings,
                                           const std::optional<std::string>& exposed) {
  if (!exposed) return std::nullopt;
  if (settings.strict_permissions) return StartRefusal{kExitConfig, *exposed + " (--strict-permissions)"};
  log_warning("others than its owner can get at what should be secret", {{"fix", *exposed}});
  return std::nullopt;
}

tl::expected<KnownCallersPtr, StartRefusal> read_callers(const Settings& settings) {
  std::vector<Credential> all;
  if (!settings.credentials.empty()) {
    auto contents = CredentialsFile(settings.credentials).read();
    if (!contents) return tl::unexpected(StartRefusal{kExitConfig, contents.error()});
    if (auto refusal = judge_exposure(settings, contents->exposed))
      return tl::unexpected(*std::move(refusal));
    all = std::move(contents->credentials);
  }
  if (settings.secret_access_key) {
    auto pair = environment_credential(settings.access_key_id, settings.secret_access_key->revealed(),
                                       settings.account.text());
    if (!pair) return tl::unexpected(StartRefusal{kExitUsage, "PENSTOCK_ACCESS_KEY_ID: " + pair.error()});
    all.push_back(*std::move(pair));
  }
  auto known = KnownCallers::gather(std::move(all));
  if (known) return *std::move(known);
  const std::string place = settings.credentials.empty() ? "PENSTOCK_ACCESS_KEY_ID" : settings.credentials;
  return tl::unexpected(StartRefusal{kExitConfig, place + ": " + known.error()});
}

}  // namespace penstock
