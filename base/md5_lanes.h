// MD5 of several texts at once, in the lanes of vectors.
//
// MD5 is one long chain: each step waits for the one before, and a processor that could do four things at a time does
// one. Texts that have nothing to do with each other fill the rest: eight of them, one in each lane of a vector, take
// about as long as one and a half alone. A lane that is through with its text takes the next one, so that texts of
// different lengths keep all lanes busy until the last ones.
//
// The vectors are the compiler's own; where there are none it makes do with what there is. The code names no processor's
// instructions: it is compiled once more for AVX2, and where that is found, many texts go sixteen at a time. RFC 1321
// gives the algorithm.
#pragma once

#include <span>
#include <string_view>

#include "base/digest.h"

namespace penstock {

// One digest for each text, in their order. `digests` is as long as `texts`; any number of texts, any length.
void md5_each(std::span<const std::string_view> texts, std::span<Md5> digests);

}  // namespace penstock
