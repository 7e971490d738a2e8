// Who may come in: requests that are signed as they should be, and what of them a signature binds.
#include <gtest/gtest.h>

#include <algorithm>

#include "auth/sigv4_query.h"
#include "tests/auth/stage.h"

namespace penstock {
namespace {

// Both vectors were computed by hand and confirmed with botocore 1.29.
TEST(SignatureV4, ASignedPostIsItsSignersOwn) {
  SignedLetter letter;
  letter.headers.emplace_back("X-Amz-Date", "20261122T120000Z");
  letter.headers.emplace_back("Authorization",
                              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/sqs/aws4_request, "
                              "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                              "Signature=7ff32ba021d58f0ada6c5e5478f84c39a01bd533a41c4b7a037a4ffa6f59a655");
  EXPECT_EQ(verdict(letter), kAlice);
}

TEST(SignatureV4, APresignedGetIsItsSignersOwn) {
  const std::vector<SignedRequest::Header> headers{{"Host", "localhost:9324"}};
  const SignedRequest request{
      "GET",
      "/123456789012/q1?Action=ReceiveMessage&Version=2012-11-05&X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Fus-east-1%2Fsqs%2Faws4_request&X-Amz-Date=20261122T120000Z"
      "&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
      "&X-Amz-Signature=f3dd4bdbcf7943498ff4bad7cd9a9eeac5d5c1dfd7910b752dcc91b48519f5df",
      headers, ""};
  SignatureVerifier verifier(known());
  EXPECT_EQ(verdict(verifier, request), kAlice);
}

TEST(SignatureV4, TheSignerOfThePlaysAgreesWithTheVector) {
  SignedLetter letter;
  letter.sign();
  EXPECT_TRUE(letter.header("Authorization")
                  .ends_with("Signature=7ff32ba021d58f0ada6c5e5478f84c39a01bd533a41c4b7a037a4ffa6f59a655"));
  EXPECT_EQ(verdict(letter), kAlice);
  SignedLetter presigned;
  presigned.presign();
  EXPECT_EQ(verdict(presigned), kAlice);
}

TEST(SignatureV4, ARequestWithoutASignatureIsNobodys) {
  SignedLetter letter;
  letter.query = {{"Action", "ListQueues"}, {"X-Amz-Expires", "60"}};
  EXPECT_EQ(verdict(letter), "unsigned");
  EXPECT_EQ(query_text(unsigned_refusal("sqs", "http://localhost:9324/123456789012/q1")),
            "Access to the resource http://localhost:9324/123456789012/q1 is denied.");
  EXPECT_EQ(wire_error(unsigned_refusal("sqs", "").code).query_code, "AccessDenied");
  EXPECT_EQ(wire_error(unsigned_refusal("sns", "").code).query_code, "MissingAuthenticationToken");
}

TEST(SignatureV4, EveryBitOfTheSignatureCounts) {
  SignedLetter letter;
  letter.sign();
  SignatureVerifier verifier(known());
  std::string& authorization = letter.header("Authorization");
  const std::size_t begin = authorization.size() - 64;
  for (std::size_t at = begin; at < authorization.size(); ++at) {
    const char right = authorization[at];
    for (const char digit : std::string_view("0123456789abcdef")) {
      authorization[at] = digit;
      EXPECT_EQ(verdict(verifier, letter.request()), digit == right ? kAlice : kWrong);
    }
    authorization[at] = right;
  }
}

TEST(SignatureV4, WhatIsSignedCannotBeChanged) {
  const auto changed = [](auto change) {
    SignedLetter letter;
    letter.path = "/123456789012/q1";
    letter.query = {{"Action", "SendMessage"}};
    letter.sign();
    change(letter);
    return verdict(letter);
  };
  EXPECT_EQ(changed([](SignedLetter&) {}), kAlice);
  EXPECT_EQ(changed([](SignedLetter& l) { l.method = "GET"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.path = "/123456789012/q2"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.path += "/"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.parameter("Action") = "DeleteQueue"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.query.emplace_back("Version", "2012-11-05"); }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.header("X-Amz-Target") = "AmazonSQS.DeleteQueue"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.header("Host") = "localhost:9325"; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.headers.emplace_back("Host", "localhost:9324"); }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.body += " "; }), kWrong);
  EXPECT_EQ(changed([](SignedLetter& l) { l.header("X-Amz-Date") = "20261122T120001Z"; }), kWrong);
}

TEST(SignatureV4, WhatIsNotSignedMayBeAdded) {
  SignedLetter letter;
  letter.sign();
  letter.headers.emplace_back("User-Agent", "curl");
  letter.headers.emplace_back("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793");
  letter.headers.emplace_back("X-Forwarded-For", "127.0.0.1");
  EXPECT_EQ(verdict(letter), kAlice);
}

TEST(SignatureV4, TheOrderOfHeadersTheirCaseAndBlanksDoNotMatter) {
  SignedLetter letter;
  letter.sign();
  std::reverse(letter.headers.begin(), letter.headers.end());
  letter.headers.back().first = "hOST";
  letter.header("Content-Type") = " \t application/x-amz-json-1.0\t ";
  EXPECT_EQ(verdict(letter), kAlice);
}

TEST(SignatureV4, BlanksAndCommasOfTheAuthorizationAreLoose) {
  SignedLetter letter;
  letter.sign();
  std::string& authorization = letter.header("Authorization");
  for (std::size_t at; (at = authorization.find(", ")) != std::string::npos;)
    authorization.replace(at, 2, ",");
  EXPECT_EQ(verdict(letter), kAlice);
  authorization.insert(authorization.find(",SignedHeaders"), "  ,  ");
  EXPECT_EQ(verdict(letter), kAlice);
}

TEST(SignatureV4, AnHttpDateDoesWhereThereIsNoAmzDate) {
  SignedLetter letter;
  letter.signed_headers = "content-type;host;x-amz-target";
  letter.sign();
  letter.drop_header("X-Amz-Date");
  letter.headers.emplace_back("Date", "Sun, 22 Nov 2026 12:00:00 GMT");
  EXPECT_EQ(verdict(letter), kAlice);
  letter.header("Date") = "20261122T120000Z";
  EXPECT_EQ(verdict(letter), kAlice);
  letter.header("Date") = "Sun, 22 Nov 2026 12:00:01 GMT";
  EXPECT_EQ(verdict(letter), kWrong);
}

TEST(SignatureV4, TheBodysDigestMayBeSaidAndMustThenBeRight) {
  SignedLetter letter;
  letter.headers.emplace_back("X-Amz-Content-SHA256",
                              "99a91b4b2a2b5be828d2b3dca9049db8a03bd9ce683706c1da531bd77c24aabd");
  letter.sign();
  EXPECT_EQ(verdict(letter), kAlice);
}

TEST(SignatureV4, ASessionComesWithItsToken) {
  SignedLetter letter;
  letter.access_key_id = "AKIDSESSION";
  letter.headers.emplace_back("X-Amz-Security-Token", kToken);
  letter.sign();
  EXPECT_EQ(verdict(letter), kBob);
  EXPECT_EQ(verdict(letter, "sqs", noon() + std::chrono::minutes{15}), kBob);

  SignedLetter presigned;
  presigned.access_key_id = "AKIDSESSION";
  presigned.query = {{"X-Amz-Security-Token", std::string(kToken)}};
  presigned.expires = "7200";
  presigned.presign();
  EXPECT_EQ(verdict(presigned), kBob);
  EXPECT_EQ(verdict(presigned, "sqs", noon() + std::chrono::seconds{3599}), kBob);
  EXPECT_EQ(verdict(presigned, "sqs", noon() + std::chrono::seconds{3600}),
            "403 ExpiredToken: The security token included in the request is expired");
}

TEST(SignatureV4, ARegionIsWhatItsSignerSays) {
  SignedLetter letter;
  letter.region = "eu-central-1";
  letter.sign();
  EXPECT_EQ(verdict(letter), "ok arn:aws:iam::123456789012:user/alice in eu-central-1");
  SignatureVerifier elsewhere(known(), {"us-east-1", "us-west-2"});
  EXPECT_EQ(verdict(elsewhere, letter.request()),
            "403 SignatureDoesNotMatch: Credential should be scoped to a valid region, not 'eu-central-1'.");
}

TEST(SignatureV4, NewCredentialsTakeThePlaceOfOldOnes) {
  SignedLetter letter;
  letter.sign();
  SignatureVerifier verifier(known());
  const auto before = verifier.verify(letter.request(), "sqs", noon());
  ASSERT_TRUE(before && *before);

  const std::string secret = "anothersecretthatisnobodyelsesatall";
  std::vector<Credential> others;
  others.push_back(
      {.identity = {.access_key_id = "AKIDEXAMPLE", .account = "210987654321", .user = "mallory"},
       .secret_access_key = Secret(secret)});
  verifier.use(*Credentials::gather(std::move(others)));
  EXPECT_EQ(verdict(verifier, letter.request()), kWrong);
  letter.drop_header("Authorization");
  letter.drop_header("X-Amz-Date");
  letter.secret = secret;
  letter.sign();
  EXPECT_EQ(verdict(verifier, letter.request()), "ok arn:aws:iam::210987654321:user/mallory in us-east-1");
  verifier.use(*Credentials::gather({}));
  EXPECT_EQ(verdict(verifier, letter.request()), kUnknown);
  // Whoever was verified before keeps the identity that he was given.
  EXPECT_EQ((*before)->identity->user, "alice");
}

TEST(SigningKeys, AreDerivedOnceForADayOfACallerInARegion) {
  SigningKeys keys;
  const Secret secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  for (int round = 0; round < 3; ++round) {
    keys.sign({0, "20261122", "us-east-1", "sqs"}, secret, "text");
    keys.sign({0, "20261122", "us-east-1", "sns"}, secret, "text");
    keys.sign({0, "20261123", "us-east-1", "sqs"}, secret, "text");
    keys.sign({1, "20261122", "us-east-1", "sqs"}, secret, "text");
  }
  EXPECT_EQ(keys.derived(), 4u);
  keys.forget();
  keys.sign({0, "20261122", "us-east-1", "sqs"}, secret, "text");
  EXPECT_EQ(keys.derived(), 5u);
}

TEST(SigningKeys, StayRightWhenMoreArePutInThanTheyHold) {
  SigningKeys keys, fresh;
  const Secret secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  const std::size_t many = SigningKeys::kKeysMax * 5;
  std::vector<Sha256> first;
  for (std::size_t i = 0; i < many; ++i)
    first.push_back(keys.sign({0, "20261122", "region-" + std::to_string(i), "sqs"}, secret, "text"));
  for (std::size_t i = 0; i < many; ++i)
    EXPECT_EQ(keys.sign({0, "20261122", "region-" + std::to_string(i), "sqs"}, secret, "text"), first[i]);
  EXPECT_GT(keys.derived(), many) << "so many cannot have been kept";
  for (std::size_t i = 1; i < many; ++i) EXPECT_NE(first[i], first[0]);
}

TEST(SigningKeys, AnUnknownKeyTakesAsManyAsAWrongSignature) {
  const auto derived = [](const std::string& id, const char* refusal) {
    SignatureVerifier verifier(known());
    std::vector<std::size_t> counts;
    for (const char* region : {"us-east-1", "us-east-1", "eu-west-1"}) {
      SignedLetter letter;
      letter.access_key_id = id;
      letter.secret = "awrongsecretawrongsecretawrongsecret";
      letter.region = region;
      letter.sign();
      EXPECT_EQ(verdict(verifier, letter.request()), refusal);
      counts.push_back(verifier.keys_derived());
    }
    return counts;
  };
  EXPECT_EQ(derived("AKIDEXAMPLE", kWrong), (std::vector<std::size_t>{1, 1, 2}));
  EXPECT_EQ(derived("AKIDNOBODY", kUnknown), (std::vector<std::size_t>{1, 1, 2}));
}

TEST(Query, IsReadParameterByParameter) {
  std::string_view query = "&a=1&&b&=c&d=e=f&";
  std::string told;
  while (const auto parameter = next_parameter(query))
    told += "[" + std::string(parameter->name) + "|" + std::string(parameter->value) + "]";
  EXPECT_EQ(told, "[a|1][b|][|c][d|e=f]");
}

TEST(Query, IsDecodedStrictly) {
  EXPECT_EQ(percent_decoded("a+b%20c%2Fd%7e%00"), std::string("a b c/d~\0", 9));
  for (const char* bad : {"%", "%2", "a%", "%zz", "%2g", "%%20"}) EXPECT_FALSE(percent_decoded(bad)) << bad;
  std::string again;
  EXPECT_TRUE(append_reencoded(again, "a+b%2fc%41~%E1%88%b4"));
  EXPECT_EQ(again, "a%20b%2FcA~%E1%88%B4");
}

}  // namespace
}  // namespace penstock
