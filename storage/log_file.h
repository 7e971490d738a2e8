// LogFile: one file in RocksDB's log format, as a write-ahead log or a MANIFEST is, read with our own eyes.
//
// The library reads such a file up to the first thing that it cannot understand and may take that for the
// end. This reader goes on: behind damage it tries every byte until a record with a right checksum
// begins again, so that what lies behind can testify.
//
//     file    32 KiB blocks; a block's last bytes, too few for a header, are zero
//     record  u32 masked CRC-32C over type (log number) payload | u16 length | u8 type | (u32 log number)
//             numbers little-endian; types 1 to 4: whole, first, middle, last; 5 to 8: the same in a
//             recycled file, with the log number
//
// Bytes may be anything; memory is one block. Pure but for reading the file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

enum class LogDepth {
  kHeaders,  // trusts payloads; stops at the first damage
  kFull,     // checks every checksum; goes on behind damage
};

struct LogFinding {
  std::uint64_t bytes = 0;  // of the file
  // Where the last undamaged record ends, if that is not the end of the file.
  std::optional<std::uint64_t> damaged_at;
  // The record at the damage is all there under its checksum, and only its length is wrong: a bit was
  // flipped, for a write that was cut short looks different. Known at kFull only.
  bool length_flipped = false;
};

// Of a record spread over fragments this much of the beginning is shown, or all if it is shorter.
inline constexpr std::size_t kLogLeadBytes = 64;

// `visit` is called for each record that is whole: with its first bytes, and whether damage came before.
Result<LogFinding> read_log(rocksdb::FileSystem& files, const std::string& path, LogDepth depth,
                            const std::function<void(std::string_view lead, bool behind_damage)>& visit);

}  // namespace penstock
