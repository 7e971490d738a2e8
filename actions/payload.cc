#include "actions/payload.h"

#include <algorithm>

#include "actions/envelope.h"
#include "actions/mail.h"
#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace penstock {
namespace {

// Members that are JSON already.
void member_json(JsonWriter& writer, std::string& out, std::string_view name, std::string_view json) {
  writer.key(name);
  out += json;
}

std::string lambda_event(const MessageContent& content, const PayloadPlace& place,
                         NotificationSigning* signing) {
  const Notification& notification = *content.notification;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.key("Records");
  writer.begin_array();
  writer.begin_object();
  writer.member("EventSource", "aws:sns");
  writer.member("EventVersion", "1.0");
  writer.member("EventSubscriptionArn", place.subscription_arn);
  writer.key("Sns");
  writer.begin_object();
  writer.member("Type", "Notification");
  writer.member("MessageId", notification.id.text());
  writer.member("TopicArn", notification.topic_arn);
  writer.key("Subject");
  if (notification.subject.empty()) {
    writer.null();
  } else {
    writer.text(notification.subject);
  }
  writer.member("Message", content.body);
  writer.member("Timestamp", iso_time(notification.published));
  if (const auto signature = signature_of(content, place.url_base, signing)) {
    writer.member("SignatureVersion", "1");  // AWS says so whatever the topic's version is
    writer.member("Signature", signature->signature);
    writer.member("SigningCertUrl", signature->certificate_url);
  }
  writer.member("UnsubscribeUrl", unsubscribe_url(notification, place.url_base));
  member_json(writer, json, "MessageAttributes",
              attributes_json(content.attributes, AttributeTypes::kStringOrBinary));
  writer.end_object();
  writer.end_object();
  writer.end_array();
  writer.end_object();
  return json;
}

std::string firehose_record(const MessageContent& content, const PayloadPlace& place) {
  const Notification& notification = *content.notification;
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  writer.member("Type", "Notification");
  writer.member("MessageId", notification.id.text());
  writer.member("TopicArn", notification.topic_arn);
  if (!notification.subject.empty()) writer.member("Subject", notification.subject);
  writer.member("Message", content.body);
  writer.member("Timestamp", iso_time(notification.published));
  writer.member("UnsubscribeURL", unsubscribe_url(notification, place.url_base));
  if (!content.attributes.empty()) {
    member_json(writer, json, "MessageAttributes",
                attributes_json(content.attributes, AttributeTypes::kAsGiven));
  }
  writer.end_object();
  return json + "\n";
}

std::string standard_message(std::string_view text, std::string_view platform) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  const bool apple = platform.starts_with("APNS") || platform.starts_with("MACOS");
  writer.key(apple ? "aps" : "data");
  writer.begin_object();
  writer.member(apple ? "alert" : "default", text);
  writer.end_object();
  writer.end_object();
  return json;
}

}  // namespace

std::string_view platform_of_endpoint(std::string_view endpoint_arn) {
  constexpr std::string_view kMark = ":endpoint/";
  const std::size_t at = endpoint_arn.find(kMark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = endpoint_arn.substr(at + kMark.size());
  return rest.substr(0, rest.find('/'));
}

std::string platform_message(std::string_view published, bool structured, std::string_view platform) {
  if (!structured) return standard_message(published, platform);
  Result<JsonValue> parsed = JsonValue::parse(published);
  JsonObject* object = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (object == nullptr) return standard_message(published, platform);
  const auto text_of = [&](std::string_view key) {
    JsonValue* value = find_member(*object, key);
    return value == nullptr ? nullptr : std::get_if<std::string>(&value->value);
  };
  if (const std::string* own = text_of(platform)) return *own;
  for (const std::string_view key : {"application", "default"}) {
    if (const std::string* text = text_of(key)) return standard_message(*text, platform);
  }
  return standard_message(published, platform);
}

std::string render_payload(const MessageContent& content, const PayloadPlace& place,
                           NotificationSigning* signing) {
  using enum SubscriptionProtocol;
  const Notification& notification = *content.notification;
  if (is_email(place.protocol)) {
    return mail_text(content, place.protocol == kEmailJson, place.url_base, signing).body;
  }
  if (notification.kind != Notification::Kind::kNotification) {
    return render_envelope(content, place.url_base, signing);
  }
  if (notification.raw) return content.body;
  switch (place.protocol) {
    case kLambda:
      return lambda_event(content, place, signing);
    case kFirehose:
      return firehose_record(content, place);
    case kSms:
      return content.body;
    case kApplication:
      return platform_message(content.body, notification.form == static_cast<std::uint8_t>(kApplication),
                              platform_of_endpoint(place.endpoint));
    default:
      return render_envelope(content, place.url_base, signing);
  }
}

}  // namespace penstock
