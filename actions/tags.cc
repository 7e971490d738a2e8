#include "actions/tags.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kKeyMax = 128;
constexpr std::size_t kValueMax = 256;

tl::unexpected<Error> invalid(std::string_view text) {
  return refuse(ErrorCode::kInvalidParameterValue, std::string(text));
}

Result<void> check(const Tag& tag) {
  if (const std::size_t size = count_characters(tag.key); size == 0 || size > kKeyMax) {
    return invalid("Tag keys must be between 1 and 128 characters in length.");
  }
  if (starts_with_without_case(tag.key, "aws:")) {
    return invalid("Tag keys must not begin with 'aws:', which is reserved for system tags.");
  }
  if (!is_tag_text(tag.key)) {
    return invalid(
        "Tag keys may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + "
        "- @");
  }
  if (count_characters(tag.value) > kValueMax) {
    return invalid("Tag values must be between 0 and 256 characters in length.");
  }
  if (!is_tag_text(tag.value)) {
    return invalid(
        "Tag values may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = "
        "+ - "
        "@");
  }
  return {};
}

}  // namespace

Result<std::vector<Tag>> tags_of(MapOf<std::string>&& given) {
  std::vector<Tag> tags;
  tags.reserve(given.entries.size());
  for (auto& [key, value] : given.entries) {
    tags.push_back({std::move(key), std::move(value)});
    if (Result<void> good = check(tags.back()); !good) return tl::unexpected(good.error());
  }
  std::sort(tags.begin(), tags.end(), [](const Tag& a, const Tag& b) { return a.key < b.key; });
  return tags;
}

}  // namespace penstock
