// SharedSlot: a pointer to something that threads share, read and replaced whole by any of them.
//
// It is what std::atomic<std::shared_ptr<T>> is meant to be. That of GCC 12's library lets go of its lock without
// release order after a load, so that the next store races with it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace penstock {

template <class T>
class SharedSlot {
 public:
  explicit SharedSlot(std::shared_ptr<T> held = {}) : held_(std::move(held)) {}

  std::shared_ptr<T> load() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  // Returns what was held.
  std::shared_ptr<T> exchange(std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    held_.swap(next);
    return next;
  }
  // If `expected` is held, `next` is from now on; if not, `expected` is then what is held.
  bool compare_exchange(std::shared_ptr<T>& expected, std::shared_ptr<T> next) {
    const std::lock_guard lock(mutex_);
    if (held_ == expected) {
      held_.swap(next);
      return true;
    }
    expected = held_;
    return false;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> held_;
};

}  // namespace penstock
