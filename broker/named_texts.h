// What is known under names (NamedTexts, broker/topic.h): ascending by name, no name twice, no text empty.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "broker/topic.h"

namespace penstock {

// Null: nothing is known under that name.
inline const std::string* find_text(const NamedTexts& texts, std::string_view name) {
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const auto& t) { return t.first == name; });
  return found == texts.end() ? nullptr : &found->second;
}

// An empty text takes away what it names.
inline void put_text(NamedTexts& texts, std::string_view name, const std::string& text) {
  const auto place =
      std::lower_bound(texts.begin(), texts.end(), name,
                       [](const auto& present, std::string_view key) { return present.first < key; });
  const bool there = place != texts.end() && place->first == name;
  if (text.empty()) {
    if (there) texts.erase(place);
  } else if (there) {
    place->second = text;
  } else {
    texts.insert(place, {std::string(name), text});
  }
}

}  // namespace penstock
