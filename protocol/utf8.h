// One character of UTF-8, strictly (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/plain_bytes.h"

namespace penstock {

struct Utf8Character {
  static constexpr std::uint32_t kInvalid = 0xffffffff;

  std::uint32_t code_point = kInvalid;
  std::size_t size = 1;  // in bytes; of an invalid one: what to skip

  constexpr bool valid() const { return code_point != kInvalid; }
};

// The character at the head of the text, which must not be empty.
constexpr Utf8Character utf8_character(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  std::uint32_t code_point = lead & (0xffu >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return {};
    code_point = (code_point << 6) | (byte(at) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < kLeast[size] || surrogate || code_point > 0x10ffff) return {};
  return {code_point, size};
}

// Whether XML 1.0 can carry it, which is also what a message may hold.
constexpr bool is_xml_character(const Utf8Character& character) {
  const std::uint32_t code_point = character.code_point;
  if (code_point < 0x20) return code_point == 0x9 || code_point == 0xa || code_point == 0xd;
  return character.valid() && code_point != 0xfffe && code_point != 0xffff;
}

inline bool is_utf8(std::string_view text) {
  while (true) {
    text.remove_prefix(plain_prefix<>(text));
    if (text.empty()) return true;
    const Utf8Character character = utf8_character(text);
    if (!character.valid()) return false;
    text.remove_prefix(character.size);
  }
}

}  // namespace penstock
