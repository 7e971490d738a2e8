// WindowBudget: the bytes of content that all windows of a broker hold together, and the rule by which a
// window may grow. One owner, the Broker; lanes keep a pointer to it.
#pragma once

#include <cstddef>

#include "broker/broker_limits.h"

namespace penstock {

class WindowBudget {
 public:
  explicit WindowBudget(const BrokerLimits& limits)
      : bytes_max_(limits.window_bytes_max), lane_bytes_max_(limits.window_queue_bytes_max) {}

  // An empty window may always take one message: a lane must be able to go on whatever others hold.
  bool admits(std::size_t lane_bytes, std::size_t bytes) const {
    return lane_bytes == 0 || (lane_bytes + bytes <= lane_bytes_max_ && bytes_ + bytes <= bytes_max_);
  }
  // Whether a refill of a window that is not empty is worth a page: at least half of the lane's share is
  // free, so that most of the page would be admitted.
  bool worth_refilling(std::size_t lane_bytes) const { return 2 * lane_bytes <= lane_bytes_max_; }
  bool over(std::size_t coming) const { return bytes_ + coming > bytes_max_; }

  void add(std::size_t bytes) { bytes_ += bytes; }
  void subtract(std::size_t bytes) { bytes_ -= bytes; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_max_;
  std::size_t lane_bytes_max_;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
