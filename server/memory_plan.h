// MemoryPlan: how much of each thing the daemon may hold, when all of them together must fit into less than
// they add up to by default (2.1 GiB; a container often has less).
//
// The limit is the smallest memory.max of our cgroup (version 2) and those above it, or what `memory-max`
// says. Three quarters of it are shared out; the rest is for the program itself, for what the allocator
// leaves between the pieces, and for the kernel's pages of our files. What somebody has set keeps its value
// and is taken off first. The others shrink by one factor, none below its floor: a small daemon that works is
// better than one that is balanced. A plan only ever shrinks a bound.
//
// Pure but for memory_limit(), which reads files; asked once, before other threads exist.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/settings.h"

namespace penstock {

// In bytes; nothing: there is no limit, or it cannot be told. `self` is a process's list of cgroups,
// `hierarchy` where cgroups are mounted.
std::optional<std::uint64_t> memory_limit(const std::filesystem::path& self = "/proc/self/cgroup",
                                          const std::filesystem::path& hierarchy = "/sys/fs/cgroup");

struct MemoryPlan {
  std::uint64_t limit_bytes = 0;
  std::uint64_t planned_bytes = 0;  // what all bounds come to now, if each were reached
  std::vector<std::string> shrunk;  // the flags of the settings that were shrunk
  bool fits = true;                 // false: the floors and what was set come to more than is shared out
};

// Shrinks the bounds in `settings` that nobody has set, until they fit into the limit.
MemoryPlan fit_memory(Settings& settings, std::uint64_t limit_bytes);

}  // namespace penstock
