// RingSize: how far the rings that search go. A run of every test is short; STORAGE_RINGS=long asks for the
// long run, in which every file-system call goes wrong in every way, in both modes of syncing the log.
#pragma once

#include <cstdlib>
#include <string_view>

namespace penstock {

inline bool long_run() {
  const char* const size = std::getenv("STORAGE_RINGS");
  return size != nullptr && std::string_view(size) == "long";
}

}  // namespace penstock
