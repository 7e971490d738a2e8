// DiskReserve: whether enough of the disk is free for commands that grow the store.
//
// A really full disk is met too late: the library aborts the process when its log cannot be appended, and
// even reopening needs room. So growth is refused while less than the reserve is free; deletes, receives
// and visibility changes go on inside the reserve, and it heals by itself when space returns.
//
// The committer asks the file system, at most every 100 ms or every 8 MiB written; any thread may read
// the answer.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace penstock {

class DiskReserve {
 public:
  using Clock = std::chrono::steady_clock;

  DiskReserve(std::shared_ptr<rocksdb::FileSystem> files, std::string directory, std::uint64_t reserve_bytes);

  // Any thread.
  bool admits_growth() const { return admits_.load(std::memory_order_relaxed); }
  std::uint64_t free_bytes() const { return free_bytes_.load(std::memory_order_relaxed); }

  // The committer. Asks the file system if the last answer is too old, or too much was written since.
  void note_written(std::uint64_t bytes, Clock::time_point now);
  void refresh(Clock::time_point now);
  // When to refresh although nothing is written: soon while growth is refused, so that it heals.
  Clock::time_point next_refresh() const;

 private:
  static constexpr std::chrono::milliseconds kAge{100};
  static constexpr std::chrono::milliseconds kIdleAge{1000};
  static constexpr std::uint64_t kWrittenBytes = 8 << 20;

  const std::shared_ptr<rocksdb::FileSystem> files_;
  const std::string directory_;
  const std::uint64_t reserve_bytes_;
  std::uint64_t written_ = 0;  // since the last answer
  Clock::time_point asked_{};
  std::atomic<bool> admits_{false};
  std::atomic<std::uint64_t> free_bytes_{0};
};

}  // namespace penstock
