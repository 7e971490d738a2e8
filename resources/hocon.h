// HOCON, as far as configuration files of queues use it: objects, `key = value`, `key: value`, `key { }`,
// keys with dots, lists, words with and without quotes, comments. What an `include` or a substitution
// `${...}` would bring is not looked up; both are kept, with their lines, for whoever reads the values. An
// optional substitution `${?...}` behind a value leaves that value, as it does where its name means nothing.
// An object or a list that is joined with something else is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace penstock {

struct HoconFault {
  std::size_t line = 0;  // from 1
  std::string what;
};

struct HoconValue {
  enum class Kind { kText, kObject, kList };

  std::size_t line = 0;
  Kind kind = Kind::kText;
  std::string text;                                         // of kText
  std::vector<std::pair<std::string, HoconValue>> members;  // of kObject, in order, no key twice
  std::vector<HoconValue> elements;                         // of kList

  // Null: there is none.
  const HoconValue* find(std::string_view key) const;
};

struct HoconDocument {
  HoconValue root;
  std::vector<std::size_t> includes;  // their lines
  std::vector<std::size_t> optional;  // the lines of optional substitutions that left the value before them
};

tl::expected<HoconDocument, HoconFault> parse_hocon(std::string_view text);

}  // namespace penstock
