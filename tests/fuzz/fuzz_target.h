// FuzzTarget: something that reads bytes which anybody may have written, and what must hold of it.
//
// A target's source defines the two functions below. Two programs are made of it:
//
//   with clang (preset fuzz)   libFuzzer searches for inputs that take a path not seen before. It begins
//                              with the seeds, keeps what it finds in its corpus directory, and goes on
//                              for FUZZ_SECONDS (20).
//   with any compiler          the seeds, and what is near to them: cut off, changed at every byte, spliced.
//
// `examine` ends the process by require() when something does not hold; the sanitizers see the rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock {

void examine(std::string_view input);

// Inputs that are well-formed, or nearly so, and that reach every branch that matters.
std::vector<std::string> seeds();

}  // namespace penstock
