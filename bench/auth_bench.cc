// What a signature costs: to verify a good one, a wrong one and one of nobody's, by the size of the body;
// and to sign a notification.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "auth/notification_key.h"
#include "auth/sigv4_verifier.h"

namespace penstock {
namespace {

constexpr std::string_view kId = "AKIDEXAMPLE";
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kTime = "20261122T120000Z";
constexpr std::string_view kFewSignedHeaders = "content-type;host;x-amz-date;x-amz-target";
constexpr std::string_view kSignedHeaders =
    "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;"
    "x-amz-target;x-amz-user-agent;x-amzn-query-mode";

std::shared_ptr<const Credentials> credentials() {
  std::vector<Credential> all;
  all.push_back({.identity = {.access_key_id = std::string(kId), .account = "000000000000", .user = "bench"},
                 .secret_access_key = Secret(kSecret)});
  return *Credentials::gather(std::move(all));
}

// A SendMessage as the SDK for JavaScript sends it; or as the one for Python does, with fewer headers.
class Letter {
 public:
  Letter(std::size_t body_bytes, std::string_view id, bool few = false) : body_(body_bytes, 'm') {
    const std::string_view signed_headers = few ? kFewSignedHeaders : kSignedHeaders;
    digest_ = hex(sha256(body_));
    headers_ = {
        {"Host", "127.0.0.1:4566"},
        {"Content-Type", "application/x-amz-json-1.0"},
        {"Content-Length", "1024"},
        {"X-Amz-Target", "AmazonSQS.SendMessage"},
        {"X-Amzn-Query-Mode", "true"},
        {"X-Amz-User-Agent", "aws-sdk-js/3.1169.0"},
        {"User-Agent", "aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24 api/sqs#3.1169.0"},
        {"Amz-Sdk-Invocation-Id", "0f9d4a3c-3d0a-4a52-9f7e-6a3d1c6f2b11"},
        {"Amz-Sdk-Request", "attempt=1; max=3"},
        {"X-Amz-Date", kTime},
        {"X-Amz-Content-Sha256", digest_},
        {"Connection", "keep-alive"}};
    if (few) {
      std::erase_if(headers_, [](const SignedRequest::Header& header) {
        return header.first.starts_with("X-Amz-User") || header.first.starts_with("X-Amz-Content");
      });
    }
    CanonicalRequest canonical;
    if (!canonical.begin(request(), signed_headers)) std::abort();
    const std::string text(canonical.finish(digest_));
    SigningKeys keys;
    const Sha256 signature = keys.sign({0, kTime.substr(0, 8), "us-east-1", "sqs"}, Secret(kSecret),
                                       "AWS4-HMAC-SHA256\n" + std::string(kTime) +
                                           "\n20261122/us-east-1/sqs/aws4_request\n" + hex(sha256(text)));
    authorization_ = "AWS4-HMAC-SHA256 Credential=" + std::string(id) +
                     "/20261122/us-east-1/sqs/aws4_request, SignedHeaders=" + std::string(signed_headers) +
                     ", Signature=" + hex(signature);
    headers_.emplace_back("Authorization", authorization_);
  }

  void spoil() { authorization_.back() = authorization_.back() == '0' ? '1' : '0'; }
  SignedRequest request() const { return {"POST", "/", headers_, body_}; }

 private:
  std::string body_, digest_, authorization_;
  std::vector<SignedRequest::Header> headers_;
};

void verify(benchmark::State& state, const Letter& letter, bool good) {
  SignatureVerifier verifier(credentials());
  const SignedRequest request = letter.request();
  const WallTime now = *parse_basic_time(kTime);
  if (const auto first = verifier.verify(request, "sqs", now); first.has_value() != good) std::abort();
  for (auto _ : state) benchmark::DoNotOptimize(verifier.verify(request, "sqs", now));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void good_signature(benchmark::State& state) {
  verify(state, Letter(static_cast<std::size_t>(state.range(0)), kId), true);
}
BENCHMARK(good_signature)->Arg(0)->Arg(1024)->Arg(256 * 1024);

void good_signature_of_few_headers(benchmark::State& state) {
  verify(state, Letter(static_cast<std::size_t>(state.range(0)), kId, true), true);
}
BENCHMARK(good_signature_of_few_headers)->Arg(1024);

void wrong_signature(benchmark::State& state) {
  Letter letter(static_cast<std::size_t>(state.range(0)), kId);
  letter.spoil();
  verify(state, letter, false);
}
BENCHMARK(wrong_signature)->Arg(1024);

void unknown_key(benchmark::State& state) {
  verify(state, Letter(static_cast<std::size_t>(state.range(0)), "AKIDNOBODYS"), false);
}
BENCHMARK(unknown_key)->Arg(1024);

void body_digest_alone(benchmark::State& state) {
  const std::string body(static_cast<std::size_t>(state.range(0)), 'm');
  for (auto _ : state) benchmark::DoNotOptimize(sha256(body));
}
BENCHMARK(body_digest_alone)->Arg(1024);

void sign_notification(benchmark::State& state) {
  const auto key = NotificationKey::generate("sns.us-east-1.amazonaws.com", *parse_basic_time(kTime));
  if (!key) std::abort();
  const std::string text(1024, 'm');
  for (auto _ : state) benchmark::DoNotOptimize(key->sign(SignatureVersion::kSha256, text));
}
BENCHMARK(sign_notification);

}  // namespace
}  // namespace penstock

BENCHMARK_MAIN();
