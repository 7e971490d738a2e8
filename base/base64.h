// Base64 (RFC 4648, section 4, with padding), through OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

std::string base64_encode(std::string_view bytes);

// Nothing unless the text is exactly what base64_encode gives for some bytes: no white space, no missing
// padding, no stray bits in the last character.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace penstock
