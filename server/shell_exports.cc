#include "server/shell_exports.h"

namespace penstock {
namespace {

// In single quotes, whatever it holds.
std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char character : text) {
    if (character == '\'') {
      quoted += "'\\''";
    } else {
      quoted.push_back(character);
    }
  }
  return quoted + "'";
}

}  // namespace

std::string shell_exports(const Settings& settings) {
  const std::string url = "http://" + settings.listen.front().reached_locally().text();
  const std::string region(settings.region.text());
  const std::string account(settings.account.text());
  std::string text;
  const auto set = [&](const std::string& name, const std::string& value) {
    text += "export " + name + "=" + quoted(value) + "\n";
  };
  set("AWS_ENDPOINT_URL", url);
  set("AWS_ENDPOINT_URL_SQS", url);
  set("AWS_REGION", region);
  set("AWS_DEFAULT_REGION", region);
  set("AWS_ACCESS_KEY_ID", "local");
  set("AWS_SECRET_ACCESS_KEY", "local");
  // Both would be taken before the keys above.
  text += "unset AWS_PROFILE AWS_SESSION_TOKEN\n";
  text += "# Queues are at " + url + "/" + account +
          "/NAME. An access key id of twelve digits is an account of its own;\n"
          "# any other one means the account " +
          account + ".\n";
  return text;
}

}  // namespace penstock
