// Glob: a pattern of literal text, `*` (any run of characters, none included) and `?` (exactly one).
//
// Compiled once; matching needs no memory and at most length of pattern x length of text steps: of several
// stars only the last one met is ever tried again. A character is one of UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace penstock {

class Glob {
 public:
  // A pattern in which every `*` and `?` is a wildcard.
  static Glob of(std::string_view pattern);

  void add_text(std::string_view text);
  void add_any_run();
  void add_any_one();

  bool matches(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { kByte, kAnyRun, kAnyOne };
  struct Step {
    Kind kind;
    char byte;
  };

  std::vector<Step> steps_;
};

}  // namespace penstock
