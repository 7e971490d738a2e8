// AttributeSelection: which message attributes a receiver asked for (MessageAttributeNames).
//
// A selector is a name, "All", ".*" or "*" for every name, or "{prefix}.*" for the names that begin with
// what stands before the ".*". One that matches nothing selects nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock {

class AttributeSelection {
 public:
  AttributeSelection() = default;
  explicit AttributeSelection(std::vector<std::string> selectors);

  bool selects(std::string_view name) const;

 private:
  bool all_ = false;
  std::vector<std::string> names_;     // ascending
  std::vector<std::string> prefixes_;  // none of them begins with another one
};

}  // namespace penstock
