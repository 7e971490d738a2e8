#include "bench/signed_call.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "auth/sigv4_canonical.h"
#include "auth/sigv4_keys.h"
#include "auth/wall_time.h"
#include "base/digest.h"

namespace penstock {
namespace {

constexpr std::string_view kId = "AKIDBENCHMARK";
constexpr std::string_view kSecret = "a-secret-of-the-benchmark-and-of-nobody-else";
constexpr std::string_view kSignedHeaders =
    "amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target;"
    "x-amz-user-agent;x-amzn-query-mode";

}  // namespace

std::string signed_call(std::string_view action, const std::string& body) {
  const std::string date =
      basic_time(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const std::string scope = date.substr(0, 8) + "/us-east-1/sqs/aws4_request";
  const std::string digest = hex(sha256(body)), target = "AmazonSQS." + std::string(action);
  std::vector<SignedRequest::Header> headers{
      {"Host", "127.0.0.1"},
      {"Content-Type", "application/x-amz-json-1.0"},
      {"X-Amz-Target", target},
      {"X-Amzn-Query-Mode", "true"},
      {"X-Amz-User-Agent", "aws-sdk-js/3.1169.0"},
      {"User-Agent", "aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24 api/sqs#3.1169.0"},
      {"Amz-Sdk-Invocation-Id", "0f9d4a3c-3d0a-4a52-9f7e-6a3d1c6f2b11"},
      {"Amz-Sdk-Request", "attempt=1; max=3"},
      {"X-Amz-Date", date},
      {"X-Amz-Content-Sha256", digest}};
  CanonicalRequest canonical;
  if (!canonical.begin({"POST", "/", headers, body}, kSignedHeaders)) {
    throw std::logic_error("the request cannot be signed");
  }
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex(sha256(canonical.finish(digest)));
  SigningKeys keys;
  const Sha256 signature =
      keys.sign({0, std::string_view(date).substr(0, 8), "us-east-1", "sqs"}, Secret(kSecret), to_sign);
  std::string text = "POST / HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  return text + "Authorization: AWS4-HMAC-SHA256 Credential=" + std::string(kId) + "/" + scope +
         ", SignedHeaders=" + std::string(kSignedHeaders) + ", Signature=" + hex(signature) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void write_credentials(const std::string& file) {
  std::ofstream(file) << "credentials:\n  - access_key_id: " << kId << "\n    secret_access_key: \""
                      << kSecret << "\"\n    account: \"000000000000\"\n    user: bench\n";
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace penstock
