// The simulator's command line: simulates the histories of a range of seeds and tells of the first one that
// breaks a promise.
//
//     penstock_simulator [--seeds FIRST..LAST] [--steps N] [--tale SEED] [--tale-lines N]
//
// Exit status: 0 if every promise was kept, 1 otherwise, 2 for a command line that it does not understand.
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulator/simulation.h"

namespace {

using penstock::Simulation;

struct Options {
  std::uint64_t first = 1;
  std::uint64_t last = 5000;
  std::uint64_t steps = 600;
  std::optional<std::uint64_t> tale;
  std::size_t tale_lines = 60;
};

// Told when an invariant aborts in the middle of a history.
volatile std::uint64_t seed_under_way = 0;
volatile std::uint64_t steps_under_way = 0;
const Simulation* told_under_way = nullptr;
std::size_t tale_lines_under_way = 0;

void print_tale(const std::vector<std::string>& tale, std::size_t lines) {
  const std::size_t from = tale.size() > lines ? tale.size() - lines : 0;
  for (std::size_t i = from; i < tale.size(); ++i) std::printf("  %s\n", tale[i].c_str());
}

void tell_seed(int) {
  char line[160];
  const int length = std::snprintf(line, sizeof line, "broken invariant: --seeds %llu..%llu --steps %llu\n",
                                   static_cast<unsigned long long>(seed_under_way),
                                   static_cast<unsigned long long>(seed_under_way),
                                   static_cast<unsigned long long>(steps_under_way));
  if (length > 0) std::fwrite(line, 1, static_cast<std::size_t>(length), stderr);
  std::signal(SIGABRT, SIG_DFL);
  // Not safe in a signal handler in general; here the process is its own and about to end.
  if (told_under_way != nullptr) print_tale(told_under_way->tale(), tale_lines_under_way);
  std::fflush(stdout);
  std::abort();
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  if (text.empty() || text.size() > 18) return std::nullopt;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

std::optional<Options> parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 >= count) return std::nullopt;
    const std::string_view flag = arguments[i];
    const std::string_view text = arguments[i + 1];
    if (flag == "--seeds") {
      const std::size_t dots = text.find("..");
      const auto first = number(text.substr(0, dots));
      const auto last = dots == std::string_view::npos ? first : number(text.substr(dots + 2));
      if (!first || !last || *last < *first) return std::nullopt;
      options.first = *first;
      options.last = *last;
      continue;
    }
    const auto value = number(text);
    if (!value) return std::nullopt;
    if (flag == "--steps") {
      options.steps = *value;
    } else if (flag == "--tale") {
      options.tale = value;
    } else if (flag == "--tale-lines") {
      options.tale_lines = *value;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

// The end of the history's tale, and the promise that it breaks.
void tell(const Options& options, std::uint64_t seed) {
  Simulation simulation(seed, options.steps, true);
  told_under_way = &simulation;
  tale_lines_under_way = options.tale_lines;
  const std::string broken = simulation.run();
  told_under_way = nullptr;
  print_tale(simulation.tale(), options.tale_lines);
  if (!broken.empty()) std::printf("BROKEN: %s\n", broken.c_str());
}

}  // namespace

int main(int count, char** arguments) {
  const std::optional<Options> options = parse(count, arguments);
  if (!options) {
    std::fprintf(stderr, "usage: %s [--seeds FIRST..LAST] [--steps N] [--tale SEED] [--tale-lines N]\n",
                 arguments[0]);
    return 2;
  }
  std::signal(SIGABRT, tell_seed);
  steps_under_way = options->steps;
  if (options->tale) {
    seed_under_way = *options->tale;
    tell(*options, *options->tale);
    return 0;
  }
  Simulation::Size total;
  for (std::uint64_t seed = options->first; seed <= options->last; ++seed) {
    seed_under_way = seed;
    Simulation simulation(seed, options->steps, false);
    const std::string broken = simulation.run();
    if (!broken.empty()) {
      tell(*options, seed);
      std::printf("replay: --seeds %llu..%llu --steps %llu\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(options->steps));
      return 1;
    }
    total.commands += simulation.size().commands;
    total.deliveries += simulation.size().deliveries;
    total.crashes += simulation.size().crashes;
    total.reloads += simulation.size().reloads;
  }
  std::printf(
      "%llu histories, %llu commands, %llu deliveries, %llu crashes, %llu reloads: every promise kept\n",
      static_cast<unsigned long long>(options->last - options->first + 1),
      static_cast<unsigned long long>(total.commands), static_cast<unsigned long long>(total.deliveries),
      static_cast<unsigned long long>(total.crashes), static_cast<unsigned long long>(total.reloads));
  return 0;
}
