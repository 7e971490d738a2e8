#include "actions/supplied_attributes.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "actions/redrive_policies.h"
#include "broker/access_policy.h"
#include "protocol/errors.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kKmsKeyMax = 2048;  // an id, an ARN or an alias

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
    case kKmsDataKeyReusePeriodSeconds:
      out.kms_reuse = Seconds{number};
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

Result<void> take_fifo_only(const QueueAttributeRow& row, std::string_view text, SuppliedAttributes& out) {
  using enum QueueAttribute;
  if (row.attribute == kFifoQueue) {
    // What it is, it stays.
    if (parse_boolean(text) != true) return tl::unexpected(invalid_value(row.name));
    out.fifo = true;
  } else if (row.attribute == kContentBasedDeduplication) {
    out.content_based_deduplication = parse_boolean(text);
    if (!out.content_based_deduplication) return tl::unexpected(invalid_value(row.name));
  } else if (row.attribute == kDeduplicationScope) {
    if (text != "queue" && text != "messageGroup") return tl::unexpected(invalid_value(row.name));
    out.deduplication_scope =
        text == "queue" ? DeduplicationScope::kQueue : DeduplicationScope::kMessageGroup;
  } else {
    if (text != "perQueue" && text != "perMessageGroupId") return tl::unexpected(invalid_value(row.name));
    out.throughput_limit =
        text == "perQueue" ? FifoThroughputLimit::kPerQueue : FifoThroughputLimit::kPerMessageGroup;
  }
  return {};
}

// Of both the empty text removes what is set.
Result<void> take_redrive_policy(std::string_view text, SuppliedAttributes& out) {
  out.redrive.emplace().text = echoed(text);
  if (text.empty()) return {};
  Result<RedrivePolicy> policy = parse_redrive_policy(text);
  if (!policy) return tl::unexpected(policy.error());
  out.redrive->policy = std::move(*policy);
  return {};
}

Result<void> take_redrive_allow_policy(std::string_view text, SuppliedAttributes& out) {
  out.redrive_allow.emplace();
  if (text.empty()) return {};
  Result<RedriveAllowPolicy> policy = parse_redrive_allow_policy(text);
  if (!policy) return tl::unexpected(policy.error());
  *out.redrive_allow = std::move(*policy);
  return {};
}

// One that can't be read in full is refused: a Condition with a slip of the pen would allow more than was
// meant.
Result<void> take_policy(const QueueAttributeRow& row, std::string_view text, SuppliedAttributes& out) {
  if (!text.empty()) {
    const auto parsed = AccessPolicy::parse(text, PolicyHolder::kQueue);
    if (!parsed && parsed.error().kind == PolicyRefusal::Kind::kTooLarge) {
      return refuse(ErrorCode::kOverLimit, parsed.error().reason);
    }
    if (!parsed) return tl::unexpected(invalid_value(row.name));
  }
  out.policy = std::string(text);
  return {};
}

Result<void> take(const QueueAttributeRow& row, bool fifo, std::string_view text, SuppliedAttributes& out) {
  switch (row.kind) {
    case AttributeKind::kReadOnly:
      return tl::unexpected(unknown_attribute(row.name));
    case AttributeKind::kFifoOnly:
      if (!fifo) return tl::unexpected(not_on_standard_queue(row));
      return take_fifo_only(row, text, out);
    case AttributeKind::kNumber: {
      const std::optional<std::int64_t> number = parse_number(row, text);
      if (!number) return tl::unexpected(invalid_value(row.name));
      supply(row.attribute, *number, out);
      return {};
    }
    case AttributeKind::kBoolean:
      out.managed_encryption = parse_boolean(text);
      if (!out.managed_encryption) return tl::unexpected(invalid_value(row.name));
      return {};
    case AttributeKind::kText:
      if (row.attribute == QueueAttribute::kKmsMasterKeyId) {
        if (text.size() > kKmsKeyMax) return tl::unexpected(invalid_value(row.name));
        out.kms_key = std::string(text);
        return {};
      }
      if (row.attribute == QueueAttribute::kRedrivePolicy) return take_redrive_policy(text, out);
      if (row.attribute == QueueAttribute::kRedriveAllowPolicy) return take_redrive_allow_policy(text, out);
      if (row.attribute == QueueAttribute::kPolicy) return take_policy(row, text, out);
      if (text.empty()) return {};  // unsets what is not set
      return tl::unexpected(not_offered(joined({"the queue attribute ", row.name})));
  }
  return {};
}

}  // namespace

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
  if (!*fifo && is_fifo_queue_name(queue_name)) {
    return refuse(ErrorCode::kInvalidParameterValue,
                  "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  return {};
}

Result<SuppliedAttributes> supplied_attributes(std::string_view queue_name,
                                               const MapOf<LooseText>& attributes) {
  const bool fifo = is_fifo_queue_name(queue_name);
  SuppliedAttributes supplied;
  for (const auto& [name, value] : attributes.entries) {
    const QueueAttributeRow* row = find_queue_attribute(name);
    if (row == nullptr) return tl::unexpected(unknown_attribute(name));
    if (Result<void> taken = take(*row, fifo, value.text, supplied); !taken)
      return tl::unexpected(taken.error());
  }
  if (supplied.managed_encryption == true && supplied.kms_key && !supplied.kms_key->empty()) {
    return refuse(
        ErrorCode::kInvalidAttributeName,
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS "
        "SSE or SQS SSE.");
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
