// Named: a number that knows what it counts.
//
// A QueueId is not a TopicId although both are 64 bits. A Named wraps one integer, compares and hashes
// like it, and converts to nothing. `value` is read where bytes are laid out and nowhere else.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace penstock {

template <class Integer, class Tag>
struct Named {
  Integer value{};

  constexpr auto operator<=>(const Named&) const = default;
  constexpr Named next() const { return Named{static_cast<Integer>(value + 1)}; }
};

}  // namespace penstock

template <class Integer, class Tag>
struct std::hash<penstock::Named<Integer, Tag>> {
  std::size_t operator()(const penstock::Named<Integer, Tag>& named) const noexcept {
    return std::hash<Integer>{}(named.value);
  }
};
