// What a request says of the attributes of a topic or of a subscription, held against those that stand.
//
// An attribute that a request did not supply says nothing: it keeps its value, or has its default in
// something new. So creating or subscribing again compares what was supplied, of which the default may be
// said, and no more. What is wrong is said as AWS's detail; where it stands ("Attributes Reason: ") is the
// caller's.
#pragma once

#include <optional>
#include <string>

#include "broker/topic_command.h"
#include "broker/topic_directory.h"

namespace penstock {

// As they are once what was supplied is in force.
TopicAttributes with(TopicAttributes attributes, const SuppliedTopicAttributes& supplied);
SubscriptionAttributes with(SubscriptionAttributes attributes,
                            const SuppliedSubscriptionAttributes& supplied);

// Whether what was supplied is what stands, or its default.
bool agrees(const TopicAttributes& stands, const SuppliedTopicAttributes& supplied);
bool agrees(const SubscriptionAttributes& stands, const SuppliedSubscriptionAttributes& supplied);

// What is wrong with a Policy that was supplied; nothing if all is well.
std::optional<std::string> policy_fault(const SuppliedTopicAttributes& supplied);

// What is wrong with the attributes that a subscription is to have, together; nothing if all is well.
std::optional<std::string> fault_of(const Topic& topic, SubscriptionProtocol protocol,
                                    const std::string& endpoint, const SubscriptionAttributes& attributes);

}  // namespace penstock
