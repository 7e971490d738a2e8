#include "server/memory_plan.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <string_view>
#include <utility>

namespace penstock {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// What one of these takes: estimates from the sizes of what is kept of each, rounded up.
constexpr std::uint64_t kTouchedBytes = 100;
constexpr std::uint64_t kConnectionBytes = 24 << 10;  // with TLS
constexpr std::uint64_t kReceiverBytes = 1 << 10;

// One bound: how it is read and set, in units of `unit_bytes`.
struct Share {
  std::string_view flag;
  std::uint64_t unit_bytes;
  std::uint64_t floor;
  std::uint64_t now;
  std::function<bool(std::uint64_t)> set;  // whether it is another value
  bool fixed = false;                      // set by somebody, or at its floor

  std::uint64_t bytes() const { return now * unit_bytes; }
};

template <class Number>
Share share_of(const Settings& settings, std::string_view flag, std::uint64_t unit_bytes, std::uint64_t floor,
               Number& bound) {
  const auto set = [&bound](std::uint64_t value) {
    return std::exchange(bound, static_cast<Number>(value)) != static_cast<Number>(value);
  };
  return {flag, unit_bytes, floor, static_cast<std::uint64_t>(bound), set, settings.given.contains(flag)};
}

std::vector<Share> shares_of(Settings& settings) {
  // Each I/O thread must be able to hold a whole request.
  const std::uint64_t requests_floor = std::max<std::uint64_t>(
      16 * kMiB, settings.io_threads * (settings.http.body_bytes_max + kHeadBytesMax));
  std::vector<Share> shares{
      share_of(settings, "request-memory-max", 1, requests_floor, settings.request_bytes_max),
      share_of(settings, "answer-memory-max", 1, 16 * kMiB, settings.answer_bytes_max),
      share_of(settings, "mailbox-memory-max", 1, 16 * kMiB, settings.mailbox_bytes_max),
      share_of(settings, "window-memory-max", 1, 4 * kMiB, settings.limits.window_bytes_max),
      share_of(settings, "deduplication-memory-max", 1, 4 * kMiB, settings.limits.dedup_bytes_max),
      share_of(settings, "recorded-deliveries-memory-max", 1, kMiB, settings.recorded_deliveries_bytes_max),
      share_of(settings, "touched-max", kTouchedBytes, 50'000, settings.limits.touched_max),
      share_of(settings, "connections-max", kConnectionBytes, 128, settings.connections_max),
      share_of(settings, "waiting-receivers-max", kReceiverBytes, 1'000,
               settings.limits.waiting_receivers_max),
  };
  if (settings.durability != Durability::kMemory) {
    shares.push_back(share_of(settings, "store-memory-max", 1, 16 * kMiB, settings.store_bytes_max));
  }
  return shares;
}

std::uint64_t sum_of(const std::vector<Share>& shares, bool fixed_alone) {
  std::uint64_t sum = 0;
  for (const Share& share : shares) sum += !fixed_alone || share.fixed ? share.bytes() : 0;
  return sum;
}

// A number alone in a file; "max" is none.
std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> memory_limit(const std::filesystem::path& self,
                                          const std::filesystem::path& hierarchy) {
  std::ifstream groups(self);
  std::string line;
  std::string own;
  while (std::getline(groups, line)) {
    if (line.starts_with("0::/")) own = line.substr(4);
  }
  // From our group up to what we see as the root, which in a container is the container's.
  std::filesystem::path group = std::filesystem::path(own).lexically_normal();
  std::optional<std::uint64_t> least;
  for (;;) {
    const std::optional<std::uint64_t> limit = number_in(hierarchy / group / "memory.max");
    if (limit && *limit > 0) least = std::min(*limit, least.value_or(*limit));
    if (group.empty() || *group.begin() == "..") return least;
    group = group.parent_path();
  }
}

MemoryPlan fit_memory(Settings& settings, std::uint64_t limit_bytes) {
  std::vector<Share> shares = shares_of(settings);
  const std::uint64_t shared_out = limit_bytes / 4 * 3;
  MemoryPlan plan{.limit_bytes = limit_bytes};
  // A bound that comes to its floor leaves less for the others, so they are gone through again.
  for (bool again = true; again && sum_of(shares, false) > shared_out;) {
    again = false;
    const std::uint64_t fixed = sum_of(shares, true);
    const std::uint64_t wanted = sum_of(shares, false) - fixed;
    const std::uint64_t rest = shared_out > fixed ? shared_out - fixed : 0;
    const double factor = wanted == 0 ? 0 : static_cast<double>(rest) / static_cast<double>(wanted);
    std::vector<Share> scaled = shares;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (shares[i].fixed) continue;
      scaled[i].now = static_cast<std::uint64_t>(static_cast<double>(shares[i].now) * factor);
      if (scaled[i].now > shares[i].floor) continue;
      shares[i].now = std::min(shares[i].floor, shares[i].now);
      shares[i].fixed = again = true;
    }
    if (!again) shares = std::move(scaled);
  }
  for (const Share& share : shares) {
    if (settings.given.contains(share.flag)) continue;
    if (share.set(share.now)) plan.shrunk.emplace_back(share.flag);
  }
  plan.planned_bytes = sum_of(shares, false);
  plan.fits = plan.planned_bytes <= shared_out;
  return plan;
}

}  // namespace penstock
