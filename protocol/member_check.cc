#include "protocol/member_check.h"

#include <algorithm>

namespace penstock::member_check {

Error absent(const std::vector<std::string>& paths) {
  constexpr std::size_t kNamedMax = 10;
  std::string text = std::to_string(paths.size());
  text += paths.size() == 1 ? " validation error detected: " : " validation errors detected: ";
  for (std::size_t at = 0; at < std::min(paths.size(), kNamedMax); ++at) {
    if (at > 0) text += "; ";
    text += "Value null at '" + paths[at] + "' failed to satisfy constraint: Member must not be null";
  }
  return {ErrorCode::kValidationError, std::move(text)};
}

}  // namespace penstock::member_check
