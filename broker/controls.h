// Controls: what tests ask of a broker, beside what its clients do. The daemon takes these only when it was
// started for tests (--test-controls).
//
//   Reset        every queue and topic that there is now goes away, and so do the names that could not be
//                used again yet
//   Expect       is answered as soon as a queue stands as it is expected to, or when its time is over
//   AdvanceTime  lets the broker's time leap forward. How far it is ahead of the wall clock is a fact, since
//                time must not run back at the next start
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "broker/address.h"

namespace penstock {

// Of one account, of one region, or both; nothing given: of all.
struct Reset {
  std::optional<AccountId> account;
  std::optional<Region> region;

  bool means(const World& world) const {
    return (!account || *account == world.account) && (!region || *region == world.region);
  }
};

struct ResetDone {
  std::uint64_t queues = 0;
  std::uint64_t topics = 0;
};

// All that is given must hold at one moment. The first three are what the queue holds, exactly; the others
// what has happened since the queue was created or the process began, and at least so often.
struct Expect {
  std::optional<std::uint64_t> visible;
  std::optional<std::uint64_t> in_flight;
  std::optional<std::uint64_t> delayed;
  std::optional<std::uint64_t> sent;
  std::optional<std::uint64_t> received;
  std::optional<std::uint64_t> deleted;
  Milliseconds timeout{10'000};  // of real time; a leap does not shorten it
};

struct ExpectationEnded {
  bool held = false;
  std::uint64_t visible = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t deleted = 0;
};

struct AdvanceTime {
  Milliseconds by{0};  // 0 to kTimeLeapMax; 0 asks what time it is
};

struct TimeAdvanced {
  Time now;
  Milliseconds ahead{0};  // of the wall clock, in all
};

// The longest retention period, and a day.
inline constexpr Milliseconds kTimeLeapMax = Seconds{15 * 86'400};
// In all. Far from where a time could not be told any more.
inline constexpr Milliseconds kTimeAheadMax = Seconds{std::int64_t{20} * 366 * 86'400};

}  // namespace penstock
