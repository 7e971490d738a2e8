#include "storage/manifest_scanner.h"

#include <rocksdb/file_system.h>

#include "storage/log_file.h"

namespace penstock {

Result<ManifestFinding> scan_manifest(rocksdb::FileSystem& files, const std::string& database) {
  ManifestFinding finding;
  const rocksdb::IOStatus read = rocksdb::ReadFileToString(&files, database + "/CURRENT", &finding.name);
  if (!read.ok()) return refuse(ErrorCode::kInternalFailure, read.ToString());
  std::string& name = finding.name;
  if (name.empty() || name.back() != '\n' || name.find('/') != std::string::npos) {
    finding.damage = "its CURRENT file says nothing of use";
    return finding;
  }
  name.pop_back();
  bool lost = false;
  const Result<LogFinding> log =
      read_log(files, database + "/" + name, LogDepth::kFull,
               [&](std::string_view, bool behind_damage) { lost = lost || behind_damage; });
  if (!log) return tl::unexpected<Error>(log.error());
  if (lost || log->length_flipped) {
    finding.damage = name + " cannot be read as it was written";
  } else if (log->damaged_at) {
    finding.torn_bytes = log->bytes - *log->damaged_at;
  }
  return finding;
}

}  // namespace penstock
