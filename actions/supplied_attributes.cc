#include "actions/supplied_attributes.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/errors.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

Error invalid_value(std::string_view name) {
  return {ErrorCode::kInvalidAttributeValue, joined({"Invalid value for the parameter ", name, "."})};
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (equals_without_case(text, "true")) return true;
  if (equals_without_case(text, "false")) return false;
  return std::nullopt;
}

// Decimal digits and nothing else.
std::optional<std::int64_t> parse_number(const QueueAttributeRow& row, std::string_view text) {
  std::int64_t number = 0;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{} ||
      number < row.min || number > row.max) {
    return std::nullopt;
  }
  return number;
}

void supply(QueueAttribute attribute, std::int64_t number, SuppliedAttributes& out) {
  using enum QueueAttribute;
  switch (attribute) {
    case kDelaySeconds:
      out.delay = Seconds{number};
      return;
    case kMaximumMessageSize:
      out.message_bytes_max = static_cast<std::uint32_t>(number);
      return;
    case kMessageRetentionPeriod:
      out.retention = Seconds{number};
      return;
    case kReceiveMessageWaitTimeSeconds:
      out.receive_wait = Seconds{number};
      return;
    case kVisibilityTimeout:
      out.visibility_timeout = Seconds{number};
      return;
    default:
      return;
  }
}

// A FIFO-only attribute on a queue that is none.
Error not_on_standard_queue(const QueueAttributeRow& row) {
  using enum QueueAttribute;
  if (row.attribute == kFifoQueue || row.attribute == kContentBasedDeduplication)
    return unknown_attribute(row.name);
  return {ErrorCode::kInvalidAttributeName,
          joined({"You can specify the ", row.name, " only when FifoQueue is set to true."})};
}

// Whether the name and FifoQueue agree, and what becomes of a FIFO queue.
Result<void> check_fifo(std::string_view queue_name, const MapOf<LooseText>& attributes) {
  const auto given = std::find_if(attributes.entries.begin(), attributes.entries.end(),
                                  [](const auto& entry) { return entry.first == "FifoQueue"; });
  const bool supplied = given != attributes.entries.end();
  const std::optional<bool> fifo = supplied ? parse_boolean(given->second.text) : false;
  if (!fifo) return tl::unexpected(invalid_value("FifoQueue"));
  if (*fifo && !is_fifo_queue_name(queue_name)) {
    return refuse(
        ErrorCode::kInvalidParameterValue,
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
        "must end with .fifo suffix and be 1 to 80 in length.");
  }
  if (*fifo) return tl::unexpected(not_offered("FIFO queues"));
  if (is_fifo_queue_name(queue_name)) {
    return refuse(ErrorCode::kInvalidParameterValue,
                  "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  return {};
}

Result<void> take(const QueueAttributeRow& row, std::string_view text, SuppliedAttributes& out) {
  switch (row.kind) {
    case AttributeKind::kReadOnly:
      return tl::unexpected(unknown_attribute(row.name));
    case AttributeKind::kFifoOnly:
      return tl::unexpected(not_on_standard_queue(row));
    case AttributeKind::kNumber: {
      const std::optional<std::int64_t> number = parse_number(row, text);
      if (!number) return tl::unexpected(invalid_value(row.name));
      supply(row.attribute, *number, out);
      return {};
    }
    case AttributeKind::kBoolean: {
      const std::optional<bool> flag = parse_boolean(text);
      if (!flag) return tl::unexpected(invalid_value(row.name));
      if (!*flag) {
        return tl::unexpected(not_offered(joined({"the value false of the queue attribute ", row.name})));
      }
      return {};
    }
    case AttributeKind::kText:
      if (text.empty()) return {};  // unsets what is not set
      return tl::unexpected(not_offered(joined({"the queue attribute ", row.name})));
  }
  return {};
}

}  // namespace

Result<SuppliedAttributes> supplied_attributes(std::string_view queue_name,
                                               const MapOf<LooseText>& attributes) {
  if (Result<void> agreed = check_fifo(queue_name, attributes); !agreed)
    return tl::unexpected(agreed.error());
  SuppliedAttributes supplied;
  for (const auto& [name, value] : attributes.entries) {
    const QueueAttributeRow* row = find_queue_attribute(name);
    if (row == nullptr) return tl::unexpected(unknown_attribute(name));
    if (Result<void> taken = take(*row, value.text, supplied); !taken) return tl::unexpected(taken.error());
  }
  return supplied;
}

const QueueAttributeRow* find_queue_attribute(std::string_view name) {
  const auto row =
      std::find_if(kQueueAttributeTable.begin(), kQueueAttributeTable.end(),
                   [name](const QueueAttributeRow& candidate) { return candidate.name == name; });
  return row == kQueueAttributeTable.end() ? nullptr : &*row;
}

Error unknown_attribute(std::string_view name) {
  return {ErrorCode::kInvalidAttributeName, joined({"Unknown Attribute ", echoed(name), "."})};
}

}  // namespace penstock
