#include "bench/signed_call.h"

#include <filesystem>
#include <fstream>

#include "bench/signed_request_text.h"

namespace penstock {
namespace {

constexpr std::string_view kId = "AKIDBENCHMARK";
constexpr std::string_view kSecret = "a-secret-of-the-benchmark-and-of-nobody-else";

}  // namespace

std::string signed_call(std::string_view action, const std::string& body) {
  Caller caller{"127.0.0.1"};
  caller.access_key_id = kId;
  caller.secret_access_key = kSecret;
  return signed_post(
      caller, "sqs",
      {{"Content-Type", "application/x-amz-json-1.0"},
       {"X-Amz-Target", "AmazonSQS." + std::string(action)},
       {"X-Amzn-Query-Mode", "true"},
       {"X-Amz-User-Agent", "aws-sdk-js/3.1169.0"},
       {"User-Agent", "aws-sdk-js/3.1169.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#24 api/sqs#3.1169.0"},
       {"Amz-Sdk-Invocation-Id", "0f9d4a3c-3d0a-4a52-9f7e-6a3d1c6f2b11"},
       {"Amz-Sdk-Request", "attempt=1; max=3"}},
      body);
}

void write_credentials(const std::string& file) {
  std::ofstream(file) << "credentials:\n  - access_key_id: " << kId << "\n    secret_access_key: \""
                      << kSecret << "\"\n    account: \"000000000000\"\n    user: bench\n";
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace penstock
