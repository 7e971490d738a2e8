#include "actions/peeking.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "actions/envelope.h"
#include "base/base64.h"
#include "base/digest.h"
#include "protocol/attribute_digest.h"
#include "protocol/json_document.h"
#include "protocol/json_writer.h"
#include "protocol/query_document.h"
#include "protocol/queue_attribute_table.h"
#include "protocol/sqs_results.h"

namespace penstock {
namespace {

// A message with the body as it is shown.
struct Shown {
  const PeekedMessage& message;
  std::string rendered;  // the envelope, if the body is one
  bool enveloped = false;

  std::string_view body() const { return enveloped ? std::string_view(rendered) : message.content->body; }
};

Shown shown(const PeekedMessage& message, const PeekLook& look) {
  const auto& notification = message.content->notification;
  if (!notification || notification->raw || look.unwrapped) return {message, {}, false};
  return {message, render_envelope(*message.content, look.url_base, nullptr), true};
}

std::string text_of(const MessageAttribute& attribute) {
  return is_binary_type(attribute.data_type) ? base64_encode(attribute.value) : attribute.value;
}

bool wanted(const Shown& one, const PeekLook& look) {
  if (!look.text.empty() && one.body().find(look.text) == std::string_view::npos) return false;
  if (look.attribute.empty()) return true;
  const auto& attributes = one.message.content->attributes;
  return std::any_of(attributes.begin(), attributes.end(), [&](const MessageAttribute& attribute) {
    return attribute.name == look.attribute && (!look.value || text_of(attribute) == *look.value);
  });
}

std::string milliseconds_text(Time time) { return std::to_string(epoch_milliseconds(time)); }

// Those that it has, in AWS's words.
std::vector<std::pair<std::string_view, std::string>> system_attributes(const PeekedMessage& message) {
  using enum SystemAttribute;
  const MessageContent& content = *message.content;
  std::vector<std::pair<std::string_view, std::string>> attributes{
      {name_of(kSenderId), content.sender_id},
      {name_of(kSentTimestamp), milliseconds_text(message.head.sent)},
      {name_of(kApproximateReceiveCount), std::to_string(message.receive_count)}};
  const auto add = [&](SystemAttribute attribute, std::string value) {
    if (!value.empty()) attributes.emplace_back(name_of(attribute), std::move(value));
  };
  if (message.first_received) {
    add(kApproximateFirstReceiveTimestamp, milliseconds_text(*message.first_received));
  }
  add(kMessageGroupId, content.group_id);
  add(kMessageDeduplicationId, content.deduplication_id);
  if (message.sequence) add(kSequenceNumber, publication_number(message.sequence->value));
  add(kAwsTraceHeader, content.trace_header);
  add(kDeadLetterQueueSourceArn, content.dead_letter.source_arn);
  return attributes;
}

std::string_view text_of(MessageState state) {
  switch (state) {
    case MessageState::kVisible:
      return "visible";
    case MessageState::kInFlight:
      return "in-flight";
    case MessageState::kDelayed:
      return "delayed";
  }
  return {};
}

void write_attribute_value(const MessageAttribute& attribute, JsonWriter& writer) {
  writer.begin_object();
  writer.member(is_binary_type(attribute.data_type) ? "BinaryValue" : "StringValue", text_of(attribute));
  writer.member("DataType", attribute.data_type);
  writer.end_object();
}

std::string digest_of(const Shown& one) {
  return hex(one.enveloped ? md5(one.rendered) : one.message.content->body_md5);
}

void write_notification(const Notification& notification, JsonWriter& writer) {
  writer.begin_object();
  writer.member("TopicArn", notification.topic_arn);
  writer.member("MessageId", notification.id.text());
  writer.member("Timestamp", iso_time(notification.published));
  if (!notification.subject.empty()) writer.member("Subject", notification.subject);
  writer.end_object();
}

std::string own_json(const std::vector<Shown>& all, const Peeked& peeked) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("Messages");
  writer.begin_array();
  for (const Shown& one : all) {
    const PeekedMessage& message = one.message;
    writer.begin_object();
    writer.member("MessageId", message.head.id.text());
    writer.member("State", text_of(message.state));
    writer.member("VisibleAt", milliseconds_text(message.visible_at));
    writer.member("Body", one.body());
    writer.member("MD5OfBody", digest_of(one));
    writer.key("Attributes");
    writer.begin_object();
    for (const auto& [name, value] : system_attributes(message)) writer.member(name, value);
    writer.end_object();
    if (!one.enveloped && !message.content->attributes.empty()) {
      writer.key("MessageAttributes");
      writer.begin_object();
      for (const MessageAttribute& attribute : message.content->attributes) {
        writer.key(attribute.name);
        write_attribute_value(attribute, writer);
      }
      writer.end_object();
    }
    if (message.content->notification) {
      writer.key("Notification");
      write_notification(*message.content->notification, writer);
    }
    writer.end_object();
  }
  writer.end_array();
  if (peeked.next) writer.member("NextToken", peeked.next->text(peeked.queue.id));
  writer.end_object();
  return text;
}

void write_name_value(std::string_view name, std::string_view value, JsonWriter& writer) {
  writer.begin_object();
  writer.member("Name", name);
  writer.member("Value", value);
  writer.end_object();
}

std::string localstack_json(const std::vector<Shown>& all, std::string_view request_id) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.key("ReceiveMessageResponse");
  writer.begin_object();
  writer.key("ReceiveMessageResult");
  writer.begin_object();
  writer.key("Message");
  writer.begin_array();
  for (const Shown& one : all) {
    writer.begin_object();
    writer.member("MessageId", one.message.head.id.text());
    writer.member("MD5OfBody", digest_of(one));
    writer.member("Body", one.body());
    writer.key("Attribute");
    writer.begin_array();
    for (const auto& [name, value] : system_attributes(one.message)) write_name_value(name, value, writer);
    writer.end_array();
    if (!one.enveloped && !one.message.content->attributes.empty()) {
      writer.key("MessageAttribute");
      writer.begin_array();
      for (const MessageAttribute& attribute : one.message.content->attributes) {
        writer.begin_object();
        writer.member("Name", attribute.name);
        writer.key("Value");
        write_attribute_value(attribute, writer);
        writer.end_object();
      }
      writer.end_array();
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  writer.key("ResponseMetadata");
  writer.begin_object();
  writer.member("RequestId", request_id);
  writer.end_object();
  writer.end_object();
  writer.end_object();
  return text;
}

sqs::ReceiveMessageResult as_received(const std::vector<Shown>& all) {
  sqs::ReceiveMessageResult result;
  for (const Shown& one : all) {
    sqs::MessageResult& message = result.messages.emplace_back();
    message.message_id = one.message.head.id.text();
    message.body_md5 = digest_of(one);
    message.body = one.body();
    for (auto& [name, value] : system_attributes(one.message)) {
      message.attributes.entries.emplace_back(name, std::move(value));
    }
    if (one.enveloped) continue;
    AttributeDigest digest;
    for (const MessageAttribute& attribute : one.message.content->attributes) {
      digest.add(attribute.name, attribute.data_type, attribute.value);
      sqs::MessageAttributeResult value;
      (is_binary_type(attribute.data_type) ? value.binary_value.bytes : value.string_value) = attribute.value;
      value.data_type = attribute.data_type;
      message.message_attributes.entries.emplace_back(attribute.name, value);
    }
    if (!digest.empty()) message.attributes_md5 = digest.text();
  }
  return result;
}

ApiResponse json_of_type(std::string_view type, std::string body) {
  ApiResponse response;
  response.content_type = type;
  response.body = std::move(body);
  return response;
}

ApiResponse in_form(const std::vector<Shown>& all, const Peeked& peeked, PeekForm form,
                    std::string_view request_id) {
  switch (form) {
    case PeekForm::kOwn:
      return json_of_type("application/json", own_json(all, peeked));
    case PeekForm::kJsonLikeXml:
      return json_of_type("application/json", localstack_json(all, request_id));
    case PeekForm::kJson:
      return json_response(request_id, json_of(as_received(all)));
    case PeekForm::kXml:
      break;
  }
  return query_response(QueryAnswer::kXml, "ReceiveMessage", request_id, as_received(all));
}

}  // namespace

ApiResponse render_peek(const Peeked& peeked, const PeekLook& look, PeekForm form,
                        std::string_view request_id) {
  std::vector<Shown> all;
  all.reserve(peeked.messages.size());
  for (const PeekedMessage& message : peeked.messages) {
    Shown one = shown(message, look);
    if (wanted(one, look)) all.push_back(std::move(one));
  }
  ApiResponse response = in_form(all, peeked, form, request_id);
  if (peeked.next) {
    response.headers.emplace_back("X-Penstock-Next-Token", peeked.next->text(peeked.queue.id));
  }
  return response;
}

}  // namespace penstock
