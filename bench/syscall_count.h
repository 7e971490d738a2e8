// SyscallCount: how many calls a process makes to the system while something is done, by ptrace: on each of
// its threads, those that it starts meanwhile included. The process must be a child of this one, and runs
// slower; how many calls it makes depends on that only where threads wait for one another.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace penstock {

class SyscallCounts {
 public:
  void add(std::uint64_t number) { ++counts_[number]; }
  std::uint64_t all() const;
  // The most frequent ones, for each of `times`: "recvfrom 1.0, sendto 1.0".
  std::string text(std::size_t times) const;

 private:
  std::map<std::uint64_t, std::uint64_t> counts_;  // by the kernel's number
};

// Does the work on a thread of its own, and lets the process go on afterwards as if nothing had been. Throws
// what the work throws, and if the process cannot be watched.
SyscallCounts count_syscalls(pid_t process, const std::function<void()>& work);

}  // namespace penstock
