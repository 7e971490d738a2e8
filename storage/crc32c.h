// CRC-32C (Castagnoli), as the log files of RocksDB use it: masked, because a checksum over bytes that
// hold checksums themselves would be weak.
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string_view>

namespace penstock {

inline std::uint32_t crc32c(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

constexpr std::uint32_t mask_crc32c(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8U; }

}  // namespace penstock
