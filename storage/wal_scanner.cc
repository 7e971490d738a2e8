#include "storage/wal_scanner.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <charconv>

#include "storage/position_mark.h"

namespace penstock {
namespace {

// A write batch begins with its sequence number (8 bytes) and count (4); the mark is written first, as a
// record of this type with a length in one byte.
constexpr std::size_t kBatchHeaderBytes = 12;
constexpr char kLogDataType = 0x3;

std::optional<PositionMark> mark_of(std::string_view lead, std::uint64_t identity) {
  constexpr std::size_t kMarkAt = kBatchHeaderBytes + 2;
  if (lead.size() < kMarkAt + PositionMark::kBytes) return std::nullopt;
  if (lead[kBatchHeaderBytes] != kLogDataType) return std::nullopt;
  if (static_cast<std::uint8_t>(lead[kBatchHeaderBytes + 1]) != PositionMark::kBytes) return std::nullopt;
  return decode_mark(lead.substr(kMarkAt, PositionMark::kBytes), identity);
}

class WalScan {
 public:
  WalScan(std::uint64_t identity, LogDepth depth) : identity_(identity), depth_(depth) {}

  Result<bool> file(rocksdb::FileSystem& files, const WalFile& wal_file) {
    const bool behind = !finding_.cuts.empty();
    first_of_file_ = true;

    const Result<LogFinding> log =
        read_log(files, wal_file.path, depth_, [&](std::string_view lead, bool behind_damage) {
          if (behind || behind_damage) {
            testify(lead);
          } else {
            follow(lead, wal_file.path);
          }
        });
    if (!log) return tl::unexpected<Error>(log.error());
    if (behind) {
      if (log->bytes > 0) finding_.cuts.push_back({wal_file.path, 0, log->bytes});
    } else if (log->damaged_at) {
      finding_.cuts.push_back({wal_file.path, *log->damaged_at, log->bytes - *log->damaged_at});
    }
    if (log->length_flipped) {
      complain("a record in " + wal_file.path + " is damaged, and not by a write that was cut short");
    }
    return depth_ == LogDepth::kFull || finding_.undamaged();
  }

  WalFinding finish() { return std::move(finding_); }

 private:
  void complain(std::string&& complaint) {
    if (finding_.complaint.empty()) finding_.complaint = std::move(complaint);
  }

  void follow(std::string_view lead, const std::string& path) {
    const std::optional<PositionMark> mark = mark_of(lead, identity_);
    if (!mark) {
      complain(path + " holds a batch that this store did not write");
    } else if (first_of_file_ ? mark->position <= finding_.last : mark->position != finding_.last.next()) {
      complain(path + " goes on with commit " + std::to_string(mark->position.value) + " after commit " +
               std::to_string(finding_.last.value));
    } else {
      finding_.last = mark->position;
      first_of_file_ = false;
    }
  }

  void testify(std::string_view lead) {
    const std::optional<PositionMark> mark = mark_of(lead, identity_);
    if (!mark || mark->synced <= finding_.last) return;
    complain("acknowledged commits after " + std::to_string(finding_.last.value) +
             " are damaged: a later one names " + std::to_string(mark->synced.value) + " as synced");
  }

  const std::uint64_t identity_;
  const LogDepth depth_;
  bool first_of_file_ = true;
  WalFinding finding_;
};

}  // namespace

std::uint64_t WalFinding::cut_bytes() const {
  std::uint64_t bytes = 0;
  for (const WalCut& cut : cuts) bytes += cut.bytes;
  return bytes;
}

Result<std::vector<WalFile>> list_wal_files(rocksdb::FileSystem& files, const std::string& directory) {
  std::vector<std::string> names;
  rocksdb::IOStatus status = files.GetChildren(directory, rocksdb::IOOptions(), &names, nullptr);
  if (!status.ok()) return refuse(ErrorCode::kInternalFailure, status.ToString());
  constexpr std::string_view kSuffix = ".log";
  std::vector<WalFile> found;
  for (const std::string& name : names) {
    if (!name.ends_with(kSuffix)) continue;
    WalFile file;
    const char* digits_end = name.data() + name.size() - kSuffix.size();
    const auto [end, error] = std::from_chars(name.data(), digits_end, file.number);
    if (error != std::errc{} || end != digits_end) continue;
    file.path = directory + "/" + name;
    status = files.GetFileSize(file.path, rocksdb::IOOptions(), &file.bytes, nullptr);
    if (!status.ok()) return refuse(ErrorCode::kInternalFailure, status.ToString());
    found.push_back(std::move(file));
  }
  std::sort(found.begin(), found.end(),
            [](const WalFile& a, const WalFile& b) { return a.number < b.number; });
  return found;
}

Result<WalFinding> scan_wal(rocksdb::FileSystem& files, const std::vector<WalFile>& wal_files,
                            std::uint64_t identity, LogDepth depth) {
  WalScan scan(identity, depth);
  for (const WalFile& wal_file : wal_files) {
    const Result<bool> go_on = scan.file(files, wal_file);
    if (!go_on) return tl::unexpected<Error>(go_on.error());
    if (!*go_on) break;
  }
  return scan.finish();
}

}  // namespace penstock
