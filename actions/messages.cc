#include "actions/messages.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "actions/message_content.h"
#include "actions/supplied_attributes.h"
#include "base/base64.h"
#include "base/require.h"
#include "protocol/attribute_digest.h"
#include "protocol/errors.h"
#include "protocol/json_writer.h"

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

Result<ReceiptHandle> parse_handle(const std::string& text) {
  const std::optional<ReceiptHandle> handle = ReceiptHandle::parse(text);
  if (!handle) return tl::unexpected(invalid_receipt_handle(text));
  return *handle;
}

std::string digest_of_trace_header(const MessageContent& content) {
  AttributeDigest digest;
  digest.add(name_of(SystemAttribute::kAwsTraceHeader), "String", content.trace_header);
  return digest.text();
}

// The system attribute's value; empty: the message has none.
std::string value_of(SystemAttribute attribute, const Delivery& delivery) {
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
    case kDeadLetterQueueSourceArn:
      return {};
  }
  return {};
}

void write_system_attributes(const SystemAttributeSet& asked, const Delivery& delivery, JsonWriter& writer) {
  bool begun = false;
  for (std::size_t at = 0; at < kSystemAttributeNames.size(); ++at) {
    if (!asked.test(at)) continue;
    const std::string value = value_of(static_cast<SystemAttribute>(at), delivery);
    if (value.empty()) continue;
    if (!std::exchange(begun, true)) {
      writer.key("Attributes");
      writer.begin_object();
    }
    writer.member(kSystemAttributeNames[at], value);
  }
  if (begun) writer.end_object();
}

void write_message_attributes(const AttributeSelection& selection, const MessageContent& content,
                              JsonWriter& writer) {
  AttributeDigest digest;  // over what is returned
  for (const MessageAttribute& attribute : content.attributes) {
    if (!selection.selects(attribute.name)) continue;
    if (digest.empty()) {
      writer.key("MessageAttributes");
      writer.begin_object();
    }
    digest.add(attribute.name, attribute.data_type, attribute.value);
    writer.key(attribute.name);
    writer.begin_object();
    if (is_binary_type(attribute.data_type)) {
      writer.member("BinaryValue", base64_encode(attribute.value));
    } else {
      writer.member("StringValue", attribute.value);
    }
    writer.member("DataType", attribute.data_type);
    writer.end_object();
  }
  if (digest.empty()) return;
  writer.end_object();
  writer.member("MD5OfMessageAttributes", digest.text());
}

}  // namespace

Result<Operation> plan_operation(sqs::SendMessageRequest&& request, const Caller& caller, Asked& asked) {
  if (Result<void> good = check_body(*request.message_body); !good) return tl::unexpected(good.error());
  Result<std::vector<MessageAttribute>> attributes =
      message_attributes(std::move(request.message_attributes));
  if (!attributes) return tl::unexpected(attributes.error());
  Result<std::string> trace = trace_header(std::move(request.message_system_attributes));
  if (!trace) return tl::unexpected(trace.error());
  if (request.message_deduplication_id) {
    return tl::unexpected(
        invalid_parameter(*request.message_deduplication_id, "MessageDeduplicationId",
                          "The request include parameter that is not valid for this queue type."));
  }
  asked = AskedOfSend{.digest_system_attributes = !trace->empty()};

  auto content = std::make_shared<MessageContent>();
  content->body = std::move(*request.message_body);
  content->body_md5 = md5(content->body);
  content->attributes = std::move(*attributes);
  content->trace_header = trace->empty() ? std::string(caller.trace_header) : std::move(*trace);
  content->sender_id = caller.sender_id;
  content->group_id = std::move(request.message_group_id).value_or(std::string());
  const std::uint32_t size = message_size(*content);
  return Send{std::move(content), size, seconds(request.delay_seconds)};
}

Result<Operation> plan_operation(sqs::ReceiveMessageRequest&& request, const Caller&, Asked& asked) {
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
                 .wait = seconds(request.wait_time)};
}

Result<Operation> plan_operation(sqs::DeleteMessageRequest&& request, const Caller&, Asked&) {
  const Result<ReceiptHandle> handle = parse_handle(*request.receipt_handle);
  if (!handle) return tl::unexpected(handle.error());
  return Delete{*handle};
}

Result<Operation> plan_operation(sqs::ChangeMessageVisibilityRequest&& request, const Caller&, Asked&) {
  const Result<ReceiptHandle> handle = parse_handle(*request.receipt_handle);
  if (!handle) return tl::unexpected(handle.error());
  return ChangeVisibility{*handle, Seconds{*request.visibility_timeout}};
}

std::string render_sent(const AskedOfSend& asked, const Sent& sent) {
  const MessageContent& content = *sent.content;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.member("MessageId", sent.id.text());
  writer.member("MD5OfMessageBody", hex(content.body_md5));
  AttributeDigest digest;
  for (const MessageAttribute& attribute : content.attributes) {
    digest.add(attribute.name, attribute.data_type, attribute.value);
  }
  if (!digest.empty()) writer.member("MD5OfMessageAttributes", digest.text());
  if (asked.digest_system_attributes) {
    writer.member("MD5OfMessageSystemAttributes", digest_of_trace_header(content));
  }
  writer.end_object();
  return body;
}

std::string render_received(const AskedOfMessages& asked, const Received& received) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  if (!received.deliveries.empty()) {
    writer.key("Messages");
    writer.begin_array();
    for (const Delivery& delivery : received.deliveries) {
      require(delivery.content != nullptr, "an answer that is rendered holds every content");
      const MessageContent& content = *delivery.content;
      writer.begin_object();
      writer.member("MessageId", delivery.head.id.text());
      writer.member("ReceiptHandle", delivery.handle.text());
      writer.member("MD5OfBody", hex(content.body_md5));
      writer.member("Body", content.body);
      write_system_attributes(asked.system_attributes, delivery, writer);
      write_message_attributes(asked.message_attributes, content, writer);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return body;
}

}  // namespace penstock
