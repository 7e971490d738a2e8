#include "protocol/queue_url.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

std::string located(std::string_view url) {
  const auto locator = parse_queue_url(url);
  if (!locator) return "none";
  return std::string(locator->account.value_or("own")) + " " + std::string(locator->name);
}

TEST(QueueUrl, TheLastTwoSegmentsDecideWhateverTheHost) {
  for (const std::string_view url :
       {"http://localhost:4566/123456789012/mail", "https://sqs.eu-west-1.amazonaws.com/123456789012/mail",
        "http://[::1]:4566/123456789012/mail", "http://proxy/a/b/123456789012/mail", "/123456789012/mail",
        "123456789012/mail", "http://localhost:4566/123456789012/mail?Action=x", "://x/123456789012/mail"}) {
    EXPECT_EQ(located(url), "123456789012 mail") << url;
  }
}

TEST(QueueUrl, ABareNameAndThePathQueueMeanTheCallersAccount) {
  for (const std::string_view url :
       {"mail", "/mail", "http://localhost:4566/mail", "http://localhost:4566/queue/mail", "queue/mail"}) {
    EXPECT_EQ(located(url), "own mail") << url;
  }
  EXPECT_EQ(located("mail.fifo"), "own mail.fifo");
}

TEST(QueueUrl, GarbageNamesNoQueue) {
  for (const std::string& url :
       {std::string(), std::string("/"), std::string("http://localhost:4566"),
        std::string("http://localhost:4566/"), std::string("http://localhost:4566/123456789012/"),
        std::string("http://localhost:4566/12345/mail"), std::string("http://localhost/12345678901x/mail"),
        std::string("ma il"), std::string("mail.fif"), std::string("../../etc/passwd"),
        std::string("mail\0", 5), std::string("123456789012/") + std::string(81, 'm'),
        std::string(1'000'000, '/'), std::string(1'000'000, 'm'), std::string("\xff")}) {
    EXPECT_EQ(located(url), "none") << url.substr(0, 60);
  }
}

TEST(QueueUrl, ItsHostIsTheOneThatTheClientUsed) {
  const auto authority = [](std::string_view host) { return public_authority(host, "127.0.0.1:4566"); };
  EXPECT_EQ(authority("localhost:9999"), "localhost:9999");
  EXPECT_EQ(authority("broker.internal:80"), "broker.internal:80");
  EXPECT_EQ(authority("my_queue-host"), "my_queue-host:4566");  // the listening port
  EXPECT_EQ(authority("[::1]"), "[::1]:4566");
  EXPECT_EQ(authority("[fe80::1]:4566"), "[fe80::1]:4566");
}

TEST(QueueUrl, AHostThatIsNoneIsNotRepeated) {
  for (const std::string& host :
       {std::string(), std::string("a b"), std::string("a/b"), std::string("<script>"), std::string("a\"b"),
        std::string("host:"), std::string("host:x"), std::string("host:0"), std::string("host:65536"),
        std::string("host:123456"), std::string("user@host"), std::string("[::1"), std::string("[]"),
        std::string("[x]:1"), std::string(256, 'h'), std::string("h\xc3\xb6st"), std::string("a:1:2")}) {
    EXPECT_EQ(public_authority(host, "127.0.0.1:4566"), "127.0.0.1:4566") << host;
  }
  EXPECT_EQ(public_authority(std::nullopt, "127.0.0.1:4566"), "127.0.0.1:4566");
}

TEST(QueueUrl, IsAccountAndNameBehindTheHost) {
  EXPECT_EQ(queue_url("http://localhost:4566", "000000000000", "mail"),
            "http://localhost:4566/000000000000/mail");
}

}  // namespace
}  // namespace penstock
