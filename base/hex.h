// Hexadecimal, written where there is room already. As a text of its own: hex() in base/digest.h.
#pragma once

#include <string_view>

namespace penstock {

// Lower case, two characters a byte; `text` has room for them.
void write_hex(std::string_view bytes, char* text);

}  // namespace penstock
