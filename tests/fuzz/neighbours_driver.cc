// A FuzzTarget without a fuzzer: examines its seeds, every beginning of them, each with every byte changed
// in a few ways, and seeded splices of two. Inputs named as arguments are examined instead.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/random.h"
#include "tests/fuzz/fuzz_target.h"

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

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    examine_copy({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  }
  if (argc == 1) {
    const std::vector<std::string> seeds = penstock::seeds();
    for (const std::string& seed : seeds) examine_neighbours(seed);
    penstock::SeededRandom random(20'261'125);
    for (int round = 0; round < 20'000; ++round) {
      const std::string& head = seeds[random.below(seeds.size())];
      const std::string& tail = seeds[random.below(seeds.size())];
      const std::size_t from = tail.empty() ? 0 : random.below(tail.size());
      examine_copy(head.substr(0, random.below(head.size() + 1)) + tail.substr(from));
    }
  }
  std::printf("%s: %zu inputs\n", std::filesystem::path(argv[0]).filename().c_str(), examined);
  return 0;
}
