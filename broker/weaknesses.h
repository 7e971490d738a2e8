// Weaknesses: habits of the real SQS that this broker does not have, for people who test their consumers
// against them. All are off unless asked for, for some queues or for all; chance comes from a seed of their own.
//
//   duplicates   now and then a message that was delivered stays visible, and is delivered again
//   order        now and then a message that is next is put behind others
//   short polls  with fewer than 1,000 messages visible, a short poll finds few of them or, never twice in a
//                row, none; a long poll misses nothing
//
// Nothing is ever lost by them: what is put behind or stays visible is a touched message like any other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock {

struct Weaknesses {
  bool duplicates = false;
  bool order = false;
  bool short_polls = false;
  std::vector<std::string> queues;  // by name, in whatever account and region; empty: all
  std::uint64_t seed = 1;

  // Those of a queue of this name.
  Weaknesses of(const std::string& name) const {
    const bool has = queues.empty() || std::find(queues.begin(), queues.end(), name) != queues.end();
    return has ? *this : Weaknesses{};
  }
};

}  // namespace penstock
