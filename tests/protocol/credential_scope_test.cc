#include "auth/credential_scope.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock {
namespace {

TEST(CredentialScope, SaysWhoSignedAndForWhat) {
  const auto scope = CredentialScope::parse(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/sqs/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=7ff3");
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->access_key_id, "AKIDEXAMPLE");
  EXPECT_EQ(scope->date, "20261122");
  EXPECT_EQ(scope->region, "eu-central-1");
  EXPECT_EQ(scope->service, "sqs");
}

TEST(CredentialScope, TheOrderAndSpacingOfParametersDoNotMatter) {
  const auto scope = CredentialScope::parse(
      "AWS4-HMAC-SHA256 Signature=7ff3,SignedHeaders=host,  Credential=k/d/r/s/aws4_request");
  ASSERT_TRUE(scope);
  EXPECT_EQ(scope->region, "r");
}

TEST(CredentialScope, AnythingElseIsNone) {
  const std::string head = "AWS4-HMAC-SHA256 Credential=";
  for (const std::string& authorization :
       {std::string(), std::string("Basic dXNlcjpwYXNz"), std::string("AWS4-HMAC-SHA256 "), head, head + "k",
        head + "k/d/r/s", head + "k/d/r/s/aws4", head + "/d/r/s/aws4_request",
        head + "k/d/r/s/t/aws4_request", head + "k y/d/r/s/aws4_request", head + "\"k/d/r/s/aws4_request",
        head + std::string(129, 'k') + "/d/r/s/aws4_request", "AWS4-HMAC-SHA256 " + std::string(100'000, ','),
        std::string("AWS4-HMAC-SHA256 credential=k/d/r/s/aws4_request")}) {
    EXPECT_FALSE(CredentialScope::parse(authorization)) << authorization.substr(0, 100);
  }
}

}  // namespace
}  // namespace penstock
