// CRC-32C (Castagnoli), as the log files of RocksDB use it: masked, because a checksum over bytes that
// hold checksums themselves would be weak.
//
// By the processor's own instruction on x86-64, where it has one. Debian's RocksDB is compiled for processors
// that need not have it and computes each log record's checksum from tables, a nanosecond a byte: a third of
// all that the log costs. So there this one takes the place of the library's, by its name
// (docs/decisions/0037).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock {

// The checksum of what `crc` is the checksum of, followed by these bytes; `crc` of no bytes is 0.
std::uint32_t extend_crc32c(std::uint32_t crc, const char* bytes, std::size_t size);

inline std::uint32_t crc32c(std::string_view bytes) { return extend_crc32c(0, bytes.data(), bytes.size()); }

// The same on any processor.
std::uint32_t crc32c_by_table(std::string_view bytes);

constexpr std::uint32_t mask_crc32c(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }

}  // namespace penstock
