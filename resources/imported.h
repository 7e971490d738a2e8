// Imported: another broker's configuration as a resources document, and what of it could not be carried over.
//
// Nothing is dropped silently: each thing that has no place in the document is a note with its line, which
// also stands in the document as a comment.
#pragma once

#include <string>
#include <vector>

namespace penstock {

struct Imported {
  std::string text;
  std::vector<std::string> notes;  // "elasticmq.conf:12: ..."
};

}  // namespace penstock
