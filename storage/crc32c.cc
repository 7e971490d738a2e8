#include "storage/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace rocksdb::crc32c {

// The library's name and signature. Weak, so that a program that has the library inside may have both.
#if defined(__x86_64__)
[[gnu::weak, gnu::visibility("default")]]
#endif
std::uint32_t
Extend(std::uint32_t crc, const char* bytes, std::size_t size);

}  // namespace rocksdb::crc32c

namespace penstock {
namespace {

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

// Takes the register's state, which is the complement of a checksum, and returns the next one.
std::uint32_t by_table(std::uint32_t state, const char* bytes, std::size_t size) {
  for (; size > 0; --size, ++bytes) {
    state = (state >> 8) ^ kTable[(state ^ static_cast<std::uint8_t>(*bytes)) & 0xff];
  }
  return state;
}

#if defined(__x86_64__)

[[gnu::target("sse4.2")]] std::uint32_t by_instruction(std::uint32_t state, const char* bytes,
                                                       std::size_t size) {
  std::uint64_t wide = state;
  for (; size >= sizeof wide; size -= sizeof wide, bytes += sizeof wide) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  state = static_cast<std::uint32_t>(wide);
  for (; size > 0; --size, ++bytes) state = _mm_crc32_u8(state, static_cast<std::uint8_t>(*bytes));
  return state;
}

bool has_instruction() {
  __builtin_cpu_init();  // or a call before main would decide by what is not known yet
  return __builtin_cpu_supports("sse4.2") != 0;
}

#endif

}  // namespace

std::uint32_t extend_crc32c(std::uint32_t crc, const char* bytes, std::size_t size) {
#if defined(__x86_64__)
  static const auto step = has_instruction() ? by_instruction : by_table;
  return ~step(~crc, bytes, size);
#else
  return rocksdb::crc32c::Extend(crc, bytes, size);
#endif
}

std::uint32_t crc32c_by_table(std::string_view bytes) { return ~by_table(~0U, bytes.data(), bytes.size()); }

}  // namespace penstock

#if defined(__x86_64__)

std::uint32_t rocksdb::crc32c::Extend(std::uint32_t crc, const char* bytes, std::size_t size) {
  return penstock::extend_crc32c(crc, bytes, size);
}

#endif
