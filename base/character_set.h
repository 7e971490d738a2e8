// CharacterSet: of which bytes a text may be made, each looked up in a table.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock {

class CharacterSet {
 public:
  // Exactly these.
  static constexpr CharacterSet of(std::string_view these) {
    CharacterSet set;
    for (const char c : these) set.has_[index(c)] = true;
    return set;
  }
  // The letters and digits of ASCII, and these.
  static constexpr CharacterSet alphanumeric(std::string_view and_these = {}) {
    CharacterSet set = of(and_these);
    for (char c = 'a'; c <= 'z'; ++c) set.has_[index(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) set.has_[index(c)] = true;
    for (char c = '0'; c <= '9'; ++c) set.has_[index(c)] = true;
    return set;
  }

  constexpr bool has(char c) const { return has_[index(c)]; }
  // The length of the longest head of the text that is made of these.
  constexpr std::size_t prefix(std::string_view text) const {
    std::size_t at = 0;
    while (at < text.size() && has(text[at])) ++at;
    return at;
  }
  constexpr bool makes(std::string_view text) const { return prefix(text) == text.size(); }

 private:
  static constexpr std::size_t index(char c) { return static_cast<unsigned char>(c); }

  std::array<bool, 256> has_{};
};

inline constexpr CharacterSet kDecimalDigits = CharacterSet::of("0123456789");

}  // namespace penstock
