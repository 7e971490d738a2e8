// JsonValue: a JSON document that somebody sent us, parsed and bounded.
//
// Strict: one value and nothing after it, UTF-8 without exception, no lone surrogate. Bounded: at most 64
// levels and 16,384 values, far beyond what any request of the API holds, so that a small body never
// grows into a large tree. Integers are exact; any other number is kept as it was written.
//
// The members of an object are in ascending order of their names (of their bytes), each name once: of
// several members with the same name the last one counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace penstock {

struct JsonMember;
struct JsonValue;

struct JsonNull {};
// A number that is no integer of 64 bits, as it was written.
struct JsonOtherNumber {
  std::string text;
};
using JsonArray = std::vector<JsonValue>;
using JsonObject = std::vector<JsonMember>;

struct JsonValue {
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kValuesMax = 16'384;

  std::variant<JsonNull, bool, std::int64_t, JsonOtherNumber, std::string, JsonArray, JsonObject> value;

  // Refuses with kMalformedInput.
  static Result<JsonValue> parse(std::string_view text);
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// The member of that name; null if there is none.
JsonValue* find_member(JsonObject& object, std::string_view name);

}  // namespace penstock
