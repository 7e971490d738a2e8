// Play: a short story about queues, read from a text file.
//
//     A message that was received is hidden until its visibility timeout ends
//       queue mail visibility 30
//       send mail hello
//       receive mail                      -> hello count 1
//       tick 30
//       receive mail                      -> hello count 2
//
// A line that begins in the first column is a title: a sentence of the specification. The indented lines
// below it are its steps; what follows "->" is what the step must lead to. Blank lines and lines beginning
// with '#' mean nothing. play_stage.h says which steps there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

struct Step {
  int line = 0;
  std::string text;                // as written
  std::vector<std::string> words;  // before the arrow
  std::string expected;            // behind it, single blanks; empty: nothing was said
};

struct Play {
  std::string title;
  int line = 0;
  std::vector<Step> steps;

  // The title in one CamelCase word, as test names are written.
  std::string name() const;
};

// An Error names the line that cannot be understood.
Result<std::vector<Play>> parse_plays(std::string_view text);

}  // namespace penstock
