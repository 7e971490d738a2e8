// printf into a string.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace penstock {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  const int size = std::snprintf(nullptr, 0, format, values...);
  std::string text(static_cast<std::size_t>(size), '\0');
  std::snprintf(text.data(), text.size() + 1, format, values...);
  return text;
}

// 12,345.6: digits in groups, and no more of them than mean something.
std::string readable(double value);

}  // namespace penstock
