#include "broker/case_folding.h"

#include <cstdint>

namespace penstock {
namespace {

// Of a character of two bytes, which is where all cased letters below lie.
std::uint32_t folded(std::uint32_t c) {
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 0x20;  // Latin-1
  if (c >= 0x100 && c <= 0x17f) {                            // Latin Extended-A: pairs
    if (c == 0x130 || c == 0x131 || c == 0x138 || c == 0x149) return c;
    if (c == 0x178) return 0xff;
    if (c == 0x17f) return c;
    const bool upper_is_odd = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    return ((c & 1) == 1) == upper_is_odd ? c + 1 : c;
  }
  if (c == 0x386) return 0x3ac;  // Greek with tonos
  if (c >= 0x388 && c <= 0x38a) return c + 37;
  if (c == 0x38c) return 0x3cc;
  if (c == 0x38e || c == 0x38f) return c + 63;
  if (c >= 0x391 && c <= 0x3ab && c != 0x3a2) return c + 0x20;  // Greek
  if (c >= 0x400 && c <= 0x40f) return c + 0x50;                // Cyrillic
  if (c >= 0x410 && c <= 0x42f) return c + 0x20;
  return c;
}

char folded_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string fold_ascii_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = folded_ascii(c);
  return out;
}

std::string fold_case(std::string_view text) {
  std::string out = fold_ascii_case(text);
  for (std::size_t at = 0; at + 1 < out.size(); ++at) {
    const auto lead = static_cast<unsigned char>(out[at]);
    const auto next = static_cast<unsigned char>(out[at + 1]);
    if (lead < 0xc2 || lead > 0xdf || (next & 0xc0) != 0x80) continue;
    const std::uint32_t c = folded((lead & 0x1fu) << 6 | (next & 0x3fu));
    out[at] = static_cast<char>(0xc0 | c >> 6);
    out[at + 1] = static_cast<char>(0x80 | (c & 0x3f));
    ++at;
  }
  return out;
}

}  // namespace penstock
