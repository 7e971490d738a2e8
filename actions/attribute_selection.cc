#include "actions/attribute_selection.h"

#include <algorithm>
#include <utility>

namespace penstock {

AttributeSelection::AttributeSelection(std::vector<std::string> selectors) {
  for (std::string& selector : selectors) {
    if (selector == "All" || selector == "*" || selector == ".*") {
      all_ = true;
    } else if (selector.ends_with(".*")) {
      selector.resize(selector.size() - 2);
      prefixes_.push_back(std::move(selector));
    } else {
      names_.push_back(std::move(selector));
    }
  }
  std::sort(names_.begin(), names_.end());
  // In ascending order what begins with a prefix follows it directly.
  std::sort(prefixes_.begin(), prefixes_.end());
  const auto covered = [](const std::string& prefix, const std::string& longer) {
    return longer.starts_with(prefix);
  };
  prefixes_.erase(std::unique(prefixes_.begin(), prefixes_.end(), covered), prefixes_.end());
}

bool AttributeSelection::selects(std::string_view name) const {
  if (all_ || std::binary_search(names_.begin(), names_.end(), name)) return true;
  // The only prefix that can fit is the last one not after the name.
  const auto after = std::upper_bound(prefixes_.begin(), prefixes_.end(), name);
  return after != prefixes_.begin() && name.starts_with(*std::prev(after));
}

}  // namespace penstock
