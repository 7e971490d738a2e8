// What of an SNS message its signature covers (Amazon SNS Developer Guide, "Verifying the signatures of
// Amazon SNS messages"): a line with the name and a line with the unescaped value for each of certain
// members, in byte order of the names. MessageAttributes, SequenceNumber and UnsubscribeURL are not covered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// Type "Notification".
struct NotificationMembers {
  std::string_view message;
  std::string_view message_id;
  std::optional<std::string_view> subject;
  std::string_view timestamp;  // as the message has it, "2026-11-22T12:00:00.000Z"
  std::string_view topic_arn;
};

enum class ConfirmationType { kSubscription, kUnsubscribe };

// "SubscriptionConfirmation" or "UnsubscribeConfirmation".
std::string_view type_of(ConfirmationType type);

struct ConfirmationMembers {
  ConfirmationType type{};
  std::string_view message;
  std::string_view message_id;
  std::string_view subscribe_url;
  std::string_view timestamp;
  std::string_view token;
  std::string_view topic_arn;
};

std::string string_to_sign(const NotificationMembers& members);
std::string string_to_sign(const ConfirmationMembers& members);

}  // namespace penstock
