#include "broker/filter_join.h"

#include <queue>

#include "base/require.h"

namespace penstock {
namespace {

// Bit S is set if the keys of set S (a number of five bits) can be satisfied together.
using Sets = std::uint32_t;
constexpr Sets kNothing = 1;  // the empty set alone

// What is known of a node: the sets of one leaf, of one member or of one element.
struct Known {
  std::uint32_t node = 0;
  bool of_element = false;
  Sets sets = kNothing;

  bool operator<(const Known& other) const { return node < other.node; }
};

Sets with_both(Sets one, Sets other) {
  Sets both = 0;
  for (std::uint32_t a = 0; a < 32; ++a) {
    if ((one >> a & 1) == 0) continue;
    for (std::uint32_t b = 0; b < 32; ++b) {
      if ((other >> b & 1) != 0) both |= Sets{1} << (a | b);
    }
  }
  return both;
}

}  // namespace

bool go_together(const FilterFields& fields, std::span<const std::span<const std::uint32_t>> leaves_of_keys) {
  require(leaves_of_keys.size() <= 5, "there is a bit for each key");
  const Sets all = Sets{1} << ((1u << leaves_of_keys.size()) - 1);
  // What is known of nodes, the last node first: children come after their parents, so when a node is at
  // the head, everything below it has been taken together.
  std::priority_queue<Known> known;
  for (std::size_t key = 0; key < leaves_of_keys.size(); ++key) {
    for (const std::uint32_t leaf : leaves_of_keys[key]) {
      known.push({.node = leaf, .of_element = false, .sets = kNothing | Sets{1} << (1u << key)});
    }
  }
  while (!known.empty()) {
    const std::uint32_t node = known.top().node;
    Sets sets = kNothing;
    for (; !known.empty() && known.top().node == node; known.pop()) {
      const Known& part = known.top();
      sets = part.of_element ? sets | part.sets : with_both(sets, part.sets);
    }
    if ((sets & all) != 0) return true;
    if (node == FilterFields::kRoot) return false;
    const FilterFields::Node& place = fields.node(node);
    known.push({.node = place.parent, .of_element = place.is_element, .sets = sets});
  }
  return leaves_of_keys.empty();
}

}  // namespace penstock
