// Histogram: durations in buckets that are at most 3 % wide, from 1 us to about 70 s.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock {

class Histogram {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration duration) {
    ++counts_[bucket_of(static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count()))];
    ++count_;
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
  }
  std::uint64_t count() const { return count_; }

  // The upper end of the bucket that holds this share (0 to 1) of all durations; 0 when empty.
  Duration at(double share) const {
    if (count_ == 0) return Duration{0};
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(count_ - 1));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen > rank) return Duration{static_cast<std::int64_t>(upper_end(bucket))};
    }
    return Duration{0};
  }

 private:
  static constexpr int kFirstBit = 10;  // about 1 us
  static constexpr int kLastBit = 36;   // about 69 s
  static constexpr int kStepBits = 5;   // 32 steps in each doubling
  static constexpr std::size_t kBuckets = (kLastBit - kFirstBit) << kStepBits;

  static std::size_t bucket_of(std::uint64_t nanoseconds) {
    if (nanoseconds < (1ULL << kFirstBit)) return 0;
    const int bit = static_cast<int>(std::bit_width(nanoseconds)) - 1;
    if (bit >= kLastBit) return kBuckets - 1;
    const std::uint64_t step = (nanoseconds >> (bit - kStepBits)) & ((1U << kStepBits) - 1);
    return (static_cast<std::size_t>(bit - kFirstBit) << kStepBits) + step;
  }
  static std::uint64_t upper_end(std::size_t bucket) {
    const auto bit = static_cast<int>(bucket >> kStepBits) + kFirstBit;
    const std::uint64_t step = bucket & ((1U << kStepBits) - 1);
    return (1ULL << bit) + ((step + 1) << (bit - kStepBits));
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
};

}  // namespace penstock
