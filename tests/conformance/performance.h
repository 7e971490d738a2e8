// Performance: one case performed in one protocol or by one SDK, on a stack of its own, and what was seen
// meanwhile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/case.h"

namespace penstock::conformance {

// One request and how it was answered.
struct SeenAnswer {
  Protocol protocol{};
  std::string action;  // empty: bytes that were sent as they are; of SNS: "sns:Publish"
  std::string code;    // of a refusal; empty: a success
  // That the request had, with those inside of them: "Entries.Id", "MessageAttributes.DataType" (whatever the
  // attribute's name), "Attributes.DelaySeconds".
  std::vector<std::string> members;
  std::vector<std::string> entry_codes;  // of a batch's failed entries
  std::vector<std::string> attributes;   // queue attributes that the answer has
};

class Speaker;

struct Performance {
  std::string otherwise;  // what did not go as the case says, and where; empty: nothing
  // What was to be refused the client itself refused: the rest could not be asked.
  bool client_refused = false;
  std::vector<SeenAnswer> seen;
};

Performance perform(const Case& one, Protocol protocol);
Performance perform(const Case& one, Speaker& speaker);

}  // namespace penstock::conformance
