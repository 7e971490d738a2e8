// require: an assertion that stays on in release. It guards our own mistakes, never a client's input:
// when an invariant is broken nothing may go on, because the next commit could make the damage durable.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace penstock {

inline void require(bool holds, const char* invariant,
                    const std::source_location where = std::source_location::current()) {
  if (holds) [[likely]] {
    return;
  }
  std::fprintf(stderr, "penstock: broken invariant at %s:%u: %s\n", where.file_name(), where.line(),
               invariant);
  std::abort();
}

}  // namespace penstock
