// IndexedHeap: slots in the order of some deadline, each removable or movable at any time.
//
// A binary heap of slot numbers that remembers where each slot stands. The order is asked of the owner,
// who holds the deadlines; after changing one it calls `place`. Push, place and remove cost O(log n), top
// is free. Slots are small numbers that the owner hands out (indices into its slab).
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace penstock {

class IndexedHeap {
 public:
  using Slot = std::uint32_t;

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  Slot top() const { return heap_.front(); }
  bool contains(Slot slot) const { return slot < position_.size() && position_[slot] != kAbsent; }

  // Puts the slot where it belongs by `before(a, b)`, whether or not it is in the heap already.
  template <class Before>
  void place(Slot slot, const Before& before) {
    if (slot >= position_.size()) position_.resize(slot + std::size_t{1}, kAbsent);
    if (position_[slot] == kAbsent) {
      position_[slot] = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back(slot);
    }
    if (!rise(position_[slot], before)) sink(position_[slot], before);
  }

  // Nothing happens if the slot is not in the heap.
  template <class Before>
  void remove(Slot slot, const Before& before) {
    if (!contains(slot)) return;
    const std::uint32_t hole = position_[slot];
    position_[slot] = kAbsent;
    const Slot last = heap_.back();
    heap_.pop_back();
    if (last == slot) return;
    heap_[hole] = last;
    position_[last] = hole;
    if (!rise(hole, before)) sink(position_[last], before);
  }

 private:
  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

  template <class Before>
  bool rise(std::uint32_t at, const Before& before) {
    bool moved = false;
    while (at > 0) {
      const std::uint32_t parent = (at - 1) / 2;
      if (!before(heap_[at], heap_[parent])) break;
      exchange(at, parent);
      at = parent;
      moved = true;
    }
    return moved;
  }

  template <class Before>
  void sink(std::uint32_t at, const Before& before) {
    const auto size = static_cast<std::uint32_t>(heap_.size());
    for (;;) {
      std::uint32_t first = at;
      for (std::uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < size; ++child) {
        if (before(heap_[child], heap_[first])) first = child;
      }
      if (first == at) return;
      exchange(at, first);
      at = first;
    }
  }

  void exchange(std::uint32_t a, std::uint32_t b) {
    std::swap(heap_[a], heap_[b]);
    position_[heap_[a]] = a;
    position_[heap_[b]] = b;
  }

  std::vector<Slot> heap_;
  std::vector<std::uint32_t> position_;
};

}  // namespace penstock
