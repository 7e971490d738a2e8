// House: the table of rooms from docs/design.md, in a form that a test can hold the sources against.
//
// Each room has a row: the rooms it may include, what of other libraries, what of the standard library it
// must not, and the words that would let time, chance or threads in by another door. A source is judged
// by its own text alone. Whatever a row does not allow is a violation, so a new room, library or
// neighbour is a deliberate change of the table and of the page that explains it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock {

struct Violation {
  std::string where;  // "broker/broker.cc:12"
  std::string what;

  bool operator==(const Violation&) const = default;
};

// The rooms, from the ground up.
std::vector<std::string_view> rooms();

// Judges one C++ source of a room. `path` is relative to the repository: "broker/broker.cc".
std::vector<Violation> judge_source(std::string_view path, std::string_view text);

// Judges a room's CMakeLists.txt: its library links other rooms no further than it may include them.
std::vector<Violation> judge_links(std::string_view path, std::string_view text);

}  // namespace penstock
