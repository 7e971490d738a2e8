// Finding: one thing that is not as it should be in a data directory, and what to do about it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace penstock {

// A finding names queues and files, never what a message says.
struct Finding {
  enum class Grade : std::uint8_t {
    kWarning,  // the daemon starts, or would once this is done
    kDamage,   // something is lost, or would be
  };
  Grade grade = Grade::kDamage;
  std::string place;   // a file, or whose records
  std::string what;    // one line
  std::string advice;  // one line: what to do

  bool operator==(const Finding&) const = default;
};

using SayFinding = std::function<void(Finding&&)>;

}  // namespace penstock
