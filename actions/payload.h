// Payload: what the endpoint of a subscription is handed of a message, in the form of its protocol (Amazon
// SNS Developer Guide: "Fanout to Lambda functions", "Amazon SNS message formatting for Firehose", "Sending
// push notifications with Amazon SNS as direct messages", "Publishing to a mobile phone").
//
//   sqs, http, https, email-json   the envelope (actions/envelope.h), or the message alone if raw
//   email                          the text of the mail (actions/mail.h)
//   lambda                         an event with one record
//   firehose                       the envelope without its signature, on one line; or the message if raw
//   sms                            the message
//   application                    the message of the endpoint's platform, or a standard one around the text
//
// A confirmation is the envelope wherever it is no mail.
#pragma once

#include <string>
#include <string_view>

#include "actions/notification_signing.h"
#include "broker/message.h"
#include "broker/topic.h"

namespace penstock {

struct PayloadPlace {
  SubscriptionProtocol protocol{};
  std::string_view endpoint;
  std::string_view subscription_arn;
  std::string_view url_base;  // scheme and authority
};

// The content must have a notification.
std::string render_payload(const MessageContent& content, const PayloadPlace& place,
                           NotificationSigning* signing);

// The message of that platform ("GCM", "APNS", ...) in what was published: whole JSON with a message for
// each, or a text, which becomes the platform's standard message.
std::string platform_message(std::string_view published, bool structured, std::string_view platform);

// "arn:aws:sns:{region}:{account}:endpoint/{platform}/{application}/{id}": the platform.
std::string_view platform_of_endpoint(std::string_view endpoint_arn);

}  // namespace penstock
