// QueueUrls and Host headers: whatever names a queue names it again in the URL that is made of it.
#include "protocol/queue_url.h"

#include "base/require.h"
#include "protocol/text_rules.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {

void examine(std::string_view input) {
  constexpr std::string_view kListening = "127.0.0.1:4566";
  const std::string authority = public_authority(input, kListening);
  require(!authority.empty() && authority.size() <= 255 + 6, "an authority is short");
  for (const char byte : authority) {
    require(byte > ' ' && byte < 0x7f && byte != '"' && byte != '<' && byte != '/' && byte != '@',
            "an authority holds nothing that could end or change a URL");
  }
  // With a port added, the longest of hosts is longer than a Host header may be.
  require(authority.size() > 255 || public_authority(authority, kListening) == authority,
          "an authority stands for itself");

  const std::optional<QueueLocator> locator = parse_queue_url(input);
  if (!locator) return;
  require(is_standard_queue_name(locator->name) || is_fifo_queue_name(locator->name), "a name could be one");
  const std::string_view account = locator->account.value_or("000000000000");
  require(account.size() == 12, "an account has twelve digits");
  const std::string url = queue_url(authority, account, locator->name);
  const std::optional<QueueLocator> again = parse_queue_url(url);
  require(again && again->account == account && again->name == locator->name,
          "the URL of a queue names that queue");
}

std::vector<std::string> seeds() {
  return {"mail",
          "mail.fifo",
          "/000000000000/mail",
          "/queue/mail",
          "http://localhost:4566/000000000000/mail",
          "https://sqs.eu-central-1.amazonaws.com/123456789012/mail.fifo",
          "http://[::1]:4566/123456789012/mail",
          "http://a/b/c/123456789012/mail?x=y#z",
          "http://a",
          "localhost",
          "localhost:4566",
          "[::1]",
          "[fe80::1]:80",
          "a.b-c_d:65535",
          "a:65536",
          "a:"};
}

}  // namespace penstock
