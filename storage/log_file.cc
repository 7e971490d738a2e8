#include "storage/log_file.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <array>
#include <memory>

#include "storage/crc32c.h"

namespace penstock {
namespace {

constexpr std::size_t kBlockBytes = 32 << 10;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kRecyclableHeaderBytes = 11;

// RocksDB's numbers.
enum class Part { kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8) | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

struct Fragment {
  Part part;
  std::string_view payload;
  std::size_t bytes;  // header included
};

bool checksum_holds(std::string_view at, std::size_t fragment_bytes) {
  constexpr std::size_t kCoveredFrom = 6;  // the type's byte
  return mask_crc32c(crc32c(at.substr(kCoveredFrom, fragment_bytes - kCoveredFrom))) ==
         little_endian(at.substr(0, 4));
}

std::size_t header_bytes(std::uint8_t type) { return type > 4 ? kRecyclableHeaderBytes : kHeaderBytes; }

std::optional<Fragment> fragment_at(std::string_view at, LogDepth depth) {
  if (at.size() < kHeaderBytes) return std::nullopt;
  const auto type = static_cast<std::uint8_t>(at[6]);
  if (type < 1 || type > 8) return std::nullopt;
  const std::size_t header = header_bytes(type);
  const std::size_t length = little_endian(at.substr(4, 2));
  if (at.size() < header + length) return std::nullopt;
  if (depth == LogDepth::kFull && !checksum_holds(at, header + length)) return std::nullopt;
  return Fragment{static_cast<Part>((type - 1) % 4 + 1), at.substr(header, length), header + length};
}

// All of a fragment up to the end of its block or of the file, where every fragment ends behind which
// nothing comes that could testify; whatever its length field says.
bool is_all_but_length(std::string_view at) {
  if (at.size() < kHeaderBytes) return false;
  const auto type = static_cast<std::uint8_t>(at[6]);
  return type >= 1 && type <= 8 && at.size() >= header_bytes(type) && checksum_holds(at, at.size());
}

class LogWalk {
 public:
  LogWalk(LogDepth depth, const std::function<void(std::string_view, bool)>& visit)
      : depth_(depth), visit_(visit) {}

  // Returns false when there is no point in going on.
  bool block(std::string_view block) {
    std::size_t at = 0;
    while (at < block.size()) {
      const std::string_view rest = block.substr(at);
      if (is_trailer(block, rest)) break;
      if (const std::optional<Fragment> fragment = fragment_at(rest, depth_)) {
        take(*fragment, offset_ + at);
        at += fragment->bytes;
      } else {
        if (!damaged_ && depth_ == LogDepth::kFull) length_flipped_ = is_all_but_length(rest);
        damage();
        ++at;
      }
      if (damaged_ && depth_ == LogDepth::kHeaders) return false;
    }
    offset_ += block.size();
    return true;
  }

  LogFinding finish(std::uint64_t bytes) {
    if (open_) damage();
    LogFinding finding{bytes, std::nullopt, length_flipped_};
    if (damaged_) finding.damaged_at = intact_;
    return finding;
  }

 private:
  static bool is_trailer(std::string_view block, std::string_view rest) {
    return block.size() == kBlockBytes && rest.size() < kHeaderBytes &&
           std::all_of(rest.begin(), rest.end(), [](char byte) { return byte == '\0'; });
  }

  void damage() {
    damaged_ = true;
    open_ = false;
  }

  void take(const Fragment& fragment, std::uint64_t at) {
    const bool begins = fragment.part == Part::kWhole || fragment.part == Part::kFirst;
    const bool ends = fragment.part == Part::kWhole || fragment.part == Part::kLast;
    if (begins == open_) damage();  // a record begins inside another, or goes on without having begun
    if (begins) {
      open_ = true;
      lead_.clear();
    }
    if (!open_) return;
    lead_.append(fragment.payload.substr(0, kLogLeadBytes - std::min(lead_.size(), kLogLeadBytes)));
    if (!ends) return;
    open_ = false;
    visit_(lead_, damaged_);
    if (!damaged_) intact_ = at + fragment.bytes;
  }

  const LogDepth depth_;
  const std::function<void(std::string_view, bool)>& visit_;
  std::uint64_t offset_ = 0;  // of the block
  std::uint64_t intact_ = 0;  // where the last whole record before any damage ends
  std::string lead_;
  bool open_ = false;  // inside a record of several fragments
  bool damaged_ = false;
  bool length_flipped_ = false;
};

tl::unexpected<Error> unreadable(const rocksdb::IOStatus& status) {
  return refuse(ErrorCode::kInternalFailure, status.ToString());
}

}  // namespace

Result<LogFinding> read_log(rocksdb::FileSystem& files, const std::string& path, LogDepth depth,
                            const std::function<void(std::string_view lead, bool behind_damage)>& visit) {
  std::uint64_t bytes = 0;
  rocksdb::IOStatus status = files.GetFileSize(path, rocksdb::IOOptions(), &bytes, nullptr);
  if (!status.ok()) return unreadable(status);
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  status = files.NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (!status.ok()) return unreadable(status);

  LogWalk walk(depth, visit);
  const auto buffer = std::make_unique<std::array<char, kBlockBytes>>();
  std::uint64_t read_bytes = 0;
  while (read_bytes < bytes) {
    rocksdb::Slice read;
    status = file->Read(std::min<std::uint64_t>(kBlockBytes, bytes - read_bytes), rocksdb::IOOptions(), &read,
                        buffer->data(), nullptr);
    if (!status.ok()) return unreadable(status);
    if (read.empty()) break;
    read_bytes += read.size();
    if (!walk.block({read.data(), read.size()})) break;
  }
  return walk.finish(bytes);
}

}  // namespace penstock
