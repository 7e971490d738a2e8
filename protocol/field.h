// Field: one row of a service's table: a member of a request, what the wire calls it, and its rules.
//
// A request is a plain struct whose static fields() gives a tuple of Fields; decoders, checks and the
// generated documentation visit that tuple and know nothing else of the request. The member's type is its
// type on the wire:
//
//   Text              a string
//   Integer           an integer of 32 bits
//   std::optional<Blob>       bytes, base64 on the wire
//   std::vector<T>    a list; AWS Query flattens it to Name.1, Name.2, ...
//   MapOf<V>          a map; AWS Query flattens it to Name.1.{key}, Name.1.{value}, ...
//   LooseText         the value of a map whose numbers and booleans AWS takes for strings
//   any struct with fields()  a structure
//
// Absent, null and (of lists and maps) empty are one and the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.h"

namespace penstock {

using Text = std::optional<std::string>;
using Integer = std::optional<std::int64_t>;

struct Blob {
  std::string bytes;
};

struct LooseText {
  std::string text;
};

template <class Value>
struct MapOf {
  // From AWS JSON: ascending by key. No key twice.
  std::vector<std::pair<std::string, Value>> entries;

  bool empty() const { return entries.empty(); }
};

// Where a part of the API stands in this build.
enum class Standing : std::uint8_t {
  kOffered,     // works as with AWS
  kAccepted,    // may be given and is checked, but changes nothing
  kNotOffered,  // giving it is refused
};

// Which characters a text may hold; protocol/text_rules.h knows the rules.
enum class Form : std::uint8_t {
  kAny,
  kQueueName,   // standard or FIFO
  kIdentifier,  // MessageGroupId and its kin
};

enum class Need : std::uint8_t {
  kOptional,
  kRequired,
  kQueue,  // names the queue: required, but its absence is a queue that does not exist
};

struct Range {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view reason;   // AWS's words for a value outside of it
  bool echoes_value = true;  // whether AWS's sentence repeats the value
};

// How AWS Query spells the key and the value of a map's entry.
struct MapSpelling {
  std::string_view key;
  std::string_view value;
};

template <class Request, class Member>
struct Field {
  using member_type = Member;

  constexpr Field(std::string_view wire_name, Member Request::*request_member)
      : name(wire_name), query_name(wire_name), member(request_member) {}

  std::string_view name;        // as AWS JSON spells it
  std::string_view query_name;  // as AWS Query spells it; of lists and maps: one element of it
  Member Request::*member;
  MapSpelling map{};
  Need need = Need::kOptional;
  Standing standing = Standing::kOffered;
  Form form = Form::kAny;
  std::optional<Range> range{};
  // What is said when it is missing; an empty text stands for "The request must contain the parameter ...".
  ErrorCode missing_code = ErrorCode::kMissingParameter;
  std::string_view missing_text{};

  // Each gives a field like this one with one more thing said of it.
  constexpr Field queue() const { return with(&Field::need, Need::kQueue); }
  constexpr Field required() const { return with(&Field::need, Need::kRequired); }
  constexpr Field required(ErrorCode code, std::string_view text) const {
    return required().with(&Field::missing_code, code).with(&Field::missing_text, text);
  }
  constexpr Field within(std::int64_t min, std::int64_t max, std::string_view reason) const {
    return with(&Field::range, std::optional(Range{min, max, reason}));
  }
  // The same for the sentences in which AWS does not repeat the value.
  constexpr Field within_silently(std::int64_t min, std::int64_t max, std::string_view reason) const {
    return with(&Field::range, std::optional(Range{min, max, reason, false}));
  }
  constexpr Field of_form(Form text_form) const { return with(&Field::form, text_form); }
  constexpr Field in_query(std::string_view element) const { return with(&Field::query_name, element); }
  constexpr Field in_query(std::string_view element, MapSpelling spelling) const {
    return in_query(element).with(&Field::map, spelling);
  }
  constexpr Field accepted() const { return with(&Field::standing, Standing::kAccepted); }
  constexpr Field not_offered() const { return with(&Field::standing, Standing::kNotOffered); }

 private:
  template <class Property>
  constexpr Field with(Property Field::*property, Property value) const {
    Field changed = *this;
    changed.*property = value;
    return changed;
  }
};

template <class Request>
concept HasFields = requires {
  Request::fields();
};

// The fields of a structure, built once by the compiler and not at each use.
template <HasFields Structure>
inline constexpr auto kFieldsOf = Structure::fields();

// Calls visit(field) for each field in order until one returns a refusal.
template <HasFields Request, class Visit>
Result<void> each_field(Visit&& visit) {
  Result<void> result;
  std::apply([&](const auto&... field) { static_cast<void>(((result = visit(field)).has_value() && ...)); },
             kFieldsOf<Request>);
  return result;
}

}  // namespace penstock
