#include "storage/format_file.h"

#include <rocksdb/file_system.h>

#include <charconv>
#include <limits>

#include "base/bytes.h"
#include "base/digest.h"
#include "storage/durable_files.h"

namespace penstock {
namespace {

constexpr std::size_t kFormatBytesMax = 4096;

std::string hex_of(std::uint64_t number) {
  std::string bytes;
  ByteWriter(bytes).number(number);
  return hex(bytes);
}

}  // namespace

bool take_number(std::string_view& text, std::string_view prefix, int base, std::uint64_t& number) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

std::string format_text(std::string_view title, std::uint32_t number, std::uint64_t identity) {
  const std::string text =
      std::string(title) + std::to_string(number) + "\nidentity " + hex_of(identity) + "\n";
  return text + "checksum " + hex_of(checksum32(text)) + "\n";
}

FormatFound parse_format(std::string_view title, std::uint32_t number_max, std::string_view text) {
  FormatFound found{FormatState::kDamaged, 0, 0};
  std::string_view rest = text;
  std::uint64_t number = 0;
  if (!take_number(rest, title, 10, number) || number > std::numeric_limits<std::uint32_t>::max())
    return found;
  found.number = static_cast<std::uint32_t>(number);
  if (found.number > number_max) {
    found.state = FormatState::kNewer;
    return found;
  }
  if (!take_number(rest, "\nidentity ", 16, found.identity)) return found;
  if (text == format_text(title, found.number, found.identity)) found.state = FormatState::kKnown;
  return found;
}

Result<FormatFound> read_format(rocksdb::FileSystem& files, const std::string& path, std::string_view title,
                                std::uint32_t number_max) {
  const rocksdb::IOOptions options;
  const rocksdb::IOStatus exists = files.FileExists(path, options, nullptr);
  if (exists.IsNotFound()) return FormatFound{};
  std::uint64_t bytes = 0;
  std::string text;
  rocksdb::IOStatus status = exists;
  if (status.ok()) status = files.GetFileSize(path, options, &bytes, nullptr);
  if (status.ok() && bytes > kFormatBytesMax) return FormatFound{FormatState::kDamaged, 0, 0};
  if (status.ok()) status = rocksdb::ReadFileToString(&files, path, &text);
  if (Result<void> read = checked(status, "reading " + path); !read)
    return tl::unexpected<Error>(read.error());
  return parse_format(title, number_max, text);
}

}  // namespace penstock
