// BackgroundLoad: load on a thread of its own, until it is told to end. At the end connections are closed
// without waiting for their answers. The script belongs to that thread until end() has returned.
#pragma once

#include <atomic>
#include <exception>
#include <thread>

#include "bench/http_load.h"

namespace penstock {

class BackgroundLoad {
 public:
  BackgroundLoad(LoadPlan plan, HttpScript& script) : plan_(std::move(plan)) {
    plan_.time = std::chrono::hours(24);
    plan_.abandons = true;
    plan_.over = &over_;
    thread_ = std::thread([this, &script] {
      try {
        result_ = run_http_load(plan_, script);
      } catch (...) {
        failed_ = std::current_exception();
      }
    });
  }
  ~BackgroundLoad() { stop(); }
  BackgroundLoad(const BackgroundLoad&) = delete;
  BackgroundLoad& operator=(const BackgroundLoad&) = delete;

  // Throws what the load threw.
  const LoadResult& end() {
    stop();
    if (failed_) std::rethrow_exception(failed_);
    return result_;
  }

 private:
  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }

  LoadPlan plan_;
  std::atomic<bool> over_{false};
  LoadResult result_;
  std::exception_ptr failed_;
  std::thread thread_;
};

}  // namespace penstock
