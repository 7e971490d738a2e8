// CommandLine: what the words behind `penstock` ask for.
//
//   penstock serve [flags]     serve, with the settings that flags and environment give
//   penstock configuration     print the settings table as Markdown
//   penstock version           print the version
//
// Everything that is wrong with the words is a StartRefusal.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "server/settings.h"

namespace penstock {

struct Serve {
  Settings settings;
  std::vector<std::string> unknown_variables;  // to be warned about
};

// Nothing but a text for standard output.
struct Print {
  std::string text;
};

using Asked = std::variant<Serve, Print>;

// `words` are the arguments without the program's name.
tl::expected<Asked, StartRefusal> read_command_line(std::vector<std::string> words,
                                                    const Environment& environment);

// The environment of this process.
Environment process_environment();

}  // namespace penstock
