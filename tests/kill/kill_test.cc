// The kill ring: the real daemon under concurrent load dies at once, comes back on what it left on disk,
// and is held against everything that its clients were told.
//
// A kill leaves the operating system's page cache alive, so it shows that recovery is right; it cannot show
// that a commit was synced before it was acknowledged. The power cut does: the daemon runs on a file system
// that knows which bytes were synced, and what was not is taken away after the kill.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "bench/daemon.h"
#include "bench/scratch_directory.h"
#include "tests/kill/history.h"
#include "tests/kill/verifier.h"
#include "tests/kill/workload.h"
#include "tests/storage/sync_journal.h"

namespace penstock {
namespace {

constexpr std::size_t kConnections = 32;
constexpr int kCallsBeforeDeath = 1000;
constexpr std::size_t kQueues = 3;

int rounds_of(const char* variable, int each_run) {
  const char* text = std::getenv(variable);
  return text == nullptr ? each_run : std::atoi(text);
}

// The daemon under test; another one by the environment, for trials of mutants.
std::string program_of(const char* variable, const char* built) {
  const char* other = std::getenv(variable);
  return other == nullptr ? built : other;
}

struct Tally {
  int certain = 0;
  int in_doubt = 0;
};

// One life and death. `prepare` is called on the data directory between the death and the next life.
template <class Prepare>
std::vector<std::string> round(const std::string& program, const std::string& data, std::uint64_t seed,
                               const Prepare& prepare, Tally& tally) {
  std::mt19937_64 random(seed);
  History history;
  std::vector<std::string> urls;
  std::vector<std::string> wrong;
  {
    Daemon daemon(program, data);
    // Queues of its own: those of the round before are still full, and a purge may have to wait.
    for (std::size_t queue = 0; queue < kQueues; ++queue) {
      urls.push_back(
          daemon.create_queue("round-" + std::to_string(seed) + "-queue-" + std::to_string(queue)));
    }
    Workload workload(daemon.port(), urls, kConnections, seed, "seed" + std::to_string(seed), history);
    const int enough = kCallsBeforeDeath + static_cast<int>(random() % 2000);
    while (history.certain_calls() < enough && workload.running() && workload.violations().empty()) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    const bool died = !workload.running();
    daemon.kill_now();
    workload.join();
    wrong = workload.violations();
    if (died) wrong.push_back("the daemon died of itself");
  }
  tally.certain += history.certain_calls();
  tally.in_doubt += history.open_calls();
  if (history.open_calls() == 0)
    wrong.push_back("the daemon was idle when it died; the round proves nothing");
  prepare();
  const Daemon daemon(program, data);
  for (std::string& url : urls) url = daemon.create_queue(url.substr(url.rfind('/') + 1));
  for (std::string& one : verify(daemon.port(), urls, history)) wrong.push_back(std::move(one));
  return wrong;
}

std::string first_few(const std::vector<std::string>& wrong) {
  std::string text = std::to_string(wrong.size()) + " broken promises";
  for (std::size_t i = 0; i < wrong.size() && i < 10; ++i) text += "\n  " + wrong[i];
  return text;
}

class Ring {
 public:
  explicit Ring(std::string program) : program_(std::move(program)) {
    setenv("POWER_CUT_JOURNAL", journal().c_str(), 1);
  }

  // The first round that goes wrong ends it. `cut` is called with the data directory and the round's seed.
  template <class Cut>
  std::vector<std::string> run(int rounds, const Cut& cut) {
    for (int number = 1; number <= rounds; ++number) {
      const auto seed = static_cast<std::uint64_t>(number);
      std::vector<std::string> wrong = round(
          program_, data(), seed, [&] { cut(seed); }, tally_);
      if (wrong.empty()) continue;
      wrong.insert(wrong.begin(), "in the round with seed " + std::to_string(seed));
      return wrong;
    }
    std::printf("%d rounds under %zu connections: %d calls answered, %d in doubt\n", rounds, kConnections,
                tally_.certain, tally_.in_doubt);
    return {};
  }
  std::string data() const { return scratch_.path("data"); }
  std::string journal() const { return scratch_.path("journal"); }

 private:
  const ScratchDirectory scratch_{std::filesystem::temp_directory_path()};
  const std::string program_;
  Tally tally_;
};

TEST(KillRing, NothingAcknowledgedIsLostWhenTheProcessIsKilled) {
  Ring ring(program_of("KILL_PROGRAM", PENSTOCK_BINARY));
  const auto wrong = ring.run(rounds_of("KILL_ROUNDS", 40), [](std::uint64_t) {});
  EXPECT_TRUE(wrong.empty()) << first_few(wrong);
}

// Each round loses unsynced bytes in another of the three ways.
TEST(PowerCut, NothingAcknowledgedIsLostWhenUnsyncedBytesAreGone) {
  Ring ring(program_of("POWER_CUT_PROGRAM", POWER_CUT_DAEMON));
  const auto wrong = ring.run(rounds_of("POWER_CUT_ROUNDS", 20), [&ring](std::uint64_t seed) {
    constexpr std::array kModes{PowerCut::kAll, PowerCut::kSuffix, PowerCut::kZeroPages};
    drop_unsynced(ring.data(), ring.journal(), kModes[seed % kModes.size()], seed);
  });
  EXPECT_TRUE(wrong.empty()) << first_few(wrong);
}

}  // namespace
}  // namespace penstock
