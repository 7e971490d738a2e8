#include "protocol/api_message.h"

#include <algorithm>

namespace penstock {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<std::string_view> ApiRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name.size() == lower_case_name.size() &&
        std::equal(name.begin(), name.end(), lower_case_name.begin(),
                   [](char sent, char wanted) { return lower(sent) == wanted; })) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace penstock
