#include "storage/disk_reserve.h"

#include <rocksdb/file_system.h>

#include <utility>

namespace penstock {

DiskReserve::DiskReserve(std::shared_ptr<rocksdb::FileSystem> files, std::string directory,
                         std::uint64_t reserve_bytes)
    : files_(std::move(files)), directory_(std::move(directory)), reserve_bytes_(reserve_bytes) {
  refresh(Clock::now());
}

void DiskReserve::note_written(std::uint64_t bytes, Clock::time_point now) {
  written_ += bytes;
  if (written_ >= kWrittenBytes || now - asked_ >= kAge) refresh(now);
}

void DiskReserve::refresh(Clock::time_point now) {
  std::uint64_t free = 0;
  // A disk that cannot say how much is free counts as full: nothing grows on a guess.
  if (!files_->GetFreeSpace(directory_, rocksdb::IOOptions(), &free, nullptr).ok()) free = 0;
  written_ = 0;
  asked_ = now;
  free_bytes_.store(free, std::memory_order_relaxed);
  admits_.store(free >= reserve_bytes_, std::memory_order_relaxed);
}

DiskReserve::Clock::time_point DiskReserve::next_refresh() const {
  return asked_ + (admits_growth() ? kIdleAge : kAge);
}

}  // namespace penstock
