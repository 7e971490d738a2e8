#include "server/credentials_command.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "actions/known_callers.h"
#include "auth/credentials.h"
#include "auth/credentials_file.h"
#include "base/random.h"
#include "server/wall_clock.h"

namespace penstock {
namespace {

using Done = tl::expected<std::string, StartRefusal>;

constexpr std::size_t kPolicyBytesMax = 64 << 10;

tl::unexpected<StartRefusal> refuse_command(int exit_code, std::string text) {
  return tl::unexpected(StartRefusal{exit_code, std::move(text)});
}

tl::expected<std::string, StartRefusal> read_policy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse_command(kExitNoInput, path + " cannot be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > kPolicyBytesMax) return refuse_command(kExitUsage, path + " is too long for a policy");
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Done add(const CredentialsFile& file, const std::string& path, const CredentialsCommand::Add& wanted) {
  SystemRandom random;
  const auto make = [&] { return new_credential(wanted.account, wanted.user, random); };
  Credential credential = make();
  for (const std::string& policy_file : wanted.policy_files) {
    auto policy = read_policy(policy_file);
    if (!policy) return tl::unexpected(std::move(policy.error()));
    credential.identity.policies.push_back(*std::move(policy));
  }
  if (const auto fault = fault_of(credential)) return refuse_command(kExitUsage, *fault);
  // Whether a daemon would take it, its policies above all.
  std::vector<Credential> alone;
  alone.push_back(make());
  alone.back().identity.policies = credential.identity.policies;
  if (const auto known = KnownCallers::gather(std::move(alone)); !known) {
    return refuse_command(kExitUsage, known.error());
  }
  if (auto added = file.add(credential); !added) return refuse_command(kExitConfig, added.error());
  return "access_key_id: " + credential.identity.access_key_id +
         "\nsecret_access_key: " + std::string(credential.secret_access_key.revealed()) +
         "\n# The secret is not shown again. A daemon that is running takes " + path + " up on SIGHUP.\n";
}

}  // namespace

tl::expected<std::string, StartRefusal> perform(const CredentialsCommand& command) {
  const CredentialsFile file(command.file);
  if (const auto* wanted = std::get_if<CredentialsCommand::Add>(&command.what)) {
    return add(file, command.file, *wanted);
  }
  if (const auto* wanted = std::get_if<CredentialsCommand::Revoke>(&command.what)) {
    if (auto revoked = file.revoke(wanted->access_key_id); !revoked) {
      return refuse_command(kExitConfig, revoked.error());
    }
    return "# " + wanted->access_key_id + " is revoked. A daemon that is running takes it up on SIGHUP.\n";
  }
  auto contents = file.read();
  if (!contents) return refuse_command(kExitConfig, contents.error());
  return listing(contents->credentials, wall_time());
}

}  // namespace penstock
