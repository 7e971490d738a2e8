// Every kind of load against a daemon: what it counts is right, and it leaves nothing behind.
#include "bench/endpoint_load.h"

#include <gtest/gtest.h>

#include <fstream>

#include "bench/daemon.h"
#include "bench/scratch_directory.h"

namespace penstock {
namespace {

using Protocol = SqsDialect::Protocol;

class EveryLoad : public testing::TestWithParam<Protocol> {};
INSTANTIATE_TEST_SUITE_P(EndpointLoad, EveryLoad, testing::Values(Protocol::kJson, Protocol::kQuery));

TEST_P(EveryLoad, MovesMessagesWithoutAMistakeAndRemovesWhatItMade) {
  const ScratchDirectory scratch(testing::TempDir());
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"));
  EndpointLoadOptions options;
  options.protocol = GetParam();
  for (const char* const kind :
       {"send", "batch", "receive-delete", "cycle", "fifo", "publish", "long-poll", "backlog", "mixed"}) {
    ASSERT_TRUE(load_kind(kind)) << kind;
    options.kinds.push_back(*load_kind(kind));
  }
  options.endpoints = {
      {"127.0.0.1", daemon.port(), {"127.0.0.1:" + std::to_string(daemon.port())}, daemon.process().id()}};
  options.rounds = 2;
  options.plan.connections = 8;
  options.plan.strict = false;
  options.plan.time = std::chrono::milliseconds(150);
  options.messages = 500;
  const Report report = run_endpoint_load(options);

  ASSERT_EQ(report.subjects.size(), 11U);  // long-poll and backlog have two each
  for (const Subject& subject : report.subjects) {
    EXPECT_TRUE(subject.wrong.empty())
        << subject.name << ": " << subject.wrong.begin()->first << " " << subject.first_refusal;
    EXPECT_EQ(subject.rate.all().size(), 2U) << subject.name;
    EXPECT_GT(subject.rate.least(), 0) << subject.name;
    EXPECT_GT(subject.latency.count(), 0U) << subject.name;
  }
  EXPECT_EQ(daemon.number("penstock_queues"), 0U);
}

TEST(EndpointLoad, AnEndpointThatGivesNoQueueEndsTheRun) {
  const ScratchDirectory scratch(testing::TempDir());
  const std::string credentials = scratch.path("credentials.yaml");
  std::ofstream(credentials) << "credentials:\n  - access_key_id: AKIDOFSOMEBODY\n    secret_access_key: "
                                "a-secret-of-nobody-who-is-here\n"
                                "    account: \"000000000000\"\n    user: somebody\n";
  // Nothing that a load says is signed.
  const Daemon daemon(PENSTOCK_PROGRAM, scratch.path("data"), {"--credentials", credentials});
  EndpointLoadOptions options;
  options.kinds = {LoadKind::kSend};
  options.endpoints = {{"127.0.0.1", daemon.port(), {"127.0.0.1:" + std::to_string(daemon.port())}, {}}};
  EXPECT_THROW(run_endpoint_load(options), std::runtime_error);
}

}  // namespace
}  // namespace penstock
