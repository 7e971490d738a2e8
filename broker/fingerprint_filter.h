// FingerprintFilter: a set of fingerprints that may only be asked what it surely does not hold.
//
// Two bytes a fingerprint: a Bloom filter in blocks of a cache line, of which one holds all the bits of a
// fingerprint. With as many as it is meant for, about one in a thousand of those that it does not hold may
// be in it as far as it knows; with more, more. What was added is held for ever.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "broker/record.h"

namespace penstock {

class FingerprintFilter {
 public:
  explicit FingerprintFilter(std::size_t meant_for) : blocks_(blocks_for(meant_for)) {}

  static std::size_t bytes_for(std::size_t fingerprints) { return blocks_for(fingerprints) * sizeof(Block); }
  std::size_t bytes() const { return blocks_.size() * sizeof(Block); }
  std::size_t meant_for() const { return blocks_.size() * kFingerprintsPerBlock; }
  std::size_t size() const { return size_; }

  void add(const Fingerprint& fingerprint) {
    ++size_;
    Block& block = blocks_[place_of(fingerprint)];
    each_bit(fingerprint, [&block](std::size_t word, std::uint64_t bit) {
      block[word] |= bit;
      return true;
    });
  }
  bool may_hold(const Fingerprint& fingerprint) const {
    const Block& block = blocks_[place_of(fingerprint)];
    return each_bit(fingerprint,
                    [&block](std::size_t word, std::uint64_t bit) { return (block[word] & bit) != 0; });
  }

 private:
  using Block = std::array<std::uint64_t, 8>;
  static constexpr std::size_t kFingerprintsPerBlock = 32;
  static constexpr int kBits = 7;  // that a fingerprint sets: nine bits of it each

  static std::size_t blocks_for(std::size_t fingerprints) { return fingerprints / kFingerprintsPerBlock + 1; }
  // Fingerprints are digests: their bytes are as good as hashes.
  std::size_t place_of(const Fingerprint& fingerprint) const {
    std::uint64_t bits = 0;
    std::memcpy(&bits, fingerprint.data(), sizeof bits);
    return static_cast<std::size_t>(bits % blocks_.size());
  }
  template <class Visit>
  static bool each_bit(const Fingerprint& fingerprint, const Visit& visit) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, fingerprint.data() + sizeof bits, sizeof bits);
    for (int at = 0; at < kBits; ++at, bits >>= 9) {
      if (!visit((bits >> 6) & 7, std::uint64_t{1} << (bits & 63))) return false;
    }
    return true;
  }

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace penstock
