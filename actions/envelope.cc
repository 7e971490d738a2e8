#include "actions/envelope.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include "auth/signed_notification.h"
#include "base/base64.h"
#include "protocol/attribute_digest.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace penstock {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  JsonWriter(out).text(text);
  return out;
}

class Envelope {
 public:
  void add(std::string_view name, std::string_view text) { add_json(name, quoted(text)); }
  void add_json(std::string_view name, std::string_view json) {
    out_ += out_.empty() ? "{\n  " : ",\n  ";
    out_ += quoted(name);
    out_ += " : ";
    out_ += json;
  }
  std::string text() && { return std::move(out_) + "\n}"; }

 private:
  std::string out_;
};

std::string value_json(const MessageAttribute& attribute, std::string_view type) {
  const bool binary = is_binary_type(attribute.data_type);
  return joined({"{\"Type\":", quoted(type), ",\"Value\":",
                 quoted(binary ? base64_encode(attribute.value) : attribute.value), "}"});
}

std::string json_of(const std::vector<MessageAttribute>& attributes) {
  std::string json = "{";
  for (const MessageAttribute& attribute : attributes) {
    json += json.size() == 1 ? "\n    " : ",\n    ";
    json += quoted(attribute.name) + " : " + value_json(attribute, attribute.data_type);
  }
  return json + "\n  }";
}

std::string render_confirmation(const MessageContent& content, std::string_view url_base,
                                NotificationSigning* signing) {
  const Notification& notification = *content.notification;
  const std::string id = notification.id.text();
  const std::string published = iso_time(notification.published);
  const std::string visit = subscribe_url(notification, url_base);
  const ConfirmationType type = notification.kind == Notification::Kind::kUnsubscribeConfirmation
                                    ? ConfirmationType::kUnsubscribe
                                    : ConfirmationType::kSubscription;
  Envelope envelope;
  envelope.add("Type", type_of(type));
  envelope.add("MessageId", id);
  envelope.add("Token", notification.token);
  envelope.add("TopicArn", notification.topic_arn);
  envelope.add("Message", content.body);
  envelope.add("SubscribeURL", visit);
  envelope.add("Timestamp", published);
  if (notification.signature_version != 0 && signing != nullptr) {
    const auto made = signing->sign(
        notification, string_to_sign(ConfirmationMembers{type, content.body, id, visit, published,
                                                         notification.token, notification.topic_arn}));
    envelope.add("SignatureVersion", std::to_string(notification.signature_version));
    envelope.add("Signature", made.signature);
    envelope.add("SigningCertURL", joined({url_base, "/", made.certificate_file}));
  }
  return std::move(envelope).text();
}

}  // namespace

std::string iso_time(Time time) {
  const std::int64_t milliseconds = epoch_milliseconds(time);
  const std::chrono::sys_time<Milliseconds> moment{Milliseconds{milliseconds}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const auto of_day = (moment - day).count();
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(of_day / 3'600'000), static_cast<int>(of_day / 60'000 % 60),
                static_cast<int>(of_day / 1000 % 60), static_cast<int>(of_day % 1000));
  return text;
}

std::string render_envelope(const MessageContent& content, std::string_view url_base,
                            NotificationSigning* signing) {
  const Notification& notification = *content.notification;
  if (notification.kind != Notification::Kind::kNotification) {
    return render_confirmation(content, url_base, signing);
  }
  const std::string id = notification.id.text();
  const std::string published = iso_time(notification.published);
  Envelope envelope;
  envelope.add("Type", "Notification");
  envelope.add("MessageId", id);
  if (notification.sequence_number != 0) {
    envelope.add("SequenceNumber", publication_number(notification.sequence_number));
  }
  envelope.add("TopicArn", notification.topic_arn);
  if (!notification.subject.empty()) envelope.add("Subject", notification.subject);
  envelope.add("Message", content.body);
  envelope.add("Timestamp", published);
  if (const auto signature = signature_of(content, url_base, signing)) {
    envelope.add("SignatureVersion", signature->version);
    envelope.add("Signature", signature->signature);
    envelope.add("SigningCertURL", signature->certificate_url);
  }
  envelope.add("UnsubscribeURL", unsubscribe_url(notification, url_base));
  if (!content.attributes.empty()) envelope.add_json("MessageAttributes", json_of(content.attributes));
  return std::move(envelope).text();
}

std::string subscribe_url(const Notification& notification, std::string_view url_base) {
  return joined({url_base, "/?Action=ConfirmSubscription&TopicArn=", notification.topic_arn,
                 "&Token=", notification.token});
}

std::string unsubscribe_url(const Notification& notification, std::string_view url_base) {
  return joined({url_base, "/?Action=Unsubscribe&SubscriptionArn=", notification.topic_arn, ":",
                 notification.subscription.text()});
}

std::optional<EnvelopeSignature> signature_of(const MessageContent& content, std::string_view url_base,
                                              NotificationSigning* signing) {
  const Notification& notification = *content.notification;
  if (notification.signature_version == 0 || signing == nullptr) return std::nullopt;
  const std::string id = notification.id.text();
  const std::string published = iso_time(notification.published);
  NotificationMembers members{content.body, id, std::nullopt, published, notification.topic_arn};
  if (!notification.subject.empty()) members.subject = notification.subject;
  auto made = signing->sign(notification, string_to_sign(members));
  return EnvelopeSignature{std::to_string(notification.signature_version), std::move(made.signature),
                           joined({url_base, "/", made.certificate_file})};
}

std::string attributes_json(const std::vector<MessageAttribute>& attributes, AttributeTypes types) {
  std::string json = "{";
  for (const MessageAttribute& attribute : attributes) {
    if (json.size() > 1) json += ',';
    const bool as_given = types == AttributeTypes::kAsGiven || is_binary_type(attribute.data_type);
    json += quoted(attribute.name) + ":" + value_json(attribute, as_given ? attribute.data_type : "String");
  }
  return json + "}";
}

std::string publication_number(std::uint64_t sequence) {
  constexpr std::uint64_t kFirst = 10'000'000'000'000'000'000U;
  return std::to_string(kFirst + sequence);
}

}  // namespace penstock
