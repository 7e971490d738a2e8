#include "server/webhook_request.h"

#include <algorithm>

#include "actions/envelope.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=UTF-8";

// A policy of the topic is for all its subscriptions: what only raw messages may be called does not hold for
// an envelope, which is JSON.
std::string_view content_type(const OutgoingDestination& to, const Notification& notification) {
  if (notification.kind != Notification::Kind::kNotification) return kPlainText;
  const std::string_view type = to.policy.content_type;
  const bool plain = std::all_of(type.begin(), type.end(), [](char c) { return c >= ' ' && c <= '~'; });
  const bool fits =
      notification.raw || type.starts_with("text/plain") || type.starts_with("application/json");
  return plain && fits ? type : kPlainText;
}

}  // namespace

std::string_view type_name(Notification::Kind kind) {
  switch (kind) {
    case Notification::Kind::kNotification:
      return "Notification";
    case Notification::Kind::kSubscriptionConfirmation:
      return "SubscriptionConfirmation";
    case Notification::Kind::kUnsubscribeConfirmation:
      return "UnsubscribeConfirmation";
  }
  return {};
}

WebhookRequest WebhookRequest::of(const OutgoingDelivery& outgoing, const WebUrl& url,
                                  std::string_view url_base, NotificationSigning* signing) {
  const MessageContent& content = *outgoing.delivery.content;
  const Notification& notification = *content.notification;
  const bool control = notification.kind != Notification::Kind::kNotification;
  WebhookRequest request;
  request.body = notification.raw && !control ? content.body : render_envelope(content, url_base, signing);
  request.head =
      joined({"POST ", url.target, " HTTP/1.1\r\nx-amz-sns-message-type: ", type_name(notification.kind),
              "\r\nx-amz-sns-message-id: ", notification.id.text(),
              "\r\nx-amz-sns-topic-arn: ", outgoing.to->topic_arn, "\r\n"});
  if (notification.kind != Notification::Kind::kSubscriptionConfirmation) {
    request.head += joined({"x-amz-sns-subscription-arn: ", outgoing.to->subscription_arn, "\r\n"});
  }
  if (notification.raw && !control) request.head += "x-amz-sns-rawdelivery: true\r\n";
  request.head +=
      joined({"Content-Length: ", std::to_string(request.body.size()),
              "\r\nContent-Type: ", content_type(*outgoing.to, notification), "\r\nHost: ", url.authority,
              "\r\nConnection: close\r\nUser-Agent: Amazon Simple Notification Service Agent\r\n"
              "Accept-Encoding: gzip,deflate\r\n"});
  return request;
}

}  // namespace penstock
