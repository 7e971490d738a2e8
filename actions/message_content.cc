#include "actions/message_content.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "protocol/errors.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

using sqs::MessageAttributeValue;

constexpr std::size_t kAttributesMax = 10;
constexpr std::size_t kNameMax = 256;
constexpr std::size_t kTypeMax = 256;
constexpr std::string_view kTraceHeader = "AWSTraceHeader";

tl::unexpected<Error> invalid(std::string text) {
  return refuse(ErrorCode::kInvalidParameterValue, std::move(text));
}

Result<void> check_name(std::string_view name) {
  if (name.empty()) return invalid("The request must contain non-empty message (user) attribute names.");
  if (name.size() > kNameMax) return invalid("Message (user) attribute name must be shorter than 256 bytes.");
  if (starts_with_without_case(name, "aws.") || starts_with_without_case(name, "amazon.")) {
    return invalid(
        "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. These strings are reserved "
        "for "
        "internal use.");
  }
  if (name.starts_with('.'))
    return invalid("Message (user) attribute name must not begin with character '.'.");
  if (name.ends_with('.')) return invalid("Message (user) attribute name must not end with character '.'.");
  if (name.find("..") != std::string_view::npos) {
    return invalid("Message (user) attribute name must not have successive '.' characters.");
  }
  if (const auto character = first_forbidden_in_attribute_name(name)) {
    return invalid(joined({"Invalid non-alphanumeric character '", character_text(*character),
                           "' was found in the message (user) attribute name. Can only include alphanumeric "
                           "characters, hyphens, underscores, or dots."}));
  }
  return {};
}

// What stands before the label: "String", "Number" or "Binary"; empty if it is none of these.
std::string_view base_type(std::string_view data_type) {
  const std::string_view base = data_type.substr(0, data_type.find('.'));
  return base == "String" || base == "Number" || base == "Binary" ? base : std::string_view{};
}

Result<void> check_type(std::string_view name, const Text& data_type) {
  if (!data_type || data_type->empty()) {
    return invalid(joined(
        {"The message (user) attribute '", name, "' must contain a non-empty message attribute type."}));
  }
  if (data_type->size() > kTypeMax) {
    return invalid(
        joined({"The type of message (user) attribute '", name, "' must be shorter than 256 bytes."}));
  }
  if (base_type(*data_type).empty() || first_forbidden_character(*data_type)) {
    return invalid(joined({"The type of message (user) attribute '", name,
                           "' is invalid. You must use only the following supported type prefixes: Binary, "
                           "Number, String."}));
  }
  return {};
}

Result<void> check_text_value(std::string_view name, std::string_view base, std::string_view value) {
  if (const auto character = first_forbidden_character(value)) {
    return invalid(
        joined({"Invalid binary character '", character_text(*character),
                "' was found in the message (user) attribute '", name, "' value, ", kAllowedCharacters}));
  }
  if (base != "Number") return {};
  switch (classify_number(value)) {
    case NumberText::kNumber:
      return {};
    case NumberText::kNotANumber:
      return invalid(joined({"Can't cast the value of message (user) attribute '", name, "' to a number."}));
    case NumberText::kOutOfRange:
      return invalid(
          joined({"Number attribute value ", echoed(value), " should be in range (-10**128..10**126)"}));
  }
  return {};
}

// The value of an attribute whose name and type are good.
Result<std::string> value_of(std::string_view name, MessageAttributeValue&& given) {
  if (!given.string_list_values.empty() || !given.binary_list_values.empty()) {
    return refuse(ErrorCode::kUnsupportedOperation,
                  "Message attribute list values in SendMessage operation are not supported.");
  }
  const std::string_view base = base_type(*given.data_type);
  const bool has_text = given.string_value && !given.string_value->empty();
  const bool has_bytes = given.binary_value && !given.binary_value->bytes.empty();
  if (has_text && has_bytes) {
    return invalid(joined({"Message (user) attribute '", name, "' must have a single value."}));
  }
  if (!given.string_value && !given.binary_value) {
    return invalid(joined(
        {"The message (user) attribute '", name, "' must contain a non-empty message attribute value."}));
  }
  const bool wants_bytes = base == "Binary";
  if (wants_bytes ? has_text : has_bytes) {
    return invalid(joined({"Message (user) attribute '", name, "' with type '", *given.data_type,
                           "' must use field '", wants_bytes ? "Binary" : "String", "'."}));
  }
  if (!has_text && !has_bytes) {
    return invalid(joined({"Message (user) attribute '", name, "' must contain a non-empty value of type '",
                           *given.data_type, "'."}));
  }
  if (wants_bytes) return std::move(given.binary_value->bytes);
  if (Result<void> good = check_text_value(name, base, *given.string_value); !good)
    return tl::unexpected(good.error());
  return std::move(*given.string_value);
}

}  // namespace

Result<void> check_body(std::string_view body) {
  const auto character = first_forbidden_character(body);
  if (!character) return {};
  return refuse(ErrorCode::kInvalidMessageContents,
                joined({"Invalid binary character '", character_text(*character),
                        "' was found in the message body, ", kAllowedCharacters}));
}

Result<std::vector<MessageAttribute>> message_attributes(sqs::MessageAttributeMap&& given) {
  if (given.entries.size() > kAttributesMax) {
    return invalid(joined({"Number of message attributes [", std::to_string(given.entries.size()),
                           "] exceeds the allowed maximum [10]."}));
  }
  std::vector<MessageAttribute> attributes;
  attributes.reserve(given.entries.size());
  for (auto& [name, value] : given.entries) {
    if (Result<void> good = check_name(name); !good) return tl::unexpected(good.error());
    if (Result<void> good = check_type(name, value.data_type); !good) return tl::unexpected(good.error());
    std::string data_type = *value.data_type;
    Result<std::string> content = value_of(name, std::move(value));
    if (!content) return tl::unexpected(content.error());
    attributes.push_back({std::move(name), std::move(data_type), std::move(*content)});
  }
  std::sort(attributes.begin(), attributes.end(),
            [](const MessageAttribute& a, const MessageAttribute& b) { return a.name < b.name; });
  return attributes;
}

Result<std::string> trace_header(sqs::MessageAttributeMap&& system_attributes) {
  std::string trace;
  for (auto& [name, value] : system_attributes.entries) {
    if (name != kTraceHeader) {
      return invalid(joined({"Message system attribute name '", echoed(name), "' is invalid."}));
    }
    if (!value.data_type || *value.data_type != "String") {
      return invalid(
          "The type of message (system) attribute 'AWSTraceHeader' is invalid. You must use only the "
          "following "
          "supported type prefixes: String.");
    }
    if (!value.string_list_values.empty() || !value.binary_list_values.empty() || value.binary_value) {
      return invalid(
          "Message (system) attribute 'AWSTraceHeader' with type 'String' must use field 'String'.");
    }
    if (!value.string_value || value.string_value->empty()) {
      return invalid(
          "Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.");
    }
    if (const auto character = first_forbidden_character(*value.string_value)) {
      return invalid(joined({"Invalid binary character '", character_text(*character),
                             "' was found in the message (system) attribute 'AWSTraceHeader' value, ",
                             kAllowedCharacters}));
    }
    trace = std::move(*value.string_value);
  }
  return trace;
}

std::uint32_t message_size(const MessageContent& content) {
  std::size_t size = content.body.size();
  for (const MessageAttribute& attribute : content.attributes) {
    size += attribute.name.size() + attribute.data_type.size() + attribute.value.size();
  }
  return static_cast<std::uint32_t>(std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace penstock
