// ProgressLine: one line on a terminal that says how far long work has come, written over and over; nothing
// where standard error is no terminal. It is gone when the work is done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "storage/work_progress.h"

namespace penstock {

// "12.3 MiB"
std::string bytes_text(std::uint64_t bytes);

class ProgressLine {
 public:
  // `doing`: what stands before the numbers.
  explicit ProgressLine(std::string doing);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `expected` 0: that is not known.
  void show(std::uint64_t done, std::uint64_t expected);

 private:
  const std::string doing_;
  const bool terminal_;
  bool shown_ = false;
};

// Shows work that this process does, from a thread of its own, five times a second.
class ProgressWatch {
 public:
  ProgressWatch(std::string doing, const WorkProgress& progress);
  ~ProgressWatch();
  ProgressWatch(const ProgressWatch&) = delete;
  ProgressWatch& operator=(const ProgressWatch&) = delete;

 private:
  ProgressLine line_;
  std::mutex mutex_;
  std::condition_variable over_said_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace penstock
