// A FuzzTarget without a fuzzer: examines its seeds, every beginning of them, each with every byte changed
// in a few ways, and seeded splices of two. Inputs named as arguments are examined instead.
//
// With FUZZ_SECONDS in the environment it then goes on for so long with what chance makes of the seeds. It does not see
// which paths an input takes, so it keeps none but the seeds; what it says about the chance it drew lets a run be seen
// again (FUZZ_SEED).
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/random.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/mutation.h"

// Only where there is a sanitizer.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

std::size_t examined = 0;

void examine_copy(const std::string& input) {
  // On the heap and of exactly this size, so that a read past it is seen.
  const std::vector<char> bytes(input.begin(), input.end());
  penstock::examine({bytes.data(), bytes.size()});
  ++examined;
}

void examine_neighbours(const std::string& seed) {
  // Of a long seed only the beginning; what follows is more of the same.
  constexpr std::size_t kBytesMax = 600;
  examine_copy(seed);
  for (std::size_t at = 0; at < std::min(seed.size(), kBytesMax); ++at) {
    examine_copy(seed.substr(0, at));
    examine_copy(seed.substr(0, at) + seed.substr(at + 1));
    for (const int byte : {0x00, 0x0a, 0x20, 0x25, 0x2b, 0x2e, 0x30, 0x39, 0x41, 0x5c, 0x7f, 0x80, 0xff}) {
      std::string changed = seed;
      changed[at] = static_cast<char>(byte);
      examine_copy(changed);
    }
    std::string doubled = seed;
    doubled.insert(at, 1, seed[at]);
    examine_copy(doubled);
  }
}

void examine_all_neighbours(const std::vector<std::string>& seeds) {
  for (const std::string& seed : seeds) examine_neighbours(seed);
  penstock::SeededRandom random(20'261'125);
  for (int round = 0; round < 20'000; ++round) {
    const std::string& head = seeds[random.below(seeds.size())];
    const std::string& tail = seeds[random.below(seeds.size())];
    const std::size_t from = tail.empty() ? 0 : random.below(tail.size());
    examine_copy(head.substr(0, random.below(head.size() + 1)) + tail.substr(from));
  }
}

// What is examined, for whoever ends the process because of it.
std::string at_hand;
std::string finding;

void keep_finding() {
  const int file = open(finding.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = write(file, at_hand.data(), at_hand.size());
  close(file);
}

void search(const std::vector<std::string>& seeds, std::chrono::seconds time) {
  const char* const chosen = std::getenv("FUZZ_SEED");
  const std::uint64_t seed = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : penstock::SystemRandom().next();
  std::printf("FUZZ_SEED=%llu; an input that is found wrong is left in %s\n", static_cast<unsigned long long>(seed),
              finding.c_str());
  std::fflush(stdout);
  std::signal(SIGABRT, [](int) { keep_finding(); });
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(keep_finding);
  penstock::Mutation mutation(seeds, seed);
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    for (int round = 0; round < 100; ++round) {
      at_hand = mutation.next();
      examine_copy(at_hand);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = std::filesystem::path(argv[0]).filename();
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    examine_copy({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  }
  if (argc == 1) {
    const std::vector<std::string> seeds = penstock::seeds();
    examine_all_neighbours(seeds);
    if (const char* const seconds = std::getenv("FUZZ_SECONDS")) {
      finding = std::filesystem::absolute(name + ".finding");
      search(seeds, std::chrono::seconds(std::atoi(seconds)));
    }
  }
  std::printf("%s: %zu inputs\n", name.c_str(), examined);
  return 0;
}
