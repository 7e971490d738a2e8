// Mailbox: how work reaches the one thread that owns something.
//
// Many threads post, one thread drains. It is bounded: `post` refuses when full, and the poster answers
// its client accordingly; `insist` is for words that must never be lost and whose number is bounded
// elsewhere (what the store reports of handed-over commits). The drainer sleeps until something is there
// or its deadline has come. Beside the commit that fills (server/broker_thread.h) this is the only place in
// the daemon's request path that locks, and it holds the lock only to move a vector.
//
// A drainer that sleeps elsewhere, in a poll of sockets for instance, says so by `rest`, and whoever leaves
// the first letter after that is told to wake it: `leave` and `fetch` are for such a one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace penstock {

template <class Letter>
class Mailbox {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  explicit Mailbox(std::size_t letters_max) : letters_max_(letters_max) {}

  // False when the mailbox is full; the letter is then untouched.
  [[nodiscard]] bool post(Letter&& letter) {
    {
      const std::lock_guard lock(mutex_);
      if (letters_.size() >= letters_max_) return false;
      letters_.push_back(std::move(letter));
      if (!sleeping_) return true;
      sleeping_ = false;
    }
    arrived_.notify_one();
    return true;
  }

  void insist(Letter&& letter) {
    {
      const std::lock_guard lock(mutex_);
      letters_.push_back(std::move(letter));
      if (!sleeping_) return;
      sleeping_ = false;
    }
    arrived_.notify_one();
  }

  // True: the drainer rests, and the caller must wake it.
  [[nodiscard]] bool leave(Letter&& letter) {
    const std::lock_guard lock(mutex_);
    letters_.push_back(std::move(letter));
    return std::exchange(sleeping_, false);
  }

  // Moves everything that is there into `fetched` (which must be empty). Only the owner calls it.
  void fetch(std::vector<Letter>& fetched) {
    const std::lock_guard lock(mutex_);
    sleeping_ = false;
    fetched.swap(letters_);
  }

  // False: something is there already. True: from now on until the next `rouse` or `fetch` somebody must
  // be woken. Only the owner calls them.
  [[nodiscard]] bool rest() {
    const std::lock_guard lock(mutex_);
    sleeping_ = letters_.empty();
    return sleeping_;
  }
  void rouse() {
    const std::lock_guard lock(mutex_);
    sleeping_ = false;
  }

  // Moves everything that is there into `drained` (which must be empty), waiting until the deadline if
  // there is nothing. Only the owner calls it.
  void drain(std::vector<Letter>& drained, Deadline deadline) {
    std::unique_lock lock(mutex_);
    while (letters_.empty()) {
      sleeping_ = true;
      if (arrived_.wait_until(lock, deadline) == std::cv_status::timeout) break;
    }
    sleeping_ = false;
    drained.swap(letters_);
  }

 private:
  const std::size_t letters_max_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Letter> letters_;
  bool sleeping_ = false;
};

}  // namespace penstock
