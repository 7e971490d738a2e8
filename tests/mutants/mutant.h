// Mutant: one planted mistake, read from a text file, and the promise that it breaks.
//
//     A receive does not move the cursor
//     breaks: a message that was received is hidden
//     caught by: simulator
//     by the test: Suite.Test            (may be left out; spares the trial the rest of a ring that takes long)
//     file: broker/standard_queue.cc
//     within: bool StandardQueue::take_untouched(
//     kind: statement
//     old:
//     | tally.cursor = tally.cursor.next();
//     new:
//     |
//
// The file is no header. `old` is text that stands exactly once in the file, or, if `within` is given, exactly once between that
// text and the end of the function that it begins (the next line that is "}" alone). The lines of `old` and
// `new` follow one another behind "| ". An expression becomes (mutant_active(N) ? (new) : (old)), statements
// become if (mutant_active(N)) { new } else { old }. Of one old text there may be several mutants.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

struct Mutant {
  std::string name;  // of its file, without the extension
  std::string title;
  std::string breaks;
  std::string caught_by;  // a ring
  std::string file;       // from the root of the repository; ends in .cc
  std::string within;     // may be empty
  bool is_statement = false;
  std::string old_text;
  std::string new_text;
};

Result<Mutant> parse_mutant(const std::string& name, std::string_view text);

// Where the old text stands in the source.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// An Error says why the mutant cannot be planted in this source.
Result<Place> place_of(const Mutant& mutant, std::string_view source);

}  // namespace penstock
