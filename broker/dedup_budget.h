// DedupBudget: the memory that deduplication ids of all queues and topics take together.
//
// Half of it is for ids that are in memory with what they stand for. When these are too many, the window
// with the most gives up the older half of its own: they are on disk in any case, and a filter of two
// bytes an id keeps telling which ids are surely not among them. The filters have the other half; when that
// is used up, they hold more than they were meant for, or are none at all, and more sends have to wait for
// a look at the disk. So memory is bounded whatever comes; only speed is not.
//
// Nothing is given up in the middle of a decision: whoever decides calls make_room() before. The epoch is
// another one after anything was given up or forgotten; what was looked up in an earlier one is worth
// nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock {

class DedupBudget {
 public:
  class Window {
   public:
    virtual std::size_t in_memory() const = 0;
    // The oldest so many are from now on known by filters only.
    virtual void give_up(std::size_t count) = 0;

   protected:
    ~Window() = default;
  };

  explicit DedupBudget(std::size_t bytes_max)
      : in_memory_max_(std::max<std::size_t>(2, bytes_max / 2 / kBytesInMemory)),
        filter_bytes_max_(bytes_max / 2) {}
  DedupBudget(const DedupBudget&) = delete;
  DedupBudget& operator=(const DedupBudget&) = delete;

  void join(Window& window) { windows_.push_back(&window); }
  void leave(Window& window) { std::erase(windows_, &window); }

  void add(std::size_t count) { in_memory_ += count; }
  void subtract(std::size_t count) { in_memory_ -= count; }
  bool admits_filter(std::size_t bytes) const { return filter_bytes_ + bytes <= filter_bytes_max_; }
  // A minute of a window is, or is no more, in part on disk only.
  void begin_disk() { ++on_disk_; }
  void end_disk() { --on_disk_; }
  bool any_on_disk() const { return on_disk_ != 0; }
  void add_filter(std::size_t bytes) { filter_bytes_ += bytes; }
  void subtract_filter(std::size_t bytes) { filter_bytes_ -= bytes; }

  void make_room() {
    while (in_memory_ > in_memory_max_) {
      Window& largest = **std::max_element(windows_.begin(), windows_.end(), [](Window* a, Window* b) {
        return a->in_memory() < b->in_memory();
      });
      largest.give_up((largest.in_memory() + 1) / 2);
    }
  }
  void begin_epoch() { ++epoch_; }
  std::uint64_t epoch() const { return epoch_; }

  std::size_t bytes() const { return in_memory_ * kBytesInMemory + filter_bytes_; }
  std::size_t in_memory() const { return in_memory_; }

 private:
  // An id with its place in the hash table, as full as that may be, and in the order of ids.
  static constexpr std::size_t kBytesInMemory = 144;

  const std::size_t in_memory_max_;
  const std::size_t filter_bytes_max_;
  std::size_t in_memory_ = 0;
  std::size_t filter_bytes_ = 0;
  std::size_t on_disk_ = 0;
  std::uint64_t epoch_ = 0;
  std::vector<Window*> windows_;
};

}  // namespace penstock
