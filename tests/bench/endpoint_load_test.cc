// Every kind of load against a daemon: what it counts is right, and it leaves nothing behind.
#include "bench/endpoint_load.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/daemon.h"
#include "bench/scratch_directory.h"

namespace penstock {
namespace {

using Protocol = SqsDialect::Protocol;

constexpr const char* kId = "AKIDOFSOMEBODY";
constexpr const char* kSecret = "a-secret-of-nobody-who-is-here";

std::string credentials(const ScratchDirectory& scratch) {
  const std::string file = scratch.path("credentials.yaml");
  std::ofstream(file) << "credentials:\n  - access_key_id: " << kId << "\n    secret_access_key: " << kSecret
                      << "\n    account: \"000000000000\"\n    user: somebody\n";
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return file;
}

EndpointLoadOptions few_of(std::vector<LoadKind> kinds, const Daemon& daemon) {
  EndpointLoadOptions options;
  options.kinds = std::move(kinds);
  Endpoint& endpoint = options.endpoints.emplace_back();
  endpoint.host = "127.0.0.1";
  endpoint.port = daemon.port();
  endpoint.caller.authority = "127.0.0.1:" + std::to_string(daemon.port());
  endpoint.server = daemon.process().id();
  options.plan.connections = 8;
  options.plan.strict = false;
  options.plan.time = std::chrono::milliseconds(400);
  options.messages = 500;
  return options;
}

void expect_no_mistake(const Report& report) {
  for (const Subject& subject : report.subjects) {
    for (const auto& [what, times] : subject.wrong)
      ADD_FAILURE() << subject.name << ": " << times << " " << what << " " << subject.first_refusal;
    EXPECT_GT(subject.rate.most(), 0) << subject.name;
    EXPECT_GT(subject.latency.count(), 0U) << subject.name;
  }
}

class EveryLoad : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(EndpointLoad, EveryLoad, testing::Values(Protocol::kJson, Protocol::kQuery));

TEST_P(EveryLoad, MovesMessagesWithoutAMistakeAndRemovesWhatItMade) {
  const ScratchDirectory scratch(testing::TempDir());
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"));
  std::vector<LoadKind> kinds;
  for (const char* const kind :
       {"send", "batch", "receive-delete", "cycle", "fifo", "publish", "long-poll", "backlog", "mixed"}) {
    ASSERT_TRUE(load_kind(kind)) << kind;
    kinds.push_back(*load_kind(kind));
  }
  EndpointLoadOptions options = few_of(std::move(kinds), daemon);
  options.protocol = GetParam();
  options.rounds = 2;
  const Report report = run_endpoint_load(options);
  ASSERT_EQ(report.subjects.size(), 11U);  // long-poll and backlog have two each
  for (const Subject& subject : report.subjects) EXPECT_EQ(subject.rate.all().size(), 2U) << subject.name;
  expect_no_mistake(report);
  EXPECT_EQ(daemon.number("penstock_queues"), 0U);
}

TEST(EndpointLoad, AnEndpointThatGivesNoQueueEndsTheRun) {
  const ScratchDirectory scratch(testing::TempDir());
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"), {"--credentials", credentials(scratch)});
  EXPECT_THROW(run_endpoint_load(few_of({LoadKind::kSend}, daemon)), std::runtime_error);
}

TEST_P(EveryLoad, IsSignedForThoseWhoVerify) {
  const ScratchDirectory scratch(testing::TempDir());
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"), {"--credentials", credentials(scratch)});
  EndpointLoadOptions options =
      few_of({LoadKind::kBatch, LoadKind::kCycle, LoadKind::kFifo, LoadKind::kLongPoll}, daemon);
  options.protocol = GetParam();
  options.endpoints.front().caller.access_key_id = kId;
  options.endpoints.front().caller.secret_access_key = kSecret;
  expect_no_mistake(run_endpoint_load(options));
}

TEST(EndpointLoad, SpeaksTlsWithWhomItBelievesAndWithNobodyElse) {
  const ScratchDirectory scratch(testing::TempDir());
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"),
                      {"--tls-listen", "127.0.0.1:0", "--tls-self-signed", "on"});
  EndpointLoadOptions options = few_of({LoadKind::kSend, LoadKind::kCycle, LoadKind::kLongPoll}, daemon);
  options.body_bytes = 100'000;  // of several records
  Endpoint& endpoint = options.endpoints.front();
  endpoint.port = daemon.tls_port();
  endpoint.tls = std::make_shared<const TlsTrust>(scratch.path("data") + "/tls-certificate.pem");
  expect_no_mistake(run_endpoint_load(options));

  endpoint.tls = std::make_shared<const TlsTrust>("");
  EXPECT_THROW(run_endpoint_load(options), std::runtime_error);
  EXPECT_THROW(TlsTrust("/nowhere/at/all.pem"), std::runtime_error);
}

}  // namespace
}  // namespace penstock
