// The writers of results: any structure of protocol/sqs_results.h as AWS JSON, as the XML of AWS Query, and
// as the JSON that AWS Query gives to those who ask for it (`Accept: application/json`), which has the
// shape of the XML: maps are lists of pairs, and the names of lists begin in lower case.
//
// SNS's lists and maps have an element of their own (protocol/sns_results.h); as JSON they are lists and
// objects under their names.
//
// All three visit the same rows. A row without a name is a structure whose members stand in its place.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/base64.h"
#include "protocol/json_writer.h"
#include "protocol/sns_results.h"
#include "protocol/sqs_results.h"
#include "protocol/text.h"
#include "protocol/xml_writer.h"

namespace penstock {

namespace result_writer {

template <class Value>
concept TextResult = std::convertible_to<const Value&, std::string_view>;

template <class Value>
concept OptionalResult = requires(const Value& value) {
  value.has_value();
};

template <class Value>
concept Wrapped = requires(const Value& value) {
  value.members;
}
|| std::is_same_v<Value, EntryMap>;

template <class Value>
bool absent(const Value& value) {
  if constexpr (Wrapped<Value> || std::is_same_v<Value, ShownText>) {
    return false;
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    return value.bytes.empty();
  } else if constexpr (OptionalResult<Value>) {
    return !value.has_value();
  } else if constexpr (std::is_arithmetic_v<Value> || HasFields<Value>) {
    return false;
  } else {
    return value.empty();
  }
}

// ---- JSON

enum class JsonShape : bool { kPlain, kLikeXml };

template <JsonShape Shape, class Structure>
void write_json_members(const Structure& structure, JsonWriter& writer);

template <JsonShape Shape, class Value>
void write_json(const Value& value, JsonWriter& writer) {
  if constexpr (TextResult<Value>) {
    writer.text(value);
  } else if constexpr (std::is_same_v<Value, bool>) {
    writer.boolean(value);
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    writer.text(base64_encode(value.bytes));
  } else if constexpr (OptionalResult<Value>) {
    writer.number(*value);
  } else if constexpr (std::is_arithmetic_v<Value>) {
    writer.number(value);
  } else if constexpr (std::is_same_v<Value, EntryMap>) {
    writer.begin_object();
    for (const auto& [key, text] : value.pairs) writer.member(key, text);
    writer.end_object();
  } else if constexpr (Wrapped<Value>) {
    writer.begin_array();
    for (const auto& element : value.members) write_json<Shape>(element, writer);
    writer.end_array();
  } else {
    writer.begin_object();
    write_json_members<Shape>(value, writer);
    writer.end_object();
  }
}

template <JsonShape Shape, class Element>
void write_json(const std::vector<Element>& list, JsonWriter& writer) {
  writer.begin_array();
  for (const Element& element : list) write_json<Shape>(element, writer);
  writer.end_array();
}

template <JsonShape Shape, class Value>
void write_json(const ResultMap<Value>& map, const MapSpelling& spelling, JsonWriter& writer) {
  if constexpr (Shape == JsonShape::kPlain) {
    writer.begin_object();
    for (const auto& [key, value] : map.entries) {
      writer.key(key);
      write_json<Shape>(value, writer);
    }
    writer.end_object();
  } else {
    writer.begin_array();
    for (const auto& [key, value] : map.entries) {
      writer.begin_object();
      writer.member(spelling.key, key);
      writer.key(spelling.value);
      write_json<Shape>(value, writer);
      writer.end_object();
    }
    writer.end_array();
  }
}

template <JsonShape Shape, class Structure>
void write_json_members(const Structure& structure, JsonWriter& writer) {
  std::apply(
      [&](const auto&... field) {
        const auto write = [&](const auto& row) {
          const auto& value = structure.*(row.member);
          using Value = std::decay_t<decltype(value)>;
          if (absent(value)) return;
          if constexpr (HasFields<Value>) {
            if (row.name.empty()) {
              write_json_members<Shape>(value, writer);
              return;
            }
          }
          constexpr bool kPlural = requires { value.begin(); }
          &&!TextResult<Value>;
          if constexpr (Shape == JsonShape::kLikeXml && kPlural) {
            writer.key(lower_first(row.name));
          } else {
            writer.key(row.name);
          }
          if constexpr (requires { value.entries; }) {
            write_json<Shape>(value, row.map, writer);
          } else {
            write_json<Shape>(value, writer);
          }
        };
        (write(field), ...);
      },
      kFieldsOf<Structure>);
}

// ---- XML

template <class Structure>
void write_xml_members(const Structure& structure, XmlWriter& writer);

template <class Value>
void write_xml(std::string_view name, const Value& value, XmlWriter& writer) {
  if constexpr (TextResult<Value>) {
    writer.element(name, value);
  } else if constexpr (std::is_same_v<Value, bool>) {
    writer.element(name, value ? "true" : "false");
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    writer.element(name, base64_encode(value.bytes));
  } else if constexpr (OptionalResult<Value>) {
    writer.element(name, std::to_string(*value));
  } else if constexpr (std::is_arithmetic_v<Value>) {
    writer.element(name, std::to_string(value));
  } else {
    writer.open(name);
    write_xml_members(value, writer);
    writer.close(name);
  }
}

template <class Structure>
void write_xml_members(const Structure& structure, XmlWriter& writer) {
  std::apply(
      [&](const auto&... field) {
        const auto write = [&](const auto& row) {
          const auto& value = structure.*(row.member);
          using Value = std::decay_t<decltype(value)>;
          if (absent(value)) return;
          if constexpr (std::is_same_v<Value, EntryMap>) {
            if (value.pairs.empty()) return writer.empty(row.query_name);
            writer.open(row.query_name);
            for (const auto& [key, text] : value.pairs) {
              writer.open("entry");
              writer.element("key", key);
              writer.element("value", text);
              writer.close("entry");
            }
            writer.close(row.query_name);
          } else if constexpr (Wrapped<Value>) {
            if (value.members.empty()) return writer.empty(row.query_name);
            writer.open(row.query_name);
            for (const auto& element : value.members) write_xml("member", element, writer);
            writer.close(row.query_name);
          } else if constexpr (requires { value.entries; }) {
            for (const auto& [key, mapped] : value.entries) {
              writer.open(row.query_name);
              writer.element(row.map.key, key);
              write_xml(row.map.value, mapped, writer);
              writer.close(row.query_name);
            }
          } else if constexpr (requires { value.begin(); } && !TextResult<Value>) {
            for (const auto& element : value) write_xml(row.query_name, element, writer);
          } else if constexpr (HasFields<Value>) {
            if (row.name.empty()) {
              write_xml_members(value, writer);
            } else {
              write_xml(row.query_name, value, writer);
            }
          } else {
            write_xml(row.query_name, value, writer);
          }
        };
        (write(field), ...);
      },
      kFieldsOf<Structure>);
}

}  // namespace result_writer

// {"MessageId":"...",...}
template <HasFields Result>
std::string json_of(const Result& result) {
  std::string body;
  body.reserve(256);  // enough for most answers, and one allocation instead of several
  JsonWriter writer(body);
  result_writer::write_json<result_writer::JsonShape::kPlain>(result, writer);
  return body;
}

// What stands inside <{Action}Result>.
template <HasFields Result>
void write_xml_result(const Result& result, XmlWriter& writer) {
  result_writer::write_xml_members(result, writer);
}

// What stands inside "{Action}Result".
template <HasFields Result>
void write_json_like_xml(const Result& result, JsonWriter& writer) {
  result_writer::write_json<result_writer::JsonShape::kLikeXml>(result, writer);
}

}  // namespace penstock
