#include "protocol/json_decoder.h"

#include <limits>
#include <string_view>

#include "base/base64.h"
#include "protocol/text.h"

namespace penstock::json_decoder {
namespace {

tl::unexpected<Error> malformed(std::string_view text) {
  return refuse(ErrorCode::kMalformedInput, std::string(text));
}

// The refusal of a value where a leaf of another type is wanted. AWS names the token that it met.
tl::unexpected<Error> cannot_convert(const JsonValue& json, std::string_view wanted) {
  struct Token {
    std::string_view operator()(JsonNull) const { return "NULL_VALUE"; }
    std::string_view operator()(bool value) const { return value ? "TRUE_VALUE" : "FALSE_VALUE"; }
    std::string_view operator()(std::int64_t) const { return "NUMBER_VALUE"; }
    std::string_view operator()(const JsonOtherNumber&) const { return "NUMBER_VALUE"; }
    std::string_view operator()(const std::string&) const { return "STRING_VALUE"; }
    std::string_view operator()(const JsonArray&) const { return {}; }
    std::string_view operator()(const JsonObject&) const { return {}; }
  };
  if (std::holds_alternative<JsonArray>(json.value))
    return malformed("Start of list found where not expected");
  if (std::holds_alternative<JsonObject>(json.value)) {
    return malformed("Start of structure or map found where not expected.");
  }
  return malformed(joined({std::visit(Token{}, json.value), " can not be converted to ", wanted}));
}

}  // namespace

Result<void> read(JsonValue&& json, std::string& out) {
  auto* text = std::get_if<std::string>(&json.value);
  if (text == nullptr) return cannot_convert(json, "a String");
  out = std::move(*text);
  return {};
}

Result<void> read(JsonValue&& json, LooseText& out) {
  if (const auto* flag = std::get_if<bool>(&json.value)) {
    out.text = *flag ? "true" : "false";
  } else if (const auto* integer = std::get_if<std::int64_t>(&json.value)) {
    out.text = std::to_string(*integer);
  } else if (auto* number = std::get_if<JsonOtherNumber>(&json.value)) {
    out.text = std::move(number->text);
  } else {
    return read(std::move(json), out.text);
  }
  return {};
}

Result<void> read(JsonValue&& json, Blob& out) {
  const auto* text = std::get_if<std::string>(&json.value);
  if (text == nullptr) return cannot_convert(json, "a Blob");
  std::optional<std::string> bytes = base64_decode(*text);
  if (!bytes) return malformed("A binary value is not valid base64.");
  out.bytes = std::move(*bytes);
  return {};
}

Result<void> read(JsonValue&& json, std::int64_t& out) {
  const auto* integer = std::get_if<std::int64_t>(&json.value);
  if (integer == nullptr || *integer < std::numeric_limits<std::int32_t>::min() ||
      *integer > std::numeric_limits<std::int32_t>::max()) {
    return cannot_convert(json, "an Integer");
  }
  out = *integer;
  return {};
}

Result<JsonArray*> array_of(JsonValue& json) {
  if (auto* array = std::get_if<JsonArray>(&json.value)) return array;
  if (std::holds_alternative<JsonObject>(json.value)) return cannot_convert(json, {});
  return malformed("Unexpected field type");
}

Result<JsonObject*> object_of(JsonValue& json) {
  if (auto* object = std::get_if<JsonObject>(&json.value)) return object;
  if (std::holds_alternative<JsonArray>(json.value)) return cannot_convert(json, {});
  return malformed("Unexpected field type");
}

}  // namespace penstock::json_decoder
