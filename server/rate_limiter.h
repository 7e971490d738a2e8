// RateLimiter: whether somebody may make one more request: a token bucket for each, of a rate and a burst.
//
// A bucket is kept as the moment at which it is full again. A request that is admitted moves that moment on by the time
// in which one token comes; one that would move it further ahead than a whole burst takes is refused, and moves
// nothing. So a bucket that is full is like one of somebody who was never heard of, and to forget it loses nothing.
//
// The table never grows. It is made of sets of eight buckets; who is new to a full set takes the place of the bucket
// that is full soonest. Somebody who comes from very many addresses has others forgotten early: they may do a little
// more than their rate for it, never less. Which set is somebody's depends on a number that nobody outside knows.
//
// Any thread may ask, since a rate is of all connections together: a set is looked at under the lock of its stripe. The
// time is handed in; it never runs back.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace penstock {

class RateLimiter {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  // Who: an account's number, an address.
  using Key = std::array<std::uint8_t, 16>;

  struct Rate {
    std::uint32_t per_second = 0;  // at least 1, at most 1,000,000
    std::uint32_t burst = 0;       // at least 1: so many at once, after a pause
  };

  // `buckets`: how many there is room for, rounded up to whole sets. `secret`: drawn by chance.
  RateLimiter(const Rate& rate, std::size_t buckets, std::uint64_t secret);

  bool admit(const Key& key, Moment now);

  std::size_t room() const { return sets_.size() * kWays; }

 private:
  static constexpr std::size_t kWays = 8;
  static constexpr std::size_t kStripes = 64;

  struct Bucket {
    Key key{};
    Moment full{};  // long ago: nobody's
  };
  using Set = std::array<Bucket, kWays>;

  std::size_t set_of(const Key& key) const;

  const std::chrono::nanoseconds token_;  // in which one comes
  const std::chrono::nanoseconds burst_;
  const std::uint64_t secret_;
  std::vector<Set> sets_;
  std::unique_ptr<std::array<std::mutex, kStripes>> stripes_ = std::make_unique<std::array<std::mutex, kStripes>>();
};

}  // namespace penstock
