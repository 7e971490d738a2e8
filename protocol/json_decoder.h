// The decoder of AWS JSON: from a JsonValue to any request that has fields().
//
// Members that the request does not know are ignored, null is absence, and a value of the wrong type is
// refused with kMalformedInput in AWS's words. Values are moved out of the document, never copied.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/field.h"
#include "protocol/json_value.h"

namespace penstock {

namespace json_decoder {

// Of the leaves. None of them is handed a null.
Result<void> read(JsonValue&& json, std::string& out);
Result<void> read(JsonValue&& json, LooseText& out);
Result<void> read(JsonValue&& json, Blob& out);
Result<void> read(JsonValue&& json, std::int64_t& out);

// The array or object inside; refuses everything else.
Result<JsonArray*> array_of(JsonValue& json);
Result<JsonObject*> object_of(JsonValue& json);

inline bool is_null(const JsonValue& json) { return std::holds_alternative<JsonNull>(json.value); }

template <HasFields Structure>
Result<void> read(JsonValue&& json, Structure& out);
template <class Element>
Result<void> read(JsonValue&& json, std::vector<Element>& out);
template <class Value>
Result<void> read(JsonValue&& json, MapOf<Value>& out);

template <class Value>
Result<void> read(JsonValue&& json, std::optional<Value>& out) {
  return read(std::move(json), out.emplace());
}

template <HasFields Structure>
Result<void> read(JsonValue&& json, Structure& out) {
  const Result<JsonObject*> object = object_of(json);
  if (!object) return tl::unexpected(object.error());
  return each_field<Structure>([&](const auto& field) -> Result<void> {
    JsonValue* member = find_member(**object, field.name);
    if (member == nullptr || is_null(*member)) return {};
    return read(std::move(*member), out.*(field.member));
  });
}

template <class Element>
Result<void> read(JsonValue&& json, std::vector<Element>& out) {
  const Result<JsonArray*> array = array_of(json);
  if (!array) return tl::unexpected(array.error());
  out.reserve((*array)->size());
  for (JsonValue& element : **array) {
    if (is_null(element)) continue;
    if (Result<void> done = read(std::move(element), out.emplace_back()); !done) return done;
  }
  return {};
}

template <class Value>
Result<void> read(JsonValue&& json, MapOf<Value>& out) {
  const Result<JsonObject*> object = object_of(json);
  if (!object) return tl::unexpected(object.error());
  out.entries.reserve((*object)->size());
  for (JsonMember& member : **object) {
    if (is_null(member.value)) continue;
    auto& [key, value] = out.entries.emplace_back(std::move(member.name), Value{});
    if (Result<void> done = read(std::move(member.value), value); !done) return done;
  }
  return {};
}

}  // namespace json_decoder

// An empty body is an empty object.
template <HasFields Request>
Result<Request> decode_json(std::string_view body) {
  Request request;
  if (body.empty()) return request;
  Result<JsonValue> document = JsonValue::parse(body);
  if (!document) return tl::unexpected(std::move(document.error()));
  if (Result<void> done = json_decoder::read(std::move(*document), request); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return request;
}

}  // namespace penstock
