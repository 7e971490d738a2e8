#include "auth/signed_notification.h"

#include <cstddef>
#include <initializer_list>
#include <utility>

namespace penstock {
namespace {

std::string lines(
    std::initializer_list<std::pair<std::string_view, std::optional<std::string_view>>> members) {
  std::size_t size = 0;
  for (const auto& [name, value] : members) size += value ? name.size() + value->size() + 2 : 0;
  std::string text;
  text.reserve(size);
  for (const auto& [name, value] : members) {
    if (!value) continue;
    text += name;
    text += '\n';
    text += *value;
    text += '\n';
  }
  return text;
}

}  // namespace

std::string_view type_of(ConfirmationType type) {
  return type == ConfirmationType::kSubscription ? "SubscriptionConfirmation" : "UnsubscribeConfirmation";
}

std::string string_to_sign(const NotificationMembers& members) {
  return lines({{"Message", members.message},
                {"MessageId", members.message_id},
                {"Subject", members.subject},
                {"Timestamp", members.timestamp},
                {"TopicArn", members.topic_arn},
                {"Type", "Notification"}});
}

std::string string_to_sign(const ConfirmationMembers& members) {
  return lines({{"Message", members.message},
                {"MessageId", members.message_id},
                {"SubscribeURL", members.subscribe_url},
                {"Timestamp", members.timestamp},
                {"Token", members.token},
                {"TopicArn", members.topic_arn},
                {"Type", type_of(members.type)}});
}

}  // namespace penstock
