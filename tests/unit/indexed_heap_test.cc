#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/random.h"
#include "broker/indexed_heap.h"

namespace penstock {
namespace {

TEST(IndexedHeap, AgreesWithASortedSetUnderRandomPlacingMovingAndRemoving) {
  SeededRandom random(3);
  std::vector<std::uint64_t> deadline(64);
  const auto before = [&deadline](IndexedHeap::Slot a, IndexedHeap::Slot b) {
    return deadline[a] < deadline[b];
  };
  IndexedHeap heap;
  std::set<std::pair<std::uint64_t, IndexedHeap::Slot>> model;
  for (int step = 0; step < 50'000; ++step) {
    const auto slot = static_cast<IndexedHeap::Slot>(random.below(deadline.size()));
    model.erase({deadline[slot], slot});
    if (random.below(3) == 0) {
      heap.remove(slot, before);
      EXPECT_FALSE(heap.contains(slot));
    } else {
      deadline[slot] = random.below(1'000);
      heap.place(slot, before);
      model.insert({deadline[slot], slot});
    }
    ASSERT_EQ(heap.size(), model.size());
    if (!model.empty()) {
      ASSERT_EQ(deadline[heap.top()], model.begin()->first);
    }
  }
}

}  // namespace
}  // namespace penstock
