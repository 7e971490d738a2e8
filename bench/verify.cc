// verify: what verification costs a request: the same signed SendMessage, again and again, to a daemon that
// believes everybody and to one that verifies, in turns.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "auth/sigv4_canonical.h"
#include "auth/sigv4_keys.h"
#include "auth/wall_time.h"
#include "base/digest.h"
#include "bench/benchmarks.h"
#include "bench/daemon.h"
#include "bench/figures.h"
#include "bench/http_load.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;
constexpr std::string_view kId = "AKIDBENCHMARK";
constexpr std::string_view kSecret = "a-secret-of-the-benchmark-and-of-nobody-else";
constexpr std::string_view kSignedHeaders =
    "amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target;"
    "x-amz-user-agent;x-amzn-query-mode";

// As the SDK for JavaScript sends it; good for a quarter of an hour.
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

struct Part {
  double rate = 0;
  double cpu_us = 0;
};

Part measure(const Daemon& daemon, const BenchmarkOptions& options, std::size_t connections) {
  Repeat creating(signed_call("CreateQueue", R"({"QueueName":"bench"})"), 1);
  if (run_http_load(daemon.port(), 1, Seconds(10), creating).failures != 0) {
    throw std::runtime_error("the queue was not created");
  }
  Repeat sending(
      signed_call("SendMessage", R"({"QueueUrl":"http://127.0.0.1/000000000000/bench","MessageBody":")" +
                                     std::string(kBodyBytes, 'x') + "\"}"));
  const Seconds before = daemon.process().cpu();
  const LoadResult load = run_http_load(daemon.port(), connections, Seconds(options.seconds), sending);
  if (load.failures != 0) throw std::runtime_error(std::to_string(load.failures) + " requests failed");
  const Seconds cpu = daemon.process().cpu() - before;
  return {load.rate(), cpu.count() * 1e6 / static_cast<double>(load.answers)};
}

}  // namespace

bool verify(const BenchmarkOptions& options) {
  const ScratchDirectory scratch(options.directory);
  const std::size_t connections = options.connections > 0 ? options.connections : kConnections;
  const std::string file = scratch.path("credentials.yaml");
  std::ofstream(file) << "credentials:\n  - access_key_id: " << kId << "\n    secret_access_key: \""
                      << kSecret << "\"\n    account: \"000000000000\"\n    user: bench\n";
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  Figures off_rate, on_rate, off_cpu, on_cpu, share;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    const std::string number = std::to_string(round);
    const Daemon believing(options.penstock, scratch.path("off-" + number));
    const Part off = measure(believing, options, connections);
    const Daemon verifying(options.penstock, scratch.path("on-" + number), {"--credentials", file});
    const Part on = measure(verifying, options, connections);
    off_rate.add(off.rate);
    on_rate.add(on.rate);
    off_cpu.add(off.cpu_us);
    on_cpu.add(on.cpu_us);
    share.add((on.cpu_us - off.cpu_us) / on.cpu_us);
  }
  std::printf("verify: %zu connections, %zu byte bodies, %zu rounds in turns of %.0f s, medians (spread)\n",
              connections, kBodyBytes, options.rounds, options.seconds);
  const auto print = [](const char* name, const Figures& rate, const Figures& cpu) {
    std::printf("  %-32s %8.0f /s (%.0f to %.0f)  CPU %5.2f us (%.2f to %.2f)\n", name, rate.median(),
                rate.least(), rate.most(), cpu.median(), cpu.least(), cpu.most());
  };
  print("SendMessage, believed", off_rate, off_cpu);
  print("SendMessage, verified", on_rate, on_cpu);
  std::printf("  %-40s %5.2f (%.2f to %.2f)\n", "share of verification in a request's CPU", share.median(),
              share.least(), share.most());
  return true;
}

}  // namespace penstock
