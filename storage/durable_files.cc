#include "storage/durable_files.h"

#include <rocksdb/file_system.h>

#include <memory>

namespace penstock {
namespace {

const rocksdb::IOOptions kOptions;

std::string directory_above(const std::string& path) {
  const std::size_t slash = path.find_last_of('/', path.find_last_not_of('/'));
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

}  // namespace

Result<void> checked(const rocksdb::IOStatus& status, const std::string& doing) {
  if (status.ok()) return {};
  return refuse(ErrorCode::kInternalFailure, doing + ": " + status.ToString());
}

Result<void> sync_file(rocksdb::FileSystem& files, const std::string& path) {
  rocksdb::FileOptions options;
  options.use_mmap_writes = false;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status = files.ReopenWritableFile(path, options, &file, nullptr);
  if (status.ok()) status = file->Fsync(kOptions, nullptr);
  if (status.ok()) status = file->Close(kOptions, nullptr);
  return checked(status, "syncing " + path);
}

Result<void> sync_directory(rocksdb::FileSystem& files, const std::string& path) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  rocksdb::IOStatus status = files.NewDirectory(path, kOptions, &directory, nullptr);
  if (status.ok()) status = directory->Fsync(kOptions, nullptr);
  return checked(status, "syncing " + path);
}

void sync_directory_above(rocksdb::FileSystem& files, const std::string& path) {
  static_cast<void>(sync_directory(files, directory_above(path)));
}

Result<void> write_durably(rocksdb::FileSystem& files, const std::string& path, std::string_view text) {
  rocksdb::IOStatus status =
      rocksdb::WriteStringToFile(&files, {text.data(), text.size()}, path + ".new", true);
  if (status.ok()) status = files.RenameFile(path + ".new", path, kOptions, nullptr);
  if (!status.ok()) return checked(status, "writing " + path);
  return sync_directory(files, directory_above(path));
}

}  // namespace penstock
