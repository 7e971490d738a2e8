// Digests: MD5 and SHA-256 by OpenSSL, with the algorithm fetched once and a context kept for each
// thread (the one-shot calls look the algorithm up again every time), and the checksum of records.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

using Md5 = std::array<std::uint8_t, 16>;
using Sha256 = std::array<std::uint8_t, 32>;

Md5 md5(std::string_view bytes);
Sha256 sha256(std::string_view bytes);

// The low 32 bits of XXH3 over the bytes; guards stored records, protects from nobody.
std::uint32_t checksum32(std::string_view bytes);

// Lower-case hexadecimal, two characters a byte.
std::string hex(std::string_view bytes);
template <std::size_t Size>
std::string hex(const std::array<std::uint8_t, Size>& bytes) {
  return hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), Size));
}

}  // namespace penstock
