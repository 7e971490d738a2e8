// The credentials file's text: read strictly, and changed without touching what somebody else wrote.
#include <gtest/gtest.h>

#include "auth/credentials_document.h"

namespace penstock {
namespace {

constexpr std::string_view kText = R"(# Who may call.
credentials:
  # the web shop
  - access_key_id: AKIDSHOP
    secret_access_key: "shopshopshopshopshop"
    account: "123456789012"
    user: shop  # not a person

  # nightly jobs; ask operations
  - access_key_id: AKIDJOBS
    secret_access_key: jobsjobsjobsjobsjobs
    account: 000000000001
    user: jobs
    policies:
      - '{"Version":"2012-10-17","Statement":[]}'
      - |
        {
          # no comment, but a part of the text
          "Version": "2012-10-17"
        }
    session_token: aSessionToken==
    expires: 2026-12-31T23:59:59Z
# the end
)";

std::string read_or_told(std::string_view text) {
  const auto credentials = read_credentials(text);
  if (!credentials) return credentials.error().told();
  std::string told;
  for (const Credential& one : *credentials) {
    told += one.identity.access_key_id + " " + one.identity.arn() + " " +
            std::to_string(one.identity.policies.size()) + (one.identity.session ? " session" : "") +
            (one.expires ? " until " + extended_time(*one.expires) : "") + "\n";
  }
  return told;
}

std::string told(const tl::expected<std::string, Complaint>& changed) {
  return changed ? *changed : changed.error().told();
}

Credential carol() {
  return {.identity = {.access_key_id = "AKIDCAROL", .account = "123456789012", .user = "carol"},
          .secret_access_key = Secret("carol/carol+carol\"\\carol")};
}

TEST(CredentialsDocument, IsRead) {
  EXPECT_EQ(read_or_told(kText),
            "AKIDSHOP arn:aws:iam::123456789012:user/shop 0\n"
            "AKIDJOBS arn:aws:iam::000000000001:user/jobs 2 session until 2026-12-31T23:59:59Z\n");
  const auto credentials = read_credentials(kText);
  EXPECT_EQ((*credentials)[0].secret_access_key.revealed(), "shopshopshopshopshop");
  EXPECT_EQ((*credentials)[1].session_token.revealed(), "aSessionToken==");
  EXPECT_EQ((*credentials)[1].identity.policies[0], R"({"Version":"2012-10-17","Statement":[]})");
}

TEST(CredentialsDocument, MayHoldNothing) {
  for (const char* text :
       {"", "\n", "# nobody yet\n", "---\n", "credentials:\n", "credentials: []\n", "credentials: ~\n"})
    EXPECT_EQ(read_or_told(text), "") << text;
}

TEST(CredentialsDocument, IsRefusedWithLineAndColumnForWhatItDoesNotUnderstand) {
  const auto with_line = [](std::string_view line) {
    return read_or_told(
        "credentials:\n  - access_key_id: AKIDSHOP\n    secret_access_key: shopshopshopshopshop\n"
        "    account: '123456789012'\n    user: shop\n" +
        std::string(line) + "\n");
  };
  EXPECT_EQ(with_line("    role: admin"), "line 6, column 5: the key 'role' is unknown here");
  EXPECT_EQ(with_line("    user: other"), "line 6, column 5: the key 'user' is given twice");
  EXPECT_EQ(with_line("extra: 1"), "line 6, column 1: the key 'extra' is unknown here");
  EXPECT_EQ(with_line("    policies: '{}'"), "line 6, column 15: policies must be a list");
  EXPECT_EQ(with_line("    policies: [{}]"), "line 6, column 16: a policy must be a text");
  EXPECT_EQ(with_line("    session_token: ''"), "line 6, column 20: session_token must not be empty");
  EXPECT_EQ(with_line("    session_token: 'a b'"),
            "line 6, column 20: session_token must have 1 to 4096 printable characters without blanks");
  EXPECT_EQ(with_line("    session_token: !!binary aGFs"), "line 6, column 20: session_token must be a text");
  EXPECT_EQ(with_line("    expires: tomorrow"),
            "line 6, column 14: expires must look like 2026-12-31T23:59:59Z");
  EXPECT_EQ(with_line("    expires:"), "line 6, column 5: the key 'expires' has no value");
  EXPECT_EQ(with_line("    ? [a]\n    : b"), "line 6, column 7: a key must be a word");
  EXPECT_EQ(with_line("  - access_key_id: AKIDSHOP\n    secret_access_key: shopshopshopshopshop\n"
                      "    account: '123456789012'\n    user: shop"),
            "line 6, column 5: the access_key_id AKIDSHOP is given twice");
  EXPECT_EQ(with_line("  - {}"), "line 6, column 5: the entry has no access_key_id");
  EXPECT_EQ(with_line("  - shop"), "line 6, column 5: an entry must be a map");
  EXPECT_EQ(with_line("---\ncredentials:"), "line 7, column 1: there must be one document only");
  EXPECT_EQ(read_or_told("- a\n"), "line 1, column 1: the file must be a map");
  EXPECT_EQ(read_or_told("credentials: everybody\n"), "line 1, column 14: credentials must be a list");
  EXPECT_EQ(read_or_told("credentials:\n  - access_key_id: A\n    account: \x04\n"),
            "line 3, column 14: a control character");
  EXPECT_EQ(read_or_told(std::string(kCredentialsTextMax + 1, ' ')), "the text is longer than 1 MiB");
  EXPECT_EQ(read_or_told("credentials: [\n").substr(0, 30), "line 2, column 1: not YAML: en");
  EXPECT_EQ(read_or_told(std::string(100'000, '[')).find("not YAML") != std::string::npos, true);
}

TEST(CredentialsDocument, NoComplaintRepeatsASecret) {
  const std::string secret = "SeCrEtSeCrEtSeCrEt";
  for (const std::string& text : {
           "credentials:\n  - {" + secret + "}\n",
           "credentials:\n  - " + secret + "\n",
           "credentials:\n  - AKID: *" + secret + "\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: *" + secret + "\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: !" + secret + " a\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: %" + secret + "\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: \"\\" + secret + "\"\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: [" + secret + "]\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: " + secret + ": " + secret + "\n",
           "credentials:\n  - access_key_id: a\n    secret_access_key: \"" + secret +
               " \"\n    account: a\n    user: a\n",
           "credentials:\n  - " + secret + ": " + secret + "\n",
           secret + "\n",
       }) {
    const auto credentials = read_credentials(text);
    ASSERT_FALSE(credentials) << text;
    EXPECT_EQ(credentials.error().told().find("SeCrEt"), std::string::npos) << credentials.error().told();
  }
}

TEST(CredentialsDocument, GainsAnEntryAtItsEnd) {
  EXPECT_EQ(told(with_credential(kText, carol())),
            std::string(kText) +
                "  - access_key_id: \"AKIDCAROL\"\n"
                "    secret_access_key: \"carol/carol+carol\\\"\\\\carol\"\n"
                "    account: \"123456789012\"\n"
                "    user: \"carol\"\n");
}

TEST(CredentialsDocument, GainsEverythingThatACredentialHas) {
  Credential session = carol();
  session.identity.session = true;
  session.session_token = Secret("token'\"\\:#-");
  session.expires = parse_extended_time("2026-12-31T23:59:59Z");
  session.identity.policies = {"{\n\t\"Version\": \"2012-10-17\"\r\n}", " - # not YAML: at all"};
  const auto text = with_credential("", session);
  ASSERT_TRUE(text) << text.error().told();
  const auto again = read_credentials(*text);
  ASSERT_TRUE(again) << again.error().told();
  ASSERT_EQ(again->size(), 1u);
  EXPECT_EQ((*again)[0].identity.policies, session.identity.policies);
  EXPECT_EQ((*again)[0].session_token.revealed(), session.session_token.revealed());
  EXPECT_EQ((*again)[0].expires, session.expires);
}

TEST(CredentialsDocument, GainsItsFirstEntryHoweverItIsEmpty) {
  const std::string entry = told(with_credential("", carol()));
  ASSERT_TRUE(entry.starts_with("credentials:\n  - access_key_id: \"AKIDCAROL\"\n")) << entry;
  EXPECT_EQ(told(with_credential("# nobody yet", carol())), "# nobody yet\n" + entry);
  EXPECT_EQ(told(with_credential("credentials:\n# nobody yet\n", carol())),
            "credentials:\n# nobody yet\n" + entry.substr(13));
  EXPECT_EQ(told(with_credential("credentials: []  # nobody yet\n", carol())),
            "credentials:   # nobody yet\n" + entry.substr(13));
}

TEST(CredentialsDocument, LosesAnEntryAndNothingElse) {
  std::string jobs_only(kText);
  const std::size_t begin = jobs_only.find("  - access_key_id: AKIDSHOP");
  jobs_only.erase(begin, jobs_only.find("\n  # nightly") - begin);
  EXPECT_EQ(told(without_credential(kText, "AKIDSHOP")), jobs_only);

  std::string shop_only(kText);
  const std::size_t from = shop_only.find("  - access_key_id: AKIDJOBS");
  shop_only.erase(from, shop_only.find("# the end") - from);
  EXPECT_EQ(told(without_credential(kText, "AKIDJOBS")), shop_only);
}

TEST(CredentialsDocument, WhatWasAddedLastCanBeTakenBack) {
  std::string text(kText);
  for (const char* id : {"A", "B", "C"}) {
    Credential credential = carol();
    credential.identity.access_key_id = id;
    text = told(with_credential(text, credential));
  }
  for (const char* id : {"B", "A", "C"}) text = told(without_credential(text, id));
  EXPECT_EQ(text, kText);
  text = told(without_credential(text, "AKIDSHOP"));
  text = told(without_credential(text, "AKIDJOBS"));
  EXPECT_EQ(read_or_told(text), "");
  EXPECT_NE(text.find("# nightly jobs; ask operations"), std::string::npos);
  EXPECT_EQ(read_or_told(told(with_credential(text, carol()))),
            "AKIDCAROL arn:aws:iam::123456789012:user/carol 0\n");
}

TEST(CredentialsDocument, IsNotChangedWhereTheChangeMakesNoSense) {
  Credential shop = carol();
  shop.identity.access_key_id = "AKIDSHOP";
  EXPECT_EQ(told(with_credential(kText, shop)), "the access_key_id AKIDSHOP is there already");
  EXPECT_EQ(told(without_credential(kText, "AKIDNOBODY")), "there is no access_key_id AKIDNOBODY");
  Credential faulty = carol();
  faulty.identity.account = "1";
  EXPECT_EQ(told(with_credential(kText, faulty)), "account must have twelve digits");
  EXPECT_EQ(told(with_credential("credentials: 1\n", carol())),
            "line 1, column 14: credentials must be a list");
}

TEST(CredentialsDocument, WrittenOtherwiseIsLeftToItsWriter) {
  const std::string entry =
      "{access_key_id: A, secret_access_key: shopshopshopshopshop, account: '123456789012', user: shop}";
  const std::string by_hand = "the entries are not written line by line, so this has to be changed by hand";
  const std::string flow = "credentials: [" + entry + "]\n";
  EXPECT_EQ(read_or_told(flow), "A arn:aws:iam::123456789012:user/shop 0\n");
  EXPECT_EQ(told(with_credential(flow, carol())), by_hand);
  EXPECT_EQ(told(without_credential(flow, "A")), by_hand);
  // One entry a line is line by line, whatever an entry is written in.
  const std::string lines = "credentials:\n- " + entry + "\n";
  EXPECT_EQ(told(without_credential(lines, "A")), "credentials:\n");
  EXPECT_NE(told(with_credential(lines, carol())).find("\n- access_key_id: \"AKIDCAROL\"\n  secret"),
            std::string::npos);
}

TEST(CredentialsDocument, AnEntryMayBeginBelowItsDash) {
  const std::string text =
      "credentials:\n"
      "  -\n"
      "    # somebody\n"
      "    access_key_id: A\n"
      "    secret_access_key: shopshopshopshopshop\n"
      "    account: '123456789012'\n"
      "    user: shop\n";
  EXPECT_EQ(told(without_credential(text, "A")), "credentials:\n");
  EXPECT_EQ(told(without_credential(told(with_credential(text, carol())), "AKIDCAROL")), text);
}

}  // namespace
}  // namespace penstock
