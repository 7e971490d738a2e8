// The error table: how each refusal looks on the wire.
//
// One row for each ErrorCode, in the order of the enumeration (asserted in errors.cc). A refusal that
// brings no text of its own gets the row's. AWS Query words a missing queue differently from AWS JSON,
// hence two columns of texts; everything else reads the same in both.
//
// Fault is Sender below status 500 and Receiver from there on: SDKs retry the latter.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace penstock {

struct WireError {
  ErrorCode code{};
  int status = 400;
  std::string_view query_code;  // XML <Code>, a batch entry's Code, the head of x-amzn-query-error
  std::string_view json_type;   // JSON "__type", namespace included
  std::string_view text;        // of AWS JSON, and of AWS Query unless the next is given
  std::string_view query_text = {};

  constexpr std::string_view fault() const { return status < 500 ? "Sender" : "Receiver"; }
};

const WireError& wire_error(ErrorCode code);
// All rows, in the order of the enumeration.
std::span<const WireError> wire_errors();

// The refusal's own text, or the standard one of its code.
std::string_view json_text(const Error& error);
std::string_view query_text(const Error& error);

// A set of codes: what an action can answer.
class ErrorSet {
 public:
  constexpr ErrorSet() = default;
  constexpr ErrorSet(std::initializer_list<ErrorCode> codes) {
    for (const ErrorCode code : codes) bits_ |= bit(code);
  }
  constexpr bool contains(ErrorCode code) const { return (bits_ & bit(code)) != 0; }

 private:
  static constexpr std::uint64_t bit(ErrorCode code) {
    return std::uint64_t{1} << static_cast<unsigned>(code);
  }

  std::uint64_t bits_ = 0;
};

// "The request must contain the parameter {name}."
Error missing_parameter(std::string_view name);
// "Value {value} for parameter {name} is invalid. Reason: {reason}"; the value is capped.
Error invalid_parameter(std::string_view value, std::string_view name, std::string_view reason);
// `The input receipt handle "{text}" is not a valid receipt handle.`; the handle is capped.
Error invalid_receipt_handle(std::string_view text);
// A part of the API that AWS has and this build has not.
Error not_offered(std::string_view what);

// What of a client's input may be repeated to it: its first 1,100 bytes, cut between characters.
std::string_view echoed(std::string_view input);

}  // namespace penstock
