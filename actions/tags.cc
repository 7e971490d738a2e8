#include "actions/tags.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocol/text.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::size_t kKeyMax = 128;
constexpr std::size_t kValueMax = 256;

tl::unexpected<Error> invalid(std::string_view text) {
  return refuse(ErrorCode::kInvalidParameterValue, std::string(text));
}

// In characters. The texts of requests are UTF-8.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Letters, digits and white space of any script, and some symbols. Beyond ASCII everything that is no
// control character passes: which of them are letters is a question for a library that is not worth having.
bool allowed(std::string_view text) {
  constexpr std::string_view kSymbols = "_.:/=+-@ ";
  while (!text.empty()) {
    const Utf8Character character = utf8_character(text);
    const std::uint32_t code_point = character.code_point;
    const bool ascii = code_point < 0x80;
    const char c = ascii ? ascii_lower(static_cast<char>(code_point)) : '\0';
    const bool fine =
        ascii ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kSymbols.find(c) != std::string_view::npos
              : code_point >= 0xa0;
    if (!character.valid() || !fine) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

Result<void> check(const Tag& tag) {
  if (const std::size_t size = length(tag.key); size == 0 || size > kKeyMax) {
    return invalid("Tag keys must be between 1 and 128 characters in length.");
  }
  if (starts_with_without_case(tag.key, "aws:")) {
    return invalid("Tag keys must not begin with 'aws:', which is reserved for system tags.");
  }
  if (!allowed(tag.key)) {
    return invalid(
        "Tag keys may only contain unicode letters, digits, whitespace, or one of these symbols: _ . : / = + "
        "- @");
  }
  if (length(tag.value) > kValueMax) {
    return invalid("Tag values must be between 0 and 256 characters in length.");
  }
  if (!allowed(tag.value)) {
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
