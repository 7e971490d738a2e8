// How far a text needs no second look: eight bytes at a time, since most of a message is plain ASCII.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace penstock {

namespace plain_bytes {

inline constexpr std::uint64_t kOnes = 0x0101010101010101;
inline constexpr std::uint64_t kHighs = 0x8080808080808080;

// Of words whose bytes are all below 0x80: the high bit of each byte that is zero, or below `limit`. Of others, and
// behind such a byte, more may be marked, but the lowest mark is right: a borrow begins at a byte that is marked itself.
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighs; }
constexpr std::uint64_t bytes_below(std::uint64_t word, std::uint8_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}

}  // namespace plain_bytes

// The length of the longest head that is made of the characters U+0020 to U+007F, without those in
// `except` (at most a few).
template <char... Except>
std::size_t plain_prefix(std::string_view text) {
  using namespace plain_bytes;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  constexpr std::size_t kWordsAtOnce = 4;  // for which a compiler has registers
  // A borrow can make a byte behind a special one look special as well; never the other way round.
  const auto special = [&](std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, kWord);
    return (word & kHighs) | bytes_below(word, 0x20) |
           (std::uint64_t{0} | ... | zero_bytes(word ^ (kOnes * static_cast<std::uint8_t>(Except))));
  };
  std::size_t at = 0;
  for (; at + kWordsAtOnce * kWord <= text.size(); at += kWordsAtOnce * kWord) {
    std::uint64_t any = 0;
    for (std::size_t word = 0; word < kWordsAtOnce; ++word) any |= special(at + word * kWord);
    if (any != 0) break;
  }
  for (; at + kWord <= text.size(); at += kWord) {
    const std::uint64_t found = special(at);
    if (found == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
    break;
  }
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80 ||
        ((c == Except) || ...))
      break;
  }
  return at;
}

}  // namespace penstock
