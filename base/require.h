// require: an assertion that stays on in release. It guards our own mistakes, never a client's input:
// when an invariant is broken nothing may go on, because the next commit could make the damage durable.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace penstock {

// The place is the caller's. By built-ins, since clang 14 has no std::source_location.
inline void require(bool holds, const char* invariant, const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) {
  if (holds) [[likely]] {
    return;
  }
  std::fprintf(stderr, "penstock: broken invariant at %s:%d: %s\n", file, line, invariant);
  std::abort();
}

}  // namespace penstock
