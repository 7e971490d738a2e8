#include "base/md5_lanes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace penstock {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kBlockWords = 16;
// A block that holds the end of a text holds the mark behind it and the length, too; both may need one more.
constexpr std::size_t kLengthBytes = 8;
// Fewer texts are through sooner one after the other, and so is a long one, beside which other lanes would idle.
constexpr std::size_t kTextsMin = 4;
constexpr std::size_t kLaneBytesMax = 16 << 10;
// Words are read as they lie in memory.
constexpr bool kMayUseLanes = std::endian::native == std::endian::little;

template <std::size_t kLanes>
struct Vector;
template <>
struct Vector<8> {
  using Type = std::uint32_t __attribute__((vector_size(8 * sizeof(std::uint32_t))));
};
template <>
struct Vector<16> {
  using Type = std::uint32_t __attribute__((vector_size(16 * sizeof(std::uint32_t))));
};
template <std::size_t kLanes>
using Words = typename Vector<kLanes>::Type;

// floor(2^32 * |sin(i + 1)|)
constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

constexpr std::array<std::array<int, 4>, 4> kShifts = {{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

template <std::size_t kLanes>
struct State {
  Words<kLanes> a, b, c, d;
};

template <std::size_t kLanes>
using Blocks = std::array<const char*, kLanes>;

constexpr std::array<std::uint32_t, 4> kBegin = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

// The step's part of the chain that mixes three of the four words.
template <int Round, class Lanes>
[[gnu::always_inline]] inline void mix(const Lanes& b, const Lanes& c, const Lanes& d, Lanes& mixed) {
  if constexpr (Round == 0) mixed = d ^ (b & (c ^ d));
  if constexpr (Round == 1) mixed = c ^ (d & (b ^ c));
  if constexpr (Round == 2) mixed = b ^ c ^ d;
  if constexpr (Round == 3) mixed = c ^ (b | ~d);
}

template <int Round, std::size_t kLanes>
[[gnu::always_inline]] inline void round_of(State<kLanes>& s, const std::array<Words<kLanes>, kBlockWords>& words) {
  constexpr std::array<int, 4> kFactor = {1, 5, 3, 7};
  constexpr std::array<int, 4> kFirst = {0, 1, 5, 0};
#pragma GCC unroll 16
  for (int step = 0; step < 16; ++step) {
    const auto word = static_cast<std::size_t>((kFirst[Round] + kFactor[Round] * step) % 16);
    const int shift = kShifts[Round][static_cast<std::size_t>(step % 4)];
    Words<kLanes> sum;
    mix<Round>(s.b, s.c, s.d, sum);
    sum += s.a + (words[word] + kSines[static_cast<std::size_t>(Round * 16 + step)]);
    const Words<kLanes> turned = (sum << shift) | (sum >> (32 - shift));
    s.a = s.d;
    s.d = s.c;
    s.c = s.b;
    s.b += turned;
  }
}

// One block of each lane.
template <std::size_t kLanes>
[[gnu::always_inline]] inline void advance(State<kLanes>& state, const Blocks<kLanes>& blocks) {
  std::array<Words<kLanes>, kBlockWords> words;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    std::array<std::uint32_t, kBlockWords> block;
    std::memcpy(block.data(), blocks[lane], sizeof block);
    for (std::size_t word = 0; word < kBlockWords; ++word) words[word][lane] = block[word];
  }
  State<kLanes> next = state;
  round_of<0>(next, words);
  round_of<1>(next, words);
  round_of<2>(next, words);
  round_of<3>(next, words);
  state.a += next.a;
  state.b += next.b;
  state.c += next.c;
  state.d += next.d;
}

constexpr std::size_t kFewLanes = 8;
void advance_few(State<kFewLanes>& state, const Blocks<kFewLanes>& blocks) { advance(state, blocks); }

#if defined(__x86_64__)

// Twice as many, where a vector has twice the width; two vectors' steps take turns in either case.
constexpr std::size_t kManyLanes = 16;
[[gnu::target("avx2")]] void advance_many(State<kManyLanes>& state, const Blocks<kManyLanes>& blocks) {
  advance(state, blocks);
}

const bool kHasWideVectors = __builtin_cpu_supports("avx2") != 0;

#endif

// One text on its way through a lane: its whole blocks as they lie, then its end with what MD5 puts behind it.
class Passage {
 public:
  Passage() = default;
  Passage(std::string_view text, Md5* digest) : text_(text), digest_(digest) {
    const std::size_t rest = text.size() % kBlockBytes;
    const std::size_t end_bytes = rest + 1 + kLengthBytes <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes;
    if (rest > 0) std::memcpy(end_.data(), text.data() + (text.size() - rest), rest);
    end_[rest] = static_cast<char>(0x80);
    std::memset(end_.data() + rest + 1, 0, end_bytes - rest - 1);
    const std::uint64_t bits = std::uint64_t{text.size()} * 8;
    std::memcpy(end_.data() + end_bytes - kLengthBytes, &bits, sizeof bits);
    whole_ = text.size() / kBlockBytes;
    blocks_ = whole_ + end_bytes / kBlockBytes;
  }

  bool under_way() const { return at_ < blocks_; }
  const char* next() {
    const std::size_t block = at_++;
    return block < whole_ ? text_.data() + block * kBlockBytes : end_.data() + (block - whole_) * kBlockBytes;
  }
  Md5* digest() const { return digest_; }

 private:
  std::string_view text_;
  Md5* digest_ = nullptr;
  std::size_t whole_ = 0;
  std::size_t blocks_ = 0;
  std::size_t at_ = 0;
  std::array<char, 2 * kBlockBytes> end_;
};

template <std::size_t kLanes>
void begin(State<kLanes>& state, std::size_t lane) {
  state.a[lane] = kBegin[0];
  state.b[lane] = kBegin[1];
  state.c[lane] = kBegin[2];
  state.d[lane] = kBegin[3];
}

template <std::size_t kLanes>
void end(const State<kLanes>& state, std::size_t lane, Md5& digest) {
  const std::array<std::uint32_t, 4> words = {state.a[lane], state.b[lane], state.c[lane], state.d[lane]};
  std::memcpy(digest.data(), words.data(), digest.size());
}

template <std::size_t kLanes>
void digest_each(std::span<const std::string_view> texts, std::span<Md5> digests,
                 void (*advance_all)(State<kLanes>&, const Blocks<kLanes>&)) {
  constexpr std::array<char, kBlockBytes> kIdle{};
  std::array<Passage, kLanes> passages;
  State<kLanes> state{};
  std::size_t taken = 0;
  std::size_t under_way = 0;
  const auto alone = [&] {
    const bool worthwhile = kMayUseLanes && (under_way > 0 || texts.size() - taken >= kTextsMin);
    return !worthwhile || texts[taken].size() > kLaneBytesMax;
  };
  while (taken < texts.size() || under_way > 0) {
    Blocks<kLanes> blocks;
    blocks.fill(kIdle.data());
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      Passage& passage = passages[lane];
      while (taken < texts.size() && !passage.under_way()) {
        if (alone()) {
          digests[taken] = md5(texts[taken]);
        } else {
          passage = Passage(texts[taken], &digests[taken]);
          begin(state, lane);
          ++under_way;
        }
        ++taken;
      }
      if (passage.under_way()) blocks[lane] = passage.next();
    }
    if (under_way == 0) return;  // all that was left went alone
    advance_all(state, blocks);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      Passage& passage = passages[lane];
      if (passage.digest() == nullptr || passage.under_way()) continue;
      end(state, lane, *passage.digest());
      passage = Passage();
      --under_way;
    }
  }
}

}  // namespace

void md5_each(std::span<const std::string_view> texts, std::span<Md5> digests) {
#if defined(__x86_64__)
  if (kHasWideVectors && texts.size() > kFewLanes) return digest_each(texts, digests, advance_many);
#endif
  digest_each(texts, digests, advance_few);
}

}  // namespace penstock
