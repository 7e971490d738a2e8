#include "storage/copying_files.h"

#include <utility>

namespace penstock {
namespace {

class CopiedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CopiedFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, CopyingFiles& files)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = files_.admit(data.size());
    if (status.ok()) status = target()->Append(data, options, debug);
    return status.ok() ? written(data.size(), options, debug) : status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = files_.admit(data.size());
    if (status.ok()) status = target()->Append(data, options, verification, debug);
    return status.ok() ? written(data.size(), options, debug) : status;
  }

 private:
  static constexpr std::uint64_t kWrittenBack = 1 << 20;

  rocksdb::IOStatus written(std::uint64_t bytes, const rocksdb::IOOptions& options,
                            rocksdb::IODebugContext* debug) {
    bytes_ += bytes;
    if (bytes_ - written_back_ < kWrittenBack) return rocksdb::IOStatus::OK();
    const std::uint64_t from = std::exchange(written_back_, bytes_);
    return target()->RangeSync(from, bytes_ - from, options, debug);
  }

  CopyingFiles& files_;
  std::uint64_t bytes_ = 0;
  std::uint64_t written_back_ = 0;
};

}  // namespace

CopyingFiles::CopyingFiles(const std::shared_ptr<rocksdb::FileSystem>& below, WorkProgress& progress,
                           KeptFree kept_free)
    : FileSystemWrapper(below), progress_(progress), kept_free_(std::move(kept_free)) {}

rocksdb::IOStatus CopyingFiles::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                rocksdb::IODebugContext* debug) {
  const rocksdb::IOStatus status = target()->NewWritableFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<CopiedFile>(std::move(*file), *this);
  return status;
}

rocksdb::IOStatus CopyingFiles::admit(std::uint64_t bytes) {
  if (progress_.stopped()) return rocksdb::IOStatus::Aborted("it was stopped");
  if (!kept_free_.directory.empty() && unasked_.fetch_add(bytes) + bytes > kAskedEvery) {
    unasked_.store(0);
    std::uint64_t free = 0;
    const rocksdb::IOStatus asked =
        target()->GetFreeSpace(kept_free_.directory, rocksdb::IOOptions(), &free, nullptr);
    if (!asked.ok()) return asked;
    if (free < kept_free_.bytes + bytes) {
      unasked_.store(kAskedEvery);  // the next one is told so too
      return rocksdb::IOStatus::NoSpace("the disk under " + kept_free_.directory + " has " +
                                        std::to_string(free) + " bytes free and keeps " +
                                        std::to_string(kept_free_.bytes) + " in reserve");
    }
  }
  progress_.add(bytes);
  return rocksdb::IOStatus::OK();
}

}  // namespace penstock
