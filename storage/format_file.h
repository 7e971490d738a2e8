// FormatFile: three lines of text at the door of a directory, which say what lies in it and whose it is.
//
//     penstock storage format 1
//     identity 0123456789abcdef
//     checksum 00000000xxxxxxxx        as of records, over the two lines before it
//
// A data directory has one (FORMAT), and so has a directory of backups (PENSTOCK-BACKUPS). Of a file with a
// larger number in its first line nothing else is read: a newer version wrote it. Pure, but for reading the
// file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
}

namespace penstock {

// What stands at the door of which directory. Written out: they are on disk.
inline constexpr std::string_view kDataTitle = "penstock storage format ";
inline constexpr std::uint32_t kDataFormat = 1;
inline constexpr std::string_view kBackupTitle = "penstock backup format ";
inline constexpr std::uint32_t kBackupFormat = 1;

enum class FormatState {
  kAbsent,
  kKnown,
  kNewer,    // `number` says which
  kDamaged,  // no such text, or one that does not carry its checksum
};

struct FormatFound {
  FormatState state = FormatState::kAbsent;
  std::uint32_t number = 0;
  std::uint64_t identity = 0;  // of the store; only if known
};

std::string format_text(std::string_view title, std::uint32_t number, std::uint64_t identity);
FormatFound parse_format(std::string_view title, std::uint32_t number_max, std::string_view text);
// A refusal: the file is there and cannot be read.
Result<FormatFound> read_format(rocksdb::FileSystem& files, const std::string& path, std::string_view title,
                                std::uint32_t number_max);

// Takes the prefix and a number in the base from the front of the text; false, and less text perhaps, if they
// do not stand there.
bool take_number(std::string_view& text, std::string_view prefix, int base, std::uint64_t& number);

}  // namespace penstock
