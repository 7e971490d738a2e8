// Case folding: the lower-case form in which texts are compared when case does not count.
//
// One character becomes one character: ASCII, Latin (through U+017F), Greek and Cyrillic letters; every
// other character stays as it is, and so does a byte that is no part of a UTF-8 character. A folded text
// folded again is the same.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

std::string fold_case(std::string_view text);

// Of ASCII alone: for names that AWS chose (actions, keys).
std::string fold_ascii_case(std::string_view text);

}  // namespace penstock
