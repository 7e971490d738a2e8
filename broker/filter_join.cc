#include "broker/filter_join.h"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/require.h"

namespace penstock {
namespace {

// Bit S is set if the keys of set S (a number of five bits) can be satisfied together.
using Sets = std::uint32_t;
constexpr Sets kNothing = 1;  // the empty set alone

constexpr std::size_t kKeysMax = 5;

// A node of which something is known: the sets of what was taken together below it.
struct Known {
  std::uint32_t node = 0;
  Sets sets = kNothing;
};

Sets with_both(Sets one, Sets other) {
  if (one == kNothing) return other;
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
  require(leaves_of_keys.size() <= kKeysMax, "there is a bit for each key");
  const Sets all = Sets{1} << ((1u << leaves_of_keys.size()) - 1);
  std::array<std::size_t, kKeysMax> left{};
  for (std::size_t key = 0; key < leaves_of_keys.size(); ++key) left[key] = leaves_of_keys[key].size();

  // Nodes are taken in descending order, so each after all that lies below it. What is known and not taken
  // yet are parents of what was taken: ancestors of the node at hand, the nearest one last.
  std::vector<Known> known;
  while (true) {
    std::optional<std::size_t> last;  // the key whose next leaf comes last
    for (std::size_t key = 0; key < leaves_of_keys.size(); ++key) {
      if (left[key] == 0) continue;
      if (!last || leaves_of_keys[key][left[key] - 1] > leaves_of_keys[*last][left[*last] - 1]) last = key;
    }
    Known taken;
    if (last && (known.empty() || leaves_of_keys[*last][left[*last] - 1] > known.back().node)) {
      taken = {leaves_of_keys[*last][--left[*last]], kNothing | Sets{1} << (1u << *last)};
    } else if (!known.empty()) {
      taken = known.back();
      known.pop_back();
    } else {
      return leaves_of_keys.empty();
    }
    if ((taken.sets & all) != 0) return true;
    if (taken.node == FilterFields::kRoot) return false;
    const FilterFields::Node& place = fields.node(taken.node);
    if (known.empty() || known.back().node != place.parent) known.push_back({place.parent, kNothing});
    Sets& sets = known.back().sets;
    sets = place.is_element ? sets | taken.sets : with_both(sets, taken.sets);
  }
}

}  // namespace penstock
