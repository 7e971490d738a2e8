// FilterJoin: whether leaves of a message can speak for several keys at once.
//
// Several keys are given, each with the leaves that satisfy it. Wanted is one leaf for each key such that
// no two of them lie in different elements of one array. Choosing an element of every array cuts a message
// down to one without choices, so the question is whether some such choice leaves a leaf for every key. It
// is answered from the leaves upwards: each node tells which sets of keys can be satisfied below it. An
// array takes one of its elements, so its sets are those of any element; an object has all its members, so
// its sets are unions of theirs. There are at most five keys, hence 32 sets, and the sets of a node are a
// number of 32 bits. The cost is the number of nodes above the leaves, once each.
#pragma once

#include <cstdint>
#include <span>

#include "broker/filter_fields.h"

namespace penstock {

// Of each key the nodes of the leaves that satisfy it, ascending; at most five keys, and no leaf twice.
bool go_together(const FilterFields& fields, std::span<const std::span<const std::uint32_t>> leaves_of_keys);

}  // namespace penstock
