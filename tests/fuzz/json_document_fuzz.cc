// JSON documents: the bounded tree holds what another parser finds in the same text, or both refuse it.
#include <nlohmann/json.hpp>

#include "base/require.h"
#include "protocol/json_value.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

using nlohmann::json;

std::size_t depth_of(const json& document) {
  if (!document.is_structured()) return 0;
  std::size_t deepest = 0;
  for (const json& inner : document) deepest = std::max(deepest, depth_of(inner));
  return deepest + 1;
}

void require_same(const JsonValue& own, const json& other) {
  if (other.is_null()) {
    require(std::holds_alternative<JsonNull>(own.value), "null is null");
  } else if (other.is_boolean()) {
    require(own.value.index() == 1 && std::get<bool>(own.value) == other.get<bool>(),
            "a boolean is the same");
  } else if (other.is_string()) {
    const auto* text = std::get_if<std::string>(&own.value);
    require(text && *text == other.get_ref<const std::string&>(), "a string is the same");
  } else if (other.is_number()) {
    const auto* integer = std::get_if<std::int64_t>(&own.value);
    if (integer) {
      require(other.is_number_integer() && other.get<std::int64_t>() == *integer, "an integer is exact");
    } else {
      require(std::holds_alternative<JsonOtherNumber>(own.value), "another number is kept as such");
      require(other.is_number_float() || other.get<std::uint64_t>() > INT64_MAX, "only what is no int64 is");
    }
  } else if (other.is_array()) {
    const auto* array = std::get_if<JsonArray>(&own.value);
    require(array && array->size() == other.size(), "an array has its elements");
    for (std::size_t at = 0; at < array->size(); ++at) require_same((*array)[at], other[at]);
  } else {
    const auto* object = std::get_if<JsonObject>(&own.value);
    require(object && object->size() == other.size(), "an object has its members, each once");
    auto member = object->begin();
    for (const auto& [name, value] : other.items()) {  // ascending by name
      require(member->name == name, "members ascend");
      require_same(member->value, value);
      ++member;
    }
  }
}

}  // namespace

void examine(std::string_view input) {
  const Result<JsonValue> own = JsonValue::parse(input);
  if (!own) {
    require(own.error().code == ErrorCode::kMalformedInput, "what is no JSON is malformed input");
    return;  // the bounds may refuse what the other parser takes
  }
  const json other = json::parse(input, nullptr, false);
  require(!other.is_discarded(), "what is accepted is JSON");
  require(depth_of(other) <= JsonValue::kDepthMax, "what is accepted is not too deep");
  require_same(*own, other);
}

std::vector<std::string> seeds() {
  return {R"({"QueueUrl":"http://localhost:4566/000000000000/mail","MessageBody":"h\u00e9llo \ud83d\ude00",)"
          R"("DelaySeconds":9,"MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"AQID"}}})",
          R"({"a":1,"a":2,"b":[null,true,false,-0,0.5,1e3,9223372036854775807,9223372036854775808]})",
          "[[[[{}]]]]",
          "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
          "-9223372036854775808",
          "18446744073709551616",
          "{\"\xc3\xa9\":\"\xf0\x9f\x9a\xb0\"}",
          " {} ",
          "nul",
          "{\"a\":\"\\ud800\"}"};
}

}  // namespace penstock
