// DurableFiles: small things on disk that must survive the next power cut, or not be there at all.
//
// Everything goes through the file system that is handed in, so that tests can make it fail. A refusal names
// what was being done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
class IOStatus;
}  // namespace rocksdb

namespace penstock {

// The status as a result; `doing` is what its text begins with.
Result<void> checked(const rocksdb::IOStatus& status, const std::string& doing);

Result<void> sync_file(rocksdb::FileSystem& files, const std::string& path);
Result<void> sync_directory(rocksdb::FileSystem& files, const std::string& path);
// The directory above; where this user may not open it, somebody else made the one below, and all is well.
void sync_directory_above(rocksdb::FileSystem& files, const std::string& path);
// The file has this text, whole and synced, or what it had before.
Result<void> write_durably(rocksdb::FileSystem& files, const std::string& path, std::string_view text);

}  // namespace penstock
