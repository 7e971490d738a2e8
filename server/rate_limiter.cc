#include "server/rate_limiter.h"

#include <algorithm>
#include <cstring>

#include "base/require.h"

namespace penstock {
namespace {

constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds{1};

// Spreads the bits of a number over all of it (the finalizer of SplitMix64).
std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

}  // namespace

RateLimiter::RateLimiter(const Rate& rate, std::size_t buckets, std::uint64_t secret)
    : token_(kSecond / std::max<std::int64_t>(rate.per_second, 1)),
      burst_(token_ * std::max<std::int64_t>(rate.burst, 1)),
      secret_(secret),
      sets_((buckets + kWays - 1) / kWays) {
  require(rate.per_second > 0 && rate.burst > 0 && !sets_.empty(), "a rate admits something");
}

std::size_t RateLimiter::set_of(const Key& key) const {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), key.data(), key.size());
  return mixed(mixed(halves[0] ^ secret_) + mixed(halves[1] + secret_)) % sets_.size();
}

bool RateLimiter::admit(const Key& key, Moment now) {
  const std::size_t at = set_of(key);
  Set& set = sets_[at];
  const std::lock_guard lock((*stripes_)[at % kStripes]);
  Bucket* bucket = &set[0];
  for (Bucket& one : set) {
    if (one.key == key) {
      bucket = &one;
      break;
    }
    if (one.full < bucket->full) bucket = &one;
  }
  if (bucket->key != key) *bucket = {key, now};
  const Moment full = std::max(bucket->full, now) + token_;
  if (full - now > burst_) return false;
  bucket->full = full;
  return true;
}

}  // namespace penstock
