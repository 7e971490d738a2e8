#include "protocol/request_check.h"

#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock::request_check {

Error missing(std::string_view name, ErrorCode code, std::string_view text) {
  return text.empty() ? missing_parameter(name) : Error{code, std::string(text)};
}

Result<void> check_range(std::string_view name, const Range& range, std::int64_t value) {
  if (value >= range.min && value <= range.max) return {};
  if (range.echoes_value) return tl::unexpected(invalid_parameter(std::to_string(value), name, range.reason));
  return refuse(ErrorCode::kInvalidParameterValue,
                joined({"Value for parameter ", name, " is invalid. Reason: ", range.reason}));
}

Result<void> check_form(std::string_view name, Form form, std::string_view text) {
  switch (form) {
    case Form::kAny:
      return {};
    case Form::kQueueName:
      if (text.empty()) return refuse(ErrorCode::kInvalidParameterValue, "Queue name cannot be empty");
      if (is_standard_queue_name(text) || is_fifo_queue_name(text)) return {};
      return refuse(ErrorCode::kInvalidParameterValue,
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
    case Form::kIdentifier:
      if (is_identifier(text)) return {};
      return tl::unexpected(invalid_parameter(
          text, name,
          joined({name, " can only include alphanumeric and punctuation characters. 1 to 128 in length."})));
  }
  return {};
}

}  // namespace penstock::request_check
