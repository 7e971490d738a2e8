// The errors as AWS has them on the wire, by the code that AWS Query gives them. Written by hand from the
// API's reference and from recordings, independent of what the product's own table says.
#pragma once

#include <string_view>

namespace penstock::conformance {

struct WireErrorForm {
  std::string_view code;
  int status = 400;
  std::string_view json_type;
  // What is said when the error has nothing of its own to say; empty: every such error has.
  std::string_view json_text = {};
  std::string_view query_text = {};  // empty: the same
};

// Null: AWS has no such error.
const WireErrorForm* find_wire_error(std::string_view code);

// Of SNS.
const WireErrorForm* find_sns_error(std::string_view code);

}  // namespace penstock::conformance
