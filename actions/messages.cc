#include "actions/messages.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "actions/body_digests.h"
#include "actions/envelope.h"
#include "actions/message_content.h"
#include "actions/supplied_attributes.h"
#include "base/digest.h"
#include "base/md5_lanes.h"
#include "base/require.h"
#include "protocol/attribute_digest.h"
#include "protocol/errors.h"

namespace penstock {
namespace {

std::optional<Seconds> seconds(const Integer& value) {
  return value ? std::optional(Seconds{*value}) : std::nullopt;
}

// Adds to `asked` what the names ask for.
Result<void> ask_for(const std::vector<std::string>& names, SystemAttributeSet& asked) {
  for (const std::string& name : names) {
    if (name == "All") {
      asked.set();
      continue;
    }
    const auto found = std::find(kSystemAttributeNames.begin(), kSystemAttributeNames.end(), name);
    if (found == kSystemAttributeNames.end()) return tl::unexpected(unknown_attribute(name));
    asked.set(static_cast<std::size_t>(found - kSystemAttributeNames.begin()));
  }
  return {};
}

// AWS shows 20 digits. Sequences are far below what would make it more.
std::string sequence_number(Sequence sequence) {
  constexpr std::uint64_t kFirst = 10'000'000'000'000'000'000U;
  return std::to_string(kFirst + sequence.value);
}

std::string digest_of_trace_header(const MessageContent& content) {
  AttributeDigest digest;
  digest.add(name_of(SystemAttribute::kAwsTraceHeader), "String", content.trace_header);
  return digest.text();
}

// The system attribute's value; empty: the message has none.
std::string value_of(SystemAttribute attribute, const Delivery& delivery, bool fifo) {
  using enum SystemAttribute;
  const MessageContent& content = *delivery.content;
  switch (attribute) {
    case kSenderId:
      return content.sender_id;
    case kSentTimestamp:
      return std::to_string(epoch_milliseconds(delivery.head.sent));
    case kApproximateReceiveCount:
      return std::to_string(delivery.receive_count);
    case kApproximateFirstReceiveTimestamp:
      return std::to_string(epoch_milliseconds(delivery.first_received));
    case kMessageGroupId:
      return content.group_id;
    case kMessageDeduplicationId:
      return content.deduplication_id;
    case kAwsTraceHeader:
      return content.trace_header;
    case kSequenceNumber:
      return fifo ? sequence_number(delivery.handle.sequence) : std::string();
    case kDeadLetterQueueSourceArn:
      return content.dead_letter.source_arn;
  }
  return {};
}

sqs::MessageResult result_of(const Call& call, const AskedOfMessages& asked, const Delivery& delivery,
                             bool fifo) {
  require(delivery.content != nullptr, "an answer that is rendered holds every content");
  const MessageContent& content = *delivery.content;
  sqs::MessageResult result;
  result.message_id = delivery.head.id.text();
  result.receipt_handle = delivery.handle.text();
  const bool enveloped = content.notification && !content.notification->raw;
  if (enveloped) {
    result.rendered = render_envelope(content, call.notification_base(), call.signing);
  } else {
    result.body_md5 = hex(content.body_md5);
    result.body = content.body;
  }
  for (std::size_t at = 0; asked.system_attributes.any() && at < kSystemAttributeNames.size(); ++at) {
    if (!asked.system_attributes.test(at)) continue;
    std::string value = value_of(static_cast<SystemAttribute>(at), delivery, fifo);
    if (!value.empty()) result.attributes.entries.emplace_back(kSystemAttributeNames[at], std::move(value));
  }
  // The attributes of a notification are inside of its envelope.
  if (enveloped) return result;
  AttributeDigest digest;  // over what is returned
  for (const MessageAttribute& attribute : content.attributes) {
    if (!asked.message_attributes.selects(attribute.name)) continue;
    digest.add(attribute.name, attribute.data_type, attribute.value);
    sqs::MessageAttributeResult shown;
    (is_binary_type(attribute.data_type) ? shown.binary_value.bytes : shown.string_value) = attribute.value;
    shown.data_type = attribute.data_type;
    result.message_attributes.entries.emplace_back(attribute.name, shown);
  }
  if (!digest.empty()) result.attributes_md5 = digest.text();
  return result;
}

constexpr std::string_view kNotForThisKind =
    "The request include parameter that is not valid for this queue type.";

}  // namespace

Result<void> check_kind(const MessageToSend& message, const Addressed& to, std::string_view reason) {
  if (!to.fifo()) {
    if (!message.deduplication_id) return {};
    return tl::unexpected(invalid_parameter(*message.deduplication_id, "MessageDeduplicationId", reason));
  }
  if (!message.group_id) return tl::unexpected(missing_parameter("MessageGroupId"));
  if (message.delay_seconds && *message.delay_seconds != 0) {
    return tl::unexpected(invalid_parameter(std::to_string(*message.delay_seconds), "DelaySeconds", reason));
  }
  return {};
}

Result<Send> send_of(MessageToSend&& message, const Addressed& to, AskedOfSend& asked) {
  if (Result<void> good = check_body(message.body); !good) return tl::unexpected(good.error());
  Result<std::vector<MessageAttribute>> attributes = message_attributes(std::move(message.attributes));
  if (!attributes) return tl::unexpected(attributes.error());
  Result<std::string> trace = trace_header(std::move(message.system_attributes));
  if (!trace) return tl::unexpected(trace.error());
  asked.digest_system_attributes = !trace->empty();

  auto content = std::make_shared<MessageContent>();
  content->body = std::move(message.body);
  if (to.digests != nullptr) {
    to.digests->owe(content);
  } else {
    content->body_md5 = md5(content->body);
  }
  content->attributes = std::move(*attributes);
  content->trace_header = trace->empty() ? std::string(to.caller.trace_header) : std::move(*trace);
  content->sender_id = to.caller.sender_id;
  content->group_id = std::move(message.group_id).value_or(std::string());

  Send send;
  send.size = message_size(*content);
  if (to.fifo()) {
    // The queue's delay governs. Without an id of the sender's own it is the digest of the body, if the
    // queue allows that.
    send.deduplicated_by_content = !message.deduplication_id;
    content->deduplication_id =
        message.deduplication_id ? std::move(*message.deduplication_id) : hex(sha256(content->body));
  } else {
    send.delay = seconds(message.delay_seconds);
  }
  send.content = std::move(content);
  return send;
}

Result<ReceiptHandle> parse_handle(const std::string& text) {
  const std::optional<ReceiptHandle> handle = ReceiptHandle::parse(text);
  if (!handle) return tl::unexpected(invalid_receipt_handle(text));
  return *handle;
}

Result<Operation> plan_operation(sqs::SendMessageRequest&& request, const Addressed& to, Asked& asked) {
  MessageToSend message{std::move(*request.message_body),
                        request.delay_seconds,
                        std::move(request.message_attributes),
                        std::move(request.message_system_attributes),
                        std::move(request.message_deduplication_id),
                        std::move(request.message_group_id)};
  if (Result<void> suits = check_kind(message, to, kNotForThisKind); !suits) {
    return tl::unexpected(suits.error());
  }
  AskedOfSend wanted;
  Result<Send> send = send_of(std::move(message), to, wanted);
  if (!send) return tl::unexpected(send.error());
  asked = wanted;
  return std::move(*send);
}

Result<Operation> plan_operation(sqs::ReceiveMessageRequest&& request, const Addressed&, Asked& asked) {
  AskedOfMessages wanted;
  if (Result<void> known = ask_for(request.attribute_names, wanted.system_attributes); !known) {
    return tl::unexpected(known.error());
  }
  if (Result<void> known = ask_for(request.system_attribute_names, wanted.system_attributes); !known) {
    return tl::unexpected(known.error());
  }
  wanted.message_attributes = AttributeSelection(std::move(request.message_attribute_names));
  asked = std::move(wanted);
  return Receive{.messages_max = static_cast<std::uint32_t>(request.messages_max.value_or(1)),
                 .visibility_timeout = seconds(request.visibility_timeout),
                 .wait = seconds(request.wait_time),
                 .attempt_id = std::move(request.attempt_id).value_or(std::string())};
}

Result<Operation> plan_operation(sqs::DeleteMessageRequest&& request, const Addressed&, Asked&) {
  const Result<ReceiptHandle> handle = parse_handle(*request.receipt_handle);
  if (!handle) return tl::unexpected(handle.error());
  return Delete{*handle};
}

Result<Operation> plan_operation(sqs::ChangeMessageVisibilityRequest&& request, const Addressed&, Asked&) {
  const Result<ReceiptHandle> handle = parse_handle(*request.receipt_handle);
  if (!handle) return tl::unexpected(handle.error());
  return ChangeVisibility{*handle, Seconds{*request.visibility_timeout}};
}

sqs::SendMessageResult result_of(const AskedOfSend& asked, const Sent& sent) {
  const MessageContent& content = *sent.content;
  sqs::SendMessageResult result;
  result.message_id = sent.id.text();
  result.body_md5 = hex(content.body_md5);
  AttributeDigest digest;
  for (const MessageAttribute& attribute : content.attributes) {
    digest.add(attribute.name, attribute.data_type, attribute.value);
  }
  if (!digest.empty()) result.attributes_md5 = digest.text();
  if (asked.digest_system_attributes) result.system_attributes_md5 = digest_of_trace_header(content);
  if (sent.sequence) result.sequence_number = sequence_number(*sent.sequence);
  return result;
}

sqs::ReceiveMessageResult result_of(const Call& call, const AskedOfMessages& asked, const Received& received) {
  sqs::ReceiveMessageResult result;
  result.messages.reserve(received.deliveries.size());
  for (const Delivery& delivery : received.deliveries) {
    result.messages.push_back(result_of(call, asked, delivery, received.fifo));
  }
  // Only now: nothing moves any more.
  std::vector<sqs::MessageResult*> enveloped;
  std::vector<std::string_view> bodies;
  for (sqs::MessageResult& message : result.messages) {
    if (message.rendered.empty()) continue;
    message.body = message.rendered;
    enveloped.push_back(&message);
    bodies.push_back(message.rendered);
  }
  std::vector<Md5> digests(bodies.size());
  md5_each(bodies, digests);
  for (std::size_t at = 0; at < enveloped.size(); ++at) enveloped[at]->body_md5 = hex(digests[at]);
  return result;
}

}  // namespace penstock
