// IndexedHeap: slots in the order of some deadline, each removable or movable at any time.
//
// A binary heap of slot numbers that remembers where each slot stands. The order is asked of the owner,
// who holds the deadlines; after changing one it calls `place`. Push, place and remove cost O(log n), top
// is free. Slots are small numbers that the owner hands out (indices into its slab).
//
// Where each slot stands is kept in a table, or by the owner, who may have room for it (`Positions`).
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace penstock {

// The table: as long as the highest slot.
class HeapPositions {
 public:
  std::uint32_t of(std::uint32_t slot) const { return slot < positions_.size() ? positions_[slot] : kAbsent; }
  void set(std::uint32_t slot, std::uint32_t position) {
    if (slot >= positions_.size()) positions_.resize(slot + std::size_t{1}, kAbsent);
    positions_[slot] = position;
  }

  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

 private:
  std::vector<std::uint32_t> positions_;
};

template <class Positions>
class BasicIndexedHeap {
 public:
  using Slot = std::uint32_t;

  explicit BasicIndexedHeap(Positions positions = Positions()) : positions_(std::move(positions)) {}

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  Slot top() const { return heap_.front(); }
  bool contains(Slot slot) const { return positions_.of(slot) != kAbsent; }

  // Puts the slot where it belongs by `before(a, b)`, whether or not it is in the heap already.
  template <class Before>
  void place(Slot slot, const Before& before) {
    std::uint32_t at = positions_.of(slot);
    if (at == kAbsent) {
      at = static_cast<std::uint32_t>(heap_.size());
      positions_.set(slot, at);
      heap_.push_back(slot);
    }
    if (!rise(at, before)) sink(at, before);
  }

  // Nothing happens if the slot is not in the heap.
  template <class Before>
  void remove(Slot slot, const Before& before) {
    const std::uint32_t hole = positions_.of(slot);
    if (hole == kAbsent) return;
    positions_.set(slot, kAbsent);
    const Slot last = heap_.back();
    heap_.pop_back();
    if (last == slot) return;
    heap_[hole] = last;
    positions_.set(last, hole);
    if (!rise(hole, before)) sink(hole, before);
  }

 private:
  static constexpr std::uint32_t kAbsent = HeapPositions::kAbsent;

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
    positions_.set(heap_[a], a);
    positions_.set(heap_[b], b);
  }

  std::vector<Slot> heap_;
  Positions positions_;
};

using IndexedHeap = BasicIndexedHeap<HeapPositions>;

}  // namespace penstock
