// Credentials: what can be one, what a snapshot holds, and what may be seen of it.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "auth/credentials.h"

namespace penstock {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

Credential alice() {
  return {.identity = {.access_key_id = "AKIDEXAMPLE", .account = "123456789012", .user = "alice"},
          .secret_access_key = Secret(kSecret)};
}

TEST(Credentials, EachFaultHasItsSentence) {
  const auto fault = [](const std::function<void(Credential&)>& change) {
    Credential credential = alice();
    change(credential);
    return fault_of(credential).value_or("none").substr(0, 30);
  };
  EXPECT_EQ(fault([](Credential&) {}), "none");
  for (const std::string& id : {std::string(), std::string(129, 'A'), std::string("A/B"), std::string("A B")})
    EXPECT_EQ(fault([&id](Credential& c) { c.identity.access_key_id = id; }),
              "access_key_id must have 1 to 1");
  for (const std::string& secret :
       {std::string(15, 's'), std::string(257, 's'), std::string("a blank in the secret"),
        std::string("0123456789abcde\xc3\xa4")}) {
    EXPECT_EQ(fault([&secret](Credential& c) { c.secret_access_key = Secret(secret); }),
              "secret_access_key must have 16");
  }
  for (const char* account : {"", "12345678901", "1234567890123", "12345678901x"})
    EXPECT_EQ(fault([account](Credential& c) { c.identity.account = account; }),
              "account must have twelve digit");
  for (const std::string& user :
       {std::string(), std::string(65, 'u'), std::string("a:b"), std::string("a/b")})
    EXPECT_EQ(fault([&user](Credential& c) { c.identity.user = user; }), "user must have 1 to 64 charact");
  EXPECT_EQ(fault([](Credential& c) {
              c.identity.session = true;
              c.session_token = Secret(std::string(4097, 't'));
            }),
            "session_token must have 1 to 4");
  EXPECT_EQ(fault([](Credential& c) { c.identity.session = true; }), "a session has a session_token,");
  EXPECT_EQ(fault([](Credential& c) { c.session_token = Secret("token"); }),
            "a session has a session_token,");
}

TEST(Credentials, OnePairMayComeFromTheEnvironment) {
  const auto credential = environment_credential("AKIDEXAMPLE", kSecret, "123456789012");
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->identity.arn(), "arn:aws:iam::123456789012:user/environment");
  EXPECT_TRUE(credential->secret_access_key.equals(kSecret));
  EXPECT_EQ(environment_credential("AKIDEXAMPLE", "short", "123456789012").error(),
            "secret_access_key must have 16 to 256 printable characters without blanks");
}

TEST(Credentials, ASnapshotFindsEachByItsExactId) {
  std::vector<Credential> all;
  all.push_back(alice());
  all.push_back(alice());
  all.back().identity.access_key_id = "AKIDOTHER";
  const auto credentials = Credentials::gather(std::move(all));
  ASSERT_TRUE(credentials);
  EXPECT_EQ((*credentials)->find("AKIDEXAMPLE"), 0u);
  EXPECT_EQ((*credentials)->find("AKIDOTHER"), 1u);
  EXPECT_EQ((*credentials)->find("AKIDOTHE"), std::nullopt);
  EXPECT_EQ((*credentials)->find(""), std::nullopt);
}

TEST(Credentials, TwoOfOneIdDoNotStandTogether) {
  std::vector<Credential> all;
  all.push_back(alice());
  all.push_back(alice());
  EXPECT_EQ(Credentials::gather(std::move(all)).error(),
            "two credentials have the access_key_id AKIDEXAMPLE");
}

TEST(Credentials, NewOnesAreGoodAndDifferent) {
  SystemRandom random;
  std::set<std::string> ids, secrets;
  for (int i = 0; i < 100; ++i) {
    const Credential credential = new_credential("123456789012", "alice", random);
    EXPECT_EQ(fault_of(credential), std::nullopt);
    EXPECT_EQ(credential.identity.access_key_id.size(), 20u);
    EXPECT_EQ(credential.secret_access_key.revealed().size(), 40u);
    ids.insert(credential.identity.access_key_id);
    secrets.insert(std::string(credential.secret_access_key.revealed()));
  }
  EXPECT_EQ(ids.size(), 100u);
  EXPECT_EQ(secrets.size(), 100u);
}

TEST(Credentials, AListingShowsWhoAndNoSecret) {
  const WallTime now = *parse_basic_time("20261122T120000Z");
  std::vector<Credential> all;
  all.push_back(alice());
  all.push_back(alice());
  all.back().identity.user = "bob-the-builder";
  all.back().identity.session = true;
  all.back().session_token = Secret("ATOKENTHATNOBODYSEES");
  all.back().expires = now + std::chrono::seconds{1};
  all.back().identity.policies = {"{}", "{}"};
  all.push_back(alice());
  all.back().expires = now;
  EXPECT_EQ(
      listing(all, now),
      "ACCESS KEY ID  ACCOUNT       USER             KIND     POLICIES  STATE\n"
      "AKIDEXAMPLE    123456789012  alice            lasting  0         valid\n"
      "AKIDEXAMPLE    123456789012  bob-the-builder  session  2         until 2026-11-22T12:00:01Z\n"
      "AKIDEXAMPLE    123456789012  alice            lasting  0         expired 2026-11-22T12:00:00Z\n");
}

TEST(Secret, IsLeftBehindNowhereWhenItMoves) {
  Secret one(kSecret);
  Secret other(std::move(one));
  EXPECT_TRUE(one.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  EXPECT_EQ(other.revealed(), kSecret);
  Secret third("something else");
  third = std::move(other);
  EXPECT_TRUE(third.equals(kSecret));
  EXPECT_FALSE(third.equals(kSecret.substr(1)));
  EXPECT_FALSE(third.equals("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEX"));
}

TEST(WallTime, IsReadInThreeFormsAndNoOther) {
  const WallTime noon = WallTime{} + std::chrono::seconds{1'795'348'800};
  EXPECT_EQ(basic_time(noon), "20261122T120000Z");
  EXPECT_EQ(extended_time(noon), "2026-11-22T12:00:00Z");
  EXPECT_EQ(parse_basic_time("20261122T120000Z"), noon);
  EXPECT_EQ(parse_extended_time("2026-11-22T12:00:00Z"), noon);
  EXPECT_EQ(parse_http_date("Sun, 22 Nov 2026 12:00:00 GMT"), noon);
  EXPECT_TRUE(parse_basic_time("20280229T235959Z"));
  for (const char* bad : {"", "20261122T120000", "20261122T120000z", "20260229T120000Z", "20261122T240000Z",
                          "20261122T126000Z", "20261122T120060Z", "2026 122T120000Z", "+2026122T120000Z",
                          "20261322T120000Z", "20261100T120000Z", " 20261122T120000Z", "20261122T120000Z "})
    EXPECT_FALSE(parse_basic_time(bad)) << bad;
  for (const char* bad :
       {"", "2026-11-22", "2026-11-22T12:00:00", "2026-11-22 12:00:00Z", "2026-11-31T12:00:00Z"})
    EXPECT_FALSE(parse_extended_time(bad)) << bad;
  for (const char* bad :
       {"", "Mon, 22 Nov 2026 12:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 UTC", "Sun, 22 nov 2026 12:00:00 GMT",
        "Sunday, 22-Nov-26 12:00:00 GMT", "Sun Nov 22 12:00:00 2026", "Sun, 32 Nov 2026 12:00:00 GMT"})
    EXPECT_FALSE(parse_http_date(bad)) << bad;
}

}  // namespace
}  // namespace penstock
