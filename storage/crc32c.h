// CRC-32C (Castagnoli), as the log files of RocksDB use it: masked, because a checksum over bytes that
// hold checksums themselves would be weak.
//
// By the processor's own instruction where it has one. Debian's RocksDB is compiled for processors that need
// not have it and computes each log record's checksum from tables, a nanosecond a byte: a third of all that the
// log costs. So this one takes the place of the library's, by its name (docs/decisions/0037).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rocksdb::crc32c {

// The checksum of what `crc` is the checksum of, followed by these bytes. Its name and signature are the library's.
[[gnu::visibility("default")]] std::uint32_t Extend(std::uint32_t crc, const char* bytes, std::size_t size);

}  // namespace rocksdb::crc32c

namespace penstock {

inline std::uint32_t crc32c(std::string_view bytes) {
  return rocksdb::crc32c::Extend(0, bytes.data(), bytes.size());
}

// The same on any processor.
std::uint32_t crc32c_by_table(std::string_view bytes);

constexpr std::uint32_t mask_crc32c(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }

}  // namespace penstock
