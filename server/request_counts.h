// RequestCounts: what one I/O thread has answered, by action, outcome and duration.
//
// That thread alone adds, without locks or shared cache lines; /metrics adds up what all threads have
// counted. An action that the service's table does not name counts as the last, "Unknown", so that no
// client can make a series.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "base/result.h"
#include "protocol/api_message.h"
#include "protocol/sns_table.h"
#include "protocol/sqs_table.h"

namespace penstock {

// The names of all actions of all services, ascending; two services may share one.
inline constexpr auto kActionNames = [] {
  constexpr std::size_t kMost =
      std::tuple_size_v<decltype(sqs::kActions)> + std::tuple_size_v<decltype(sns::kActions)> + 1;
  struct Names {
    std::array<std::string_view, kMost> all{};
    std::size_t count = 0;
  } names;
  std::array<std::string_view, kMost> both{};
  std::size_t at = 0;
  each_sqs_action(
      [&](auto row) { both[at++] = std::get<decltype(row)::value>(sqs::kActions).name; });
  each_sns_action(
      [&](auto row) { both[at++] = std::get<decltype(row)::value>(sns::kActions).name; });
  both[at++] = "GetCallerIdentity";
  std::sort(both.begin(), both.end());
  for (const std::string_view name : both) {
    if (names.count == 0 || names.all[names.count - 1] != name) names.all[names.count++] = name;
  }
  return names;
}();
inline constexpr std::size_t kActionsKnown = kActionNames.count;

// The place of an action in the list, or kActionsKnown.
using ActionIndex = std::size_t;

// Which action a request asks for, as far as a label needs to know it: by X-Amz-Target, or by the Action of
// a form or query.
ActionIndex action_asked(const ApiRequest& request);
std::string_view action_name(ActionIndex action);

// The code of a refusal that was rendered already; nothing for a success.
std::optional<ErrorCode> error_in(const ApiResponse& response);

class RequestCounts {
 public:
  using Duration = std::chrono::microseconds;
  // Upper bounds in microseconds; the last bucket, one more, has none. Long polls wait up to 20 seconds.
  static constexpr std::array<std::uint64_t, 15> kBounds{250,     500,     1'000,     2'500,      5'000,
                                                         10'000,  25'000,  50'000,    100'000,    250'000,
                                                         500'000, 1000000, 5'000'000, 10'000'000, 25'000'000};
  static constexpr std::size_t kErrorCodes = 64;  // as many as an ErrorSet can hold

  // The owning thread.
  void add(ActionIndex action, std::optional<ErrorCode> error, Duration duration);

  // Any thread. Of that bucket alone, not cumulative.
  std::uint64_t bucket(ActionIndex action, std::size_t bucket) const {
    return read(of(action).buckets[bucket]);
  }
  std::uint64_t sum_microseconds(ActionIndex action) const { return read(of(action).sum); }
  std::uint64_t succeeded(ActionIndex action) const { return read(of(action).succeeded); }
  std::uint64_t refused(ActionIndex action, std::size_t code) const { return read(of(action).refused[code]); }

 private:
  using Count = std::atomic<std::uint64_t>;
  struct OfAction {
    std::array<Count, kBounds.size() + 1> buckets{};
    Count sum{0};
    Count succeeded{0};
    std::array<Count, kErrorCodes> refused{};
  };

  static std::uint64_t read(const Count& count) { return count.load(std::memory_order_relaxed); }
  static void grow(Count& count, std::uint64_t amount) {
    count.store(count.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  const OfAction& of(ActionIndex action) const { return actions_[action]; }

  alignas(64) std::array<OfAction, kActionsKnown + 1> actions_{};
};

}  // namespace penstock
