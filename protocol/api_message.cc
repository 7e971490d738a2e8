#include "protocol/api_message.h"

#include "protocol/text.h"

namespace penstock {

std::optional<std::string_view> ApiRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (equals_without_case(name, lower_case_name)) return value;
  }
  return std::nullopt;
}

}  // namespace penstock
