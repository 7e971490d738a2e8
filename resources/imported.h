// Imported: another broker's configuration as a resources document, and what of it could not be carried over.
//
// Nothing is dropped silently: each thing that has no place in the document is a note with its line, which
// also stands in the document as a comment.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

// Said in the document of a broker that takes all regions for one, if its configuration names none.
inline constexpr std::string_view kRegionMatters =
    "No region is said, so these are of the daemon's own (--region): it has to be the one that clients sign "
    "for.";

// What answers here to a setting of the other broker's that is no resource.
struct Elsewhere {
  std::string_view key;
  std::string_view advice;
};

// The note on such a setting.
inline std::string no_resource(std::string_view key, std::span<const Elsewhere> known) {
  std::string note = std::string(key) + " is no resource: ";
  for (const Elsewhere& setting : known) {
    if (setting.key == key) return note.append(setting.advice);
  }
  return note + "it is unknown here";
}

struct Imported {
  std::string text;
  std::vector<std::string> notes;  // "elasticmq.conf:12: ..."
};

}  // namespace penstock
