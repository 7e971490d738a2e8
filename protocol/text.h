// Small words about text: ASCII compared without case, and pieces joined to a sentence.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace penstock {

constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool equals_without_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char c, char lower) { return ascii_lower(c) == lower; });
}

constexpr bool starts_with_without_case(std::string_view text, std::string_view lower_case) {
  return equals_without_case(text.substr(0, lower_case.size()), lower_case);
}

inline std::string lower_first(std::string_view text) {
  std::string lower(text);
  if (!lower.empty()) lower[0] = ascii_lower(lower[0]);
  return lower;
}

inline std::string joined(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace penstock
