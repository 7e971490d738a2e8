// Random: chance, always handed in.
//
// The daemon hands out SystemRandom (the kernel's randomness through OpenSSL, pooled); tests and the
// simulator hand out SeededRandom, so that one seed replays one history. Neither is thread-safe: each
// thread owns its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

namespace penstock {

class Random {
 public:
  virtual ~Random() = default;

  // 64 uniformly distributed bits.
  virtual std::uint64_t next() = 0;

  // Uniform in [0, bound); bound must not be 0. The bias of the plain remainder is below 2^-40 for
  // every bound used here.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;

 private:
  static constexpr std::size_t kPooled = 512;
  std::array<std::uint64_t, kPooled> pool_{};
  std::size_t left_ = 0;
};

}  // namespace penstock
