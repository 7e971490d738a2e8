// What the daemon spends on a message, in counts that don't depend on the clock. The bounds leave room, and
// none so much that a doubling would fit.
#include <gtest/gtest.h>
#include <malloc.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "bench/daemon.h"
#include "bench/endpoint_scripts.h"
#include "bench/process_usage.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"
#include "bench/syscall_count.h"
#include "broker/broker.h"

namespace penstock {
namespace {

constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kConnections = 64;

class Counts : public testing::Test {
 protected:
  Counts() : scratch_(testing::TempDir()), daemon_(start()) {}

  std::unique_ptr<Daemon> start() const {
    return std::make_unique<Daemon>(PENSTOCK_PROGRAM, scratch_.path("data"));
  }
  void kill_and_start_again() {
    daemon_->kill_now();
    daemon_ = start();
  }
  SqsDialect dialect() const {
    return {SqsDialect::Protocol::kJson, {"127.0.0.1:" + std::to_string(daemon_->port())}};
  }
  void load(HttpScript& script, std::size_t connections) const {
    const LoadResult result = run_http_load(daemon_->port(), connections, std::chrono::minutes(5), script);
    ASSERT_EQ(result.failures, 0U);
  }
  void send(const std::string& url, std::size_t times, std::size_t connections = kConnections) const {
    Repeat script(dialect().send(url, std::string(kBodyBytes, 'x')), times);
    load(script, connections);
  }
  void receive_and_delete(const std::string& url, std::size_t connections = kConnections) const {
    const SqsDialect said = dialect();
    Consumers script(said, {.url = url, .body = {}, .until_dry = true}, connections);
    load(script, connections);
  }
  std::uint64_t written() const { return written_bytes_of(daemon_->process().id()); }

  const ScratchDirectory scratch_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(Counts, ASendWritesItsBodyOnceAndLittleMore) {
  constexpr std::size_t kSends = 5'000;
  const std::string url = daemon_->create_queue("q");
  const std::uint64_t before = written();
  const std::uint64_t log_before = daemon_->number("penstock_store_bytes_written_total");
  send(url, kSends);
  const double each = static_cast<double>(written() - before) / kSends;
  const double logged =
      static_cast<double>(daemon_->number("penstock_store_bytes_written_total") - log_before) / kSends;
  std::printf("bytes written: %.0f for a send of %zu, %.0f of them records\n", each, kBodyBytes, logged);
  EXPECT_GE(logged, kBodyBytes);
  EXPECT_LE(logged, kBodyBytes + 210);
  EXPECT_LE(each, kBodyBytes + 250);
}

TEST_F(Counts, AReceiveAndADeleteDoNotWriteTheBodyAgain) {
  constexpr std::size_t kMessages = 5'000;
  const std::string url = daemon_->create_queue("q");
  send(url, kMessages);
  const std::uint64_t before = written();
  receive_and_delete(url);
  const double each = static_cast<double>(written() - before) / kMessages;
  std::printf("bytes written: %.0f for a receive and a delete of one of %zu\n", each, kBodyBytes);
  EXPECT_LE(each, 330);
}

TEST_F(Counts, AStartReadsAsManyRecordsForTenTimesTheMessages) {
  const std::string url = daemon_->create_queue("q");
  send(url, 1'000);
  kill_and_start_again();
  const std::uint64_t of_few = daemon_->number("penstock_store_records_loaded");
  send(daemon_->create_queue("q"), 9'000);
  kill_and_start_again();
  const std::uint64_t of_many = daemon_->number("penstock_store_records_loaded");
  std::printf("records read: %llu at the start with 1,000 messages, %llu with 10,000\n",
              static_cast<unsigned long long>(of_few), static_cast<unsigned long long>(of_many));
  EXPECT_EQ(of_few, of_many);
  EXPECT_LE(of_many, 7U);
  EXPECT_EQ(daemon_->number("penstock_store_pages_total"), 0U);
}

// Of all threads. Empty: nobody may watch a process here.
std::optional<double> system_calls_each(const Daemon& daemon, const std::function<void()>& work,
                                        std::size_t times, const char* what) {
  try {
    const SyscallCounts counts = count_syscalls(daemon.process().id(), work);
    const double each = static_cast<double>(counts.all()) / static_cast<double>(times);
    std::printf("system calls: %.1f for %s (%s)\n", each, what, counts.text(times).c_str());
    return each;
  } catch (const std::system_error& error) {
    if (error.code().value() != EPERM) throw;
    return std::nullopt;
  }
}

TEST_F(Counts, ALoneSendTakesFewSystemCalls) {
  constexpr std::size_t kSends = 200;
  const std::string url = daemon_->create_queue("q");
  const std::optional<double> each = system_calls_each(
      *daemon_, [&] { send(url, kSends, 1); }, kSends, "a send that is alone");
  if (!each) GTEST_SKIP() << "no process may be watched here";
  EXPECT_GE(*each, 4);  // it is received, written, synced and answered
  EXPECT_LE(*each, 28);
}

// How many share a commit is the machine's affair; what each costs is not.
TEST_F(Counts, SendsInCompanyShareTheSystemCallsOfTheirCommit) {
  constexpr std::size_t kSends = 2'000;
  const std::string url = daemon_->create_queue("q");
  const std::uint64_t before = daemon_->number("penstock_commits_total");
  const std::optional<double> each = system_calls_each(
      *daemon_, [&] { send(url, kSends); }, kSends, "one of 64 sends at a time");
  if (!each) GTEST_SKIP() << "no process may be watched here";
  const auto commits = static_cast<double>(daemon_->number("penstock_commits_total") - before);
  EXPECT_GE(*each, 2);  // each is received and answered
  EXPECT_LE(*each, 3 + 25 * commits / kSends);
}

// The core alone, so that what the allocator holds is what the messages hold.
class OneQueue {
 public:
  OneQueue() : broker_(PartitionId{0}, BrokerLimits{}) { execute(CreateQueue{}); }
  void send() {
    execute(Send{std::make_shared<MessageContent>(MessageContent{.body = std::string(200, 'x')}), 200,
                 std::nullopt});
  }
  std::size_t receive() {
    execute(Receive{10, std::nullopt, std::nullopt});
    return outcome_.replies.empty() ? 0
                                    : std::get<Received>(outcome_.replies.back().answer).deliveries.size();
  }
  void forget_outcome() { outcome_ = {}; }

 private:
  void execute(Operation operation) {
    outcome_.clear();
    broker_.execute({Ticket{}, World{AccountId{0}, *Region::parse("us-east-1")}, "q", std::move(operation)},
                    now_, random_, outcome_);
  }

  Broker broker_;
  Outcome outcome_;
  SeededRandom random_{1};
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
};

std::size_t allocated_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(ResidentBytes, AMessageHoldsItsBodyWhileItWaitsAndAHandfulOfWordsWhileItIsInFlight) {
  constexpr std::size_t kMessages = 2'000;
  const std::size_t empty = allocated_bytes();
  OneQueue queue;
  for (std::size_t i = 0; i < kMessages; ++i) queue.send();
  queue.forget_outcome();
  const auto each = [empty] {
    return (static_cast<double>(allocated_bytes()) - static_cast<double>(empty)) / kMessages;
  };
  const double waiting = each();
  std::size_t received = 0;
  while (const std::size_t more = queue.receive()) received += more;
  queue.forget_outcome();
  const double in_flight = each();
  ASSERT_EQ(received, kMessages);
  std::printf("bytes resident: %.0f for a message of 200 that waits, %.0f for one in flight\n", waiting,
              in_flight);
  EXPECT_GE(waiting, 200);
  EXPECT_LE(waiting, 900);
  EXPECT_LE(in_flight, 160);
}

}  // namespace
}  // namespace penstock
