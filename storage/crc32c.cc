#include "storage/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace penstock {
namespace {

// Each takes the register's state, which is the complement of a checksum, and returns the next one.
using Step = std::uint32_t (*)(std::uint32_t state, const char* bytes, std::size_t size);

constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

#if defined(__x86_64__)

[[gnu::target("sse4.2")]] std::uint32_t by_instruction(std::uint32_t state, const char* bytes,
                                                       std::size_t size) {
  std::uint64_t wide = state;
  for (; size >= kWord; size -= kWord, bytes += kWord) wide = _mm_crc32_u64(wide, word_at(bytes));
  state = static_cast<std::uint32_t>(wide);
  for (; size > 0; --size, ++bytes) state = _mm_crc32_u8(state, static_cast<std::uint8_t>(*bytes));
  return state;
}

bool has_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }

#elif defined(__aarch64__)

[[gnu::target("+crc")]] std::uint32_t by_instruction(std::uint32_t state, const char* bytes,
                                                     std::size_t size) {
  for (; size >= kWord; size -= kWord, bytes += kWord) state = __crc32cd(state, word_at(bytes));
  for (; size > 0; --size, ++bytes) state = __crc32cb(state, static_cast<std::uint8_t>(*bytes));
  return state;
}

bool has_instruction() { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#else

std::uint32_t by_instruction(std::uint32_t state, const char*, std::size_t) { return state; }
bool has_instruction() { return false; }

#endif

constexpr std::array<std::uint32_t, 256> kTable = [] {
  constexpr std::uint32_t kPolynomial = 0x82f63b78;  // its lowest power first
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t state = byte;
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1) != 0 ? kPolynomial : 0);
    table[byte] = state;
  }
  return table;
}();

std::uint32_t by_table(std::uint32_t state, const char* bytes, std::size_t size) {
  for (; size > 0; --size, ++bytes) {
    state = (state >> 8) ^ kTable[(state ^ static_cast<std::uint8_t>(*bytes)) & 0xff];
  }
  return state;
}

}  // namespace

std::uint32_t crc32c_by_table(std::string_view bytes) { return ~by_table(~0U, bytes.data(), bytes.size()); }

}  // namespace penstock

namespace rocksdb::crc32c {

std::uint32_t Extend(std::uint32_t crc, const char* bytes, std::size_t size) {
  static const penstock::Step step = penstock::has_instruction() ? penstock::by_instruction : penstock::by_table;
  return ~step(~crc, bytes, size);
}

}  // namespace rocksdb::crc32c
