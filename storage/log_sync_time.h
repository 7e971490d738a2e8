// LogSyncTime: for how long all syncs of the write-ahead log took together, as the library tells it.
//
// Its own counters of that would have every comparison of keys counted too, on the thread that all commits
// wait for.
//
// Any thread of the library calls; any thread reads.
#pragma once

#include <rocksdb/listener.h>

#include <atomic>
#include <chrono>

namespace penstock {

class LogSyncTime : public rocksdb::EventListener {
 public:
  bool ShouldBeNotifiedOnFileIO() override { return true; }
  void OnFileSyncFinish(const rocksdb::FileOperationInfo& info) override {
    if (info.path.ends_with(".log")) all_.fetch_add(info.duration.count(), std::memory_order_relaxed);
  }

  std::chrono::nanoseconds all() const {
    return std::chrono::nanoseconds(all_.load(std::memory_order_relaxed));
  }

 private:
  std::atomic<std::chrono::nanoseconds::rep> all_{0};
};

}  // namespace penstock
