// The checks that a request's table asks for, in AWS's order: first that everything required is there,
// then ranges and forms, each in the order of the fields. The queue is the core's to find, so a field that
// names it is passed over.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "protocol/errors.h"
#include "protocol/field.h"
#include "protocol/text.h"

namespace penstock {

namespace request_check {

// A required text that is empty counts as missing.
inline bool present(const Text& text) { return text && !text->empty(); }
inline bool present(const Integer& integer) { return integer.has_value(); }
inline bool present(const std::optional<Blob>& blob) { return blob.has_value(); }
template <class Element>
bool present(const std::vector<Element>& list) {
  return !list.empty();
}
template <class Value>
bool present(const MapOf<Value>& map) {
  return !map.empty();
}

Error missing(std::string_view name, ErrorCode code, std::string_view text);
Result<void> check_range(std::string_view name, const Range& range, std::int64_t value);
Result<void> check_form(std::string_view name, Form form, std::string_view text);

}  // namespace request_check

template <HasFields Request>
Result<void> check_required(const Request& request) {
  return each_field<Request>([&](const auto& field) -> Result<void> {
    const auto& member = request.*(field.member);
    if (field.need != Need::kRequired || request_check::present(member)) return {};
    if constexpr (std::is_same_v<std::decay_t<decltype(member)>, Text>) {
      if (member && field.form != Form::kAny) return {};  // empty: its form's matter
    }
    return tl::unexpected(request_check::missing(field.name, field.missing_code, field.missing_text));
  });
}

template <HasFields Request>
Result<void> check_values(const Request& request) {
  return each_field<Request>([&](const auto& field) -> Result<void> {
    const auto& member = request.*(field.member);
    using Member = std::decay_t<decltype(member)>;
    if (field.standing == Standing::kNotOffered && request_check::present(member)) {
      return tl::unexpected(not_offered(joined({"the parameter ", field.name})));
    }
    if constexpr (std::is_same_v<Member, Integer>) {
      if (field.range && member) return request_check::check_range(field.name, *field.range, *member);
    }
    if constexpr (std::is_same_v<Member, Text>) {
      if (member) return request_check::check_form(field.name, field.form, *member);
    }
    return {};
  });
}

template <HasFields Request>
Result<void> check(const Request& request) {
  if (Result<void> complete = check_required(request); !complete) return complete;
  return check_values(request);
}

}  // namespace penstock
