// WorkProgress: how far long work has come, in bytes, and whether it is to end early.
//
// Whoever works adds, any thread looks or says stop. Each number alone is exact. Work that was stopped ends
// with a refusal and leaves behind what it would after any other failure.
#pragma once

#include <atomic>
#include <cstdint>

namespace penstock {

class WorkProgress {
 public:
  // At most so much there is to do; 0: that is not known yet.
  void expect(std::uint64_t bytes) { expected_.store(bytes, std::memory_order_relaxed); }
  void add(std::uint64_t bytes) { done_.fetch_add(bytes, std::memory_order_relaxed); }
  void stop() { stopped_.store(true, std::memory_order_relaxed); }

  std::uint64_t expected() const { return expected_.load(std::memory_order_relaxed); }
  std::uint64_t done() const { return done_.load(std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> expected_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace penstock
