// The attributes of topics and subscriptions: from texts to the core's terms, or AWS's refusal of the first
// that is wrong. What is wrong is told by the same detail behind two prefixes: "Invalid parameter: " where one
// attribute is set, "Invalid parameter: Attributes Reason: " where several come with what is created.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "broker/topic_command.h"
#include "protocol/field.h"

namespace penstock {

enum class AttributeUse : std::uint8_t { kCreate, kSet };

Result<SuppliedTopicAttributes> supplied_topic_attributes(bool fifo_topic,
                                                          const MapOf<std::string>& attributes,
                                                          AttributeUse use);

Result<SuppliedSubscriptionAttributes> supplied_subscription_attributes(const MapOf<std::string>& attributes,
                                                                        AttributeUse use);

// What is in force for HTTP deliveries of a topic with that DeliveryPolicy (empty: none), as JSON.
std::string effective_topic_delivery_policy(const std::string& policy);
// Likewise of one of its subscriptions, with that DeliveryPolicy of its own (empty: none).
std::string effective_subscription_delivery_policy(const std::string& of_topic,
                                                   const std::string& of_subscription);
// A subscription's own DeliveryPolicy, with all five of its members.
std::string expanded_delivery_policy(const std::string& policy);

}  // namespace penstock
