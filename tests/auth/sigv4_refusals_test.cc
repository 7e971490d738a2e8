// Who may not: each rule broken alone. What breaks it is done before the request is signed where that is
// possible, so that nothing but the rule stands in the way; and each case is first seen to pass unbroken.
#include <gtest/gtest.h>

#include <functional>

#include "tests/auth/stage.h"

namespace penstock {
namespace {

using Change = std::function<void(SignedLetter&)>;

struct Case {
  const char* rule;
  Change before;  // it is signed
  Change after;
  std::string refusal;
  std::chrono::seconds later{0};
};

void unchanged(SignedLetter&) {}

// The usual headers, some of them x-amz, as both forms carry them.
SignedLetter usual() {
  SignedLetter letter;
  letter.headers.emplace_back("X-Amz-User-Agent", "aws-sdk-js/3.1169.0");
  return letter;
}

std::string scope_refusal(std::string_view text) { return "403 SignatureDoesNotMatch: " + std::string(text); }
std::string incomplete(std::string_view text) { return "400 IncompleteSignature: " + std::string(text); }

constexpr std::string_view kBadList =
    "'SignedHeaders' must be in lower case, sorted, and without repetition.";

// What both forms have in common.
std::vector<Case> common_cases() {
  return {
      {"the secret", [](SignedLetter& l) { l.secret += "x"; }, unchanged, kWrong},
      {"a known key", [](SignedLetter& l) { l.access_key_id = "AKIDNOBODY"; }, unchanged, kUnknown},
      {"a known key, exactly", [](SignedLetter& l) { l.access_key_id = "akidexample"; }, unchanged, kUnknown},
      {"a key that has not expired", [](SignedLetter& l) { l.access_key_id = "AKIDOLD"; }, unchanged,
       "403 ExpiredToken: The security token included in the request is expired"},
      {"the service", [](SignedLetter& l) { l.service = "sns"; }, unchanged,
       scope_refusal("Credential should be scoped to correct service: 'sqs'.")},
      {"the service, in lower case", [](SignedLetter& l) { l.service = "SQS"; }, unchanged,
       scope_refusal("Credential should be scoped to correct service: 'sqs'.")},
      {"a region", [](SignedLetter& l) { l.region = "US-EAST-1"; }, unchanged,
       scope_refusal("Credential should be scoped to a valid region, not 'US-EAST-1'.")},
      {"a region of 23 characters", [](SignedLetter& l) { l.region = std::string(24, 'a'); }, unchanged,
       scope_refusal("Credential should be scoped to a valid region, not 'aaaaaaaaaaaaaaaaaaaaaaaa'.")},
      {"some region", [](SignedLetter& l) { l.region = ""; }, unchanged,
       scope_refusal("Credential should be scoped to a valid region, not ''.")},
      {"the terminator", [](SignedLetter& l) { l.terminator = "aws4_requests"; }, unchanged,
       scope_refusal(
           "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4_requests'.")},
      {"the day of the time", [](SignedLetter& l) { l.scope_date = "20261121"; }, unchanged,
       scope_refusal("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                     "HTTP: '20261121' != '20261122', from '20261122T120000Z'.")},
      {"the whole scope",
       [](SignedLetter& l) {
         l.region = "!";
         l.service = "s3";
         l.terminator = "";
         l.scope_date = "";
       },
       unchanged,
       scope_refusal("Credential should be scoped to a valid region, not '!'. Credential should be scoped to "
                     "correct service: 'sqs'. Credential should be scoped with a valid terminator: "
                     "'aws4_request', not ''. Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                     "version of date from HTTP: '' != '20261122', from '20261122T120000Z'.")},
      {"five elements, not six", [](SignedLetter& l) { l.terminator += "/"; }, unchanged,
       incomplete("Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term, got 'AKIDEXAMPLE/20261122/us-east-1/sqs/aws4_request/'")},
      {"five elements, not four", [](SignedLetter& l) { l.region = "us-east-1/sqs/aws4_request"; },
       [](SignedLetter& l) {
         for (auto* list : {&l.headers, &l.query}) {
           for (auto& [name, value] : *list) {
             const std::size_t at = value.find("/us-east-1/sqs/aws4_request/sqs/aws4_request");
             if (at != std::string::npos) value.replace(at, 44, "/us-east-1/sqs");
           }
         }
       },
       incomplete("Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term, got 'AKIDEXAMPLE/20261122/us-east-1/sqs'")},
      {"the algorithm", [](SignedLetter& l) { l.algorithm = "AWS4-HMAC-SHA1"; }, unchanged,
       incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now).")},
      {"the algorithm's case", [](SignedLetter& l) { l.algorithm = "aws4-hmac-sha256"; }, unchanged,
       incomplete("Unsupported AWS 'algorithm': 'aws4-hmac-sha256' (only AWS4-HMAC-SHA256 for now).")},
      {"a time in ISO's basic form", [](SignedLetter& l) { l.date = "2026-11-22T12:00:00Z"; }, unchanged,
       incomplete("Date must be in ISO-8601 'basic format'. Got '2026-11-22T12:00:00Z'. See "
                  "http://en.wikipedia.org/wiki/ISO_8601")},
      {"a day that exists", [](SignedLetter& l) { l.date = "20261131T120000Z"; }, unchanged,
       incomplete("Date must be in ISO-8601 'basic format'. Got '20261131T120000Z'. See "
                  "http://en.wikipedia.org/wiki/ISO_8601")},
      {"host among the signed",
       [](SignedLetter& l) { l.signed_headers = "content-type;x-amz-target;x-amz-user-agent"; }, unchanged,
       scope_refusal("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")},
      {"every x-amz header among the signed",
       [](SignedLetter& l) { l.signed_headers = "host;x-amz-user-agent"; }, unchanged,
       scope_refusal("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")},
      {"every x-amz header, also one that came later", unchanged,
       [](SignedLetter& l) { l.headers.emplace_back("x-aMZ-Late", "1"); },
       scope_refusal("'x-aMZ-Late' must be a 'SignedHeader' in the AWS Authorization.")},
      {"signed headers in order",
       [](SignedLetter& l) { l.signed_headers = "x-amz-target;host;x-amz-user-agent"; }, unchanged,
       incomplete(kBadList)},
      {"signed headers once",
       [](SignedLetter& l) { l.signed_headers = "host;host;x-amz-target;x-amz-user-agent"; }, unchanged,
       incomplete(kBadList)},
      {"signed headers in lower case",
       [](SignedLetter& l) { l.signed_headers = "Host;x-amz-target;x-amz-user-agent"; }, unchanged,
       incomplete(kBadList)},
      {"no empty signed header",
       [](SignedLetter& l) { l.signed_headers = "host;;x-amz-target;x-amz-user-agent"; }, unchanged,
       incomplete(kBadList)},
      {"no empty signed header at the end",
       [](SignedLetter& l) { l.signed_headers = "host;x-amz-target;x-amz-user-agent;"; }, unchanged,
       incomplete(kBadList)},
      {"no blank in a signed header",
       [](SignedLetter& l) { l.signed_headers = "host; x-amz-target;x-amz-user-agent"; }, unchanged,
       incomplete(kBadList)},
      {"signed headers that are there",
       [](SignedLetter& l) { l.signed_headers = "host;x-amz-target;x-amz-user-agent;x-nowhere"; }, unchanged,
       scope_refusal("'x-nowhere' is a 'SignedHeader', but the request has no such header.")},
      {"the body's digest",
       [](SignedLetter& l) { l.headers.emplace_back("X-Amz-Content-SHA256", std::string(64, '0')); },
       unchanged,
       scope_refusal("The provided 'x-amz-content-sha256' header does not match what was computed.")},
      {"a signed payload",
       [](SignedLetter& l) { l.headers.emplace_back("X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"); }, unchanged,
       scope_refusal("The provided 'x-amz-content-sha256' header does not match what was computed.")},
      {"a payload in one piece",
       [](SignedLetter& l) {
         l.headers.emplace_back("X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
       },
       unchanged,
       scope_refusal("The provided 'x-amz-content-sha256' header does not match what was computed.")},
      {"the body's digest once",
       [](SignedLetter& l) {
         for (int i = 0; i < 2; ++i) {
           l.headers.emplace_back("X-Amz-Content-SHA256",
                                  "99a91b4b2a2b5be828d2b3dca9049db8a03bd9ce683706c1da531bd77c24aabd");
         }
       },
       unchanged, incomplete("The header 'X-Amz-Content-SHA256' must be given once.")},
      {"no token for a lasting key",
       [](SignedLetter& l) { l.headers.emplace_back("X-Amz-Security-Token", kToken); }, unchanged, kUnknown},
      {"no empty token for a lasting key",
       [](SignedLetter& l) { l.headers.emplace_back("X-Amz-Security-Token", ""); }, unchanged, kUnknown},
      {"a token for a session's key", [](SignedLetter& l) { l.access_key_id = "AKIDSESSION"; }, unchanged,
       kUnknown},
      {"the token of a session's key",
       [](SignedLetter& l) {
         l.access_key_id = "AKIDSESSION";
         l.headers.emplace_back("X-Amz-Security-Token", std::string(kToken) + "=");
       },
       unchanged, kUnknown},
      {"one token",
       [](SignedLetter& l) {
         l.access_key_id = "AKIDSESSION";
         l.headers.emplace_back("X-Amz-Security-Token", kToken);
         l.headers.emplace_back("X-Amz-Security-Token", kToken);
       },
       unchanged, incomplete("The header 'X-Amz-Security-Token' must be given once.")},
      {"a query that can be decoded", unchanged, [](SignedLetter& l) { l.path += "?a=%zz"; },
       "404 MalformedQueryString: The query string contains a syntax error."},
  };
}

void play(const std::vector<Case>& cases, const Change& sign) {
  for (const Case& one : cases) {
    SignedLetter whole = usual();
    sign(whole);
    EXPECT_EQ(verdict(whole), kAlice) << one.rule;
    SignedLetter broken = usual();
    one.before(broken);
    sign(broken);
    one.after(broken);
    EXPECT_EQ(verdict(broken, "sqs", noon() + one.later), one.refusal) << one.rule;
  }
}

TEST(SignatureV4, IsRefusedInTheHeaderForEachRuleAlone) {
  std::vector<Case> cases = common_cases();
  const auto without = [](std::string_view parameter) {
    return [parameter](SignedLetter& l) {
      std::string& text = l.header("Authorization");
      const std::size_t begin = text.find(parameter);
      const std::size_t end = std::min(text.find(", ", begin), text.size());
      text.erase(begin, std::min(end + 2, text.size()) - begin);
    };
  };
  const auto insert = [](const char* text) {
    return [text](SignedLetter& l) { l.header("Authorization").insert(17, text); };
  };
  const std::vector<Case> further{
      {"not older than 15 minutes", unchanged, unchanged,
       scope_refusal("Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z "
                     "(20261122T121501Z - 15 min.)"),
       std::chrono::seconds{901}},
      {"not ahead by more than 15 minutes", unchanged, unchanged,
       scope_refusal("Signature not yet current: 20261122T120000Z is still later than 20261122T115959Z "
                     "(20261122T114459Z + 15 min.)"),
       std::chrono::seconds{-901}},
      {"one Authorization", unchanged,
       [](SignedLetter& l) { l.headers.emplace_back("authorization", l.header("Authorization")); },
       incomplete("The header 'authorization' must be given once.")},
      {"one X-Amz-Date", unchanged,
       [](SignedLetter& l) { l.headers.emplace_back("X-Amz-Date", l.header("X-Amz-Date")); },
       incomplete("The header 'X-Amz-Date' must be given once.")},
      {"a time", unchanged,
       [](SignedLetter& l) {
         l.drop_header("X-Amz-Date");
         l.header("Authorization") = "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c";
       },
       incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                  "Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c")},
      {"anything at all", unchanged,
       [](SignedLetter& l) {
         l.drop_header("X-Amz-Date");
         l.header("Authorization") = "AWS4-HMAC-SHA256";
       },
       incomplete("Authorization header requires 'Credential' parameter. Authorization header requires "
                  "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
                  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                  "Authorization=AWS4-HMAC-SHA256")},
      {"a credential", unchanged, without("Credential="), "Authorization header requires 'Credential'"},
      {"a signature", unchanged, without("Signature="), "Authorization header requires 'Signature'"},
      {"signed headers", unchanged, without("SignedHeaders="),
       "Authorization header requires 'SignedHeaders'"},
      {"one credential", unchanged, insert("Credential=x, "),
       incomplete("Authorization header has more than one 'Credential' parameter.")},
      {"one signature", unchanged, insert("Signature=x, "),
       incomplete("Authorization header has more than one 'Signature' parameter.")},
      {"values for its parameters", unchanged, insert("Extra, "), "'Extra' not a valid key=value pair"},
      {"all of the signature", unchanged, [](SignedLetter& l) { l.header("Authorization").pop_back(); },
       kWrong},
      {"no more than the signature", unchanged, [](SignedLetter& l) { l.header("Authorization") += "0"; },
       kWrong},
      {"a signature in hexadecimal", unchanged,
       [](SignedLetter& l) {
         l.header("Authorization").replace(l.header("Authorization").size() - 64, 64, 64, 'g');
       },
       kWrong},
      {"another scheme", unchanged,
       [](SignedLetter& l) { l.header("Authorization") = "Basic YWxpY2U6c2VjcmV0"; },
       incomplete("Unsupported AWS 'algorithm': 'Basic' (only AWS4-HMAC-SHA256 for now).")},
      {"something that is no scheme", unchanged,
       [](SignedLetter& l) { l.header("Authorization") = "hunter2"; },
       incomplete("Unsupported AWS 'algorithm': '' (only AWS4-HMAC-SHA256 for now).")},
      {"the token among the signed",
       [](SignedLetter& l) {
         l.access_key_id = "AKIDSESSION";
         l.signed_headers = "host;x-amz-date;x-amz-target;x-amz-user-agent";
         l.headers.emplace_back("X-Amz-Security-Token", kToken);
       },
       unchanged, scope_refusal("'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization.")},
      {"the time among the signed",
       [](SignedLetter& l) { l.signed_headers = "host;x-amz-target;x-amz-user-agent"; }, unchanged,
       scope_refusal("'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.")},
      {"a signature in one place", unchanged,
       [](SignedLetter& l) {
         l.query = {{"X-Amz-Signature", "0"}};
       },
       scope_refusal("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
                     "header.")},
  };
  for (Case one : further) {
    // Where the refusal repeats the Authorization, the beginning is enough.
    if (one.refusal.front() > '9' || one.refusal.front() < '0') {
      SignedLetter letter = usual();
      letter.sign();
      one.after(letter);
      const std::string told = verdict(letter);
      EXPECT_TRUE(told.starts_with(incomplete(one.refusal))) << one.rule << ": " << told;
    } else {
      cases.push_back(std::move(one));
    }
  }
  play(cases, [](SignedLetter& letter) { letter.sign(); });
}

TEST(SignatureV4, IsRefusedInTheQueryForEachRuleAlone) {
  std::vector<Case> cases = common_cases();
  const auto without = [](const char* name) { return [name](SignedLetter& l) { l.drop_parameter(name); }; };
  const auto with = [](const char* name, const char* value) {
    return [name, value](SignedLetter& l) { l.parameter(name) = value; };
  };
  const auto missing = [](const char* name) {
    return incomplete(std::string("AWS query-string parameters must include '") + name +
                      "'. Re-examine the query-string parameters.");
  };
  const auto expires = [](const char* value) { return [value](SignedLetter& l) { l.expires = value; }; };
  for (const char* name :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
    cases.push_back({name, unchanged, without(name), missing(name)});
    cases.push_back({name, unchanged, with(name, ""), missing(name)});
    cases.push_back({name, unchanged,
                     [name](SignedLetter& l) { l.query.emplace_back(name, l.parameter(name)); },
                     incomplete(std::string("The query parameter '") + name + "' must be given once.")});
  }
  const std::vector<Case> further{
      {"not older than it says", expires("60"), unchanged,
       scope_refusal("Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z "
                     "(20261122T120101Z - 1 min.)"),
       std::chrono::seconds{61}},
      {"not older than it says, in seconds", expires("90"), unchanged,
       scope_refusal("Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z "
                     "(20261122T120131Z - 90 sec.)"),
       std::chrono::seconds{91}},
      {"not older than 15 minutes if it does not say", expires(""), unchanged,
       scope_refusal("Signature expired: 20261122T120000Z is now earlier than 20261122T120001Z "
                     "(20261122T121501Z - 15 min.)"),
       std::chrono::seconds{901}},
      {"not ahead by more than 15 minutes", expires("604800"), unchanged,
       scope_refusal("Signature not yet current: 20261122T120000Z is still later than 20261122T115959Z "
                     "(20261122T114459Z + 15 min.)"),
       std::chrono::seconds{-901}},
      {"at most a week", expires("604801"), unchanged,
       incomplete("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
                  "must be less than 604800 seconds")},
      {"at most a week, whatever the digits", expires("99999999999999999999999"), unchanged,
       incomplete("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
                  "must be less than 604800 seconds")},
      {"at least a second", expires("0"), unchanged, incomplete("X-Amz-Expires must be at least 1 second")},
      {"a number of seconds", expires("-1"), unchanged, incomplete("X-Amz-Expires should be a number")},
      {"a whole number of seconds", expires("1e3"), unchanged,
       incomplete("X-Amz-Expires should be a number")},
      {"some number of seconds", unchanged, with("X-Amz-Expires", ""),
       incomplete("X-Amz-Expires should be a number")},
      {"its own lifetime", unchanged, with("X-Amz-Expires", "604800"), kWrong},
      {"an HTTP date in a URL", [](SignedLetter& l) { l.date = "Sun, 22 Nov 2026 12:00:00 GMT"; }, unchanged,
       incomplete("Date must be in ISO-8601 'basic format'. Got 'Sun, 22 Nov 2026 12:00:00 GMT'. See "
                  "http://en.wikipedia.org/wiki/ISO_8601")},
      {"one token, and in one place",
       [](SignedLetter& l) {
         l.access_key_id = "AKIDSESSION";
         l.query.emplace_back("X-Amz-Security-Token", kToken);
         l.headers.emplace_back("X-Amz-Security-Token", kToken);
       },
       unchanged,
       scope_refusal("Found 'X-Amz-Security-Token' both as a query-string param and as HTTP header.")},
      {"the token under the signature", [](SignedLetter& l) { l.access_key_id = "AKIDSESSION"; },
       [](SignedLetter& l) { l.query.emplace_back("X-Amz-Security-Token", kToken); }, kWrong},
      {"all of the signature", unchanged, [](SignedLetter& l) { l.parameter("X-Amz-Signature").pop_back(); },
       kWrong},
      {"a signature in one place", unchanged,
       [](SignedLetter& l) { l.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=a"); },
       scope_refusal("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
                     "header.")},
  };
  cases.insert(cases.end(), further.begin(), further.end());
  play(cases, [](SignedLetter& letter) { letter.presign(); });
}

TEST(SignatureV4, IsGoodToTheLastSecondInBothForms) {
  SignedLetter letter = usual();
  letter.sign();
  EXPECT_EQ(verdict(letter, "sqs", noon() + std::chrono::seconds{900}), kAlice);
  EXPECT_EQ(verdict(letter, "sqs", noon() - std::chrono::seconds{900}), kAlice);
  for (const char* lifetime : {"1", "604800"}) {
    SignedLetter url = usual();
    url.expires = lifetime;
    url.presign();
    EXPECT_EQ(verdict(url, "sqs", noon() + std::chrono::seconds{std::stoi(lifetime)}), kAlice);
    EXPECT_EQ(verdict(url, "sqs", noon() - std::chrono::seconds{900}), kAlice);
  }
}

TEST(SignatureV4, ARefusalRepeatsWhatWasSentInPrintableAndBounded) {
  SignedLetter letter = usual();
  letter.sign();
  letter.header("Authorization") = "AWS4-HMAC-SHA256 \x80\x01<&>" + std::string(100'000, 'x');
  const std::string told = verdict(letter);
  EXPECT_LT(told.size(), 2500u);
  EXPECT_NE(told.find(std::string("'?") + "?<&>xxx"), std::string::npos);
}

TEST(SignatureV4, AListOfSignedHeadersWithoutEndIsLeftAtItsFirstFault) {
  SignedLetter letter = usual();
  letter.sign();
  std::string names = "host";
  for (int i = 10'000; i < 20'000; ++i) names += ";x-" + std::to_string(i);
  letter.header("Authorization") = "AWS4-HMAC-SHA256 Credential=" + letter.credential() +
                                   ", SignedHeaders=" + names + ", Signature=" + std::string(64, '0');
  EXPECT_EQ(verdict(letter),
            scope_refusal("'x-10000' is a 'SignedHeader', but the request has no such header."));
}

// Whatever the bytes are, they are refused and nothing else happens.
TEST(SignatureV4, NoMutilatedRequestComesIn) {
  SeededRandom random(4);
  std::size_t cases = 0;
  for (int form = 0; form < 2; ++form) {
    SignedLetter letter = usual();
    letter.path = "/123456789012/q1";
    letter.query = {{"Action", "ReceiveMessage"}};
    form == 0 ? letter.sign() : letter.presign();
    SignatureVerifier verifier(known());
    const SignedRequest whole = letter.request();
    ASSERT_EQ(verdict(verifier, whole), kAlice);
    const std::string target(whole.target), authorization = form == 0 ? letter.header("Authorization") : "";
    std::string bent_target = target, bent_authorization = authorization;
    std::vector<SignedRequest::Header> headers(whole.headers.begin(), whole.headers.end());
    for (int round = 0; round < 20'000; ++round, ++cases) {
      bent_target = target;
      bent_authorization = authorization;
      std::string& victim = form == 0 && random.below(4) != 0 ? bent_authorization : bent_target;
      const std::size_t at = random.below(victim.size());
      const char byte = static_cast<char>(random.below(256));
      switch (random.below(4)) {
        case 0:
          victim[at] = byte;
          break;
        case 1:
          victim.erase(at, 1 + random.below(8));
          break;
        case 2:
          victim.insert(at, 1, byte);
          break;
        default:
          victim.insert(at, victim.substr(random.below(victim.size()), random.below(40)));
      }
      if (form == 0) headers.back().second = bent_authorization;
      const SignedRequest bent{whole.method, bent_target, headers, whole.body};
      const std::string told = verdict(verifier, bent);
      // A blank, an extra parameter or another spelling of the same URL may be let pass; the signature then
      // still is of this very request. Everything else is refused with 400, 403 or 404.
      if (told == kAlice) {
        CanonicalRequest one, other;
        ASSERT_TRUE(one.begin(whole, "host") && other.begin(bent, "host"));
        EXPECT_EQ(one.finish(""), other.finish("")) << bent_target << "\n" << bent_authorization;
      } else {
        EXPECT_TRUE(told == "unsigned" || told.starts_with("40")) << told;
      }
    }
  }
  std::printf("mutilated requests: %zu cases\n", cases);
}

}  // namespace
}  // namespace penstock
