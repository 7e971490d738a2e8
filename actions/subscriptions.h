// The actions on subscriptions: Subscribe, Unsubscribe, ConfirmSubscription, ListSubscriptions,
// ListSubscriptionsByTopic, GetSubscriptionAttributes, SetSubscriptionAttributes. As actions/topics.h says.
//
// Endpoints are queues (protocol sqs) and receivers by HTTP (http, https). What AWS has besides is checked by
// AWS's rules and then refused: it could not be delivered to.
#pragma once

#include <string_view>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_requests.h"
#include "protocol/sns_results.h"

namespace penstock {

// As a request names it: "sqs", "http", ...
std::string_view name_of(SubscriptionProtocol protocol);

Result<Planned> plan_topic(sns::SubscribeRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::UnsubscribeRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ConfirmSubscriptionRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListSubscriptionsRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListSubscriptionsByTopicRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetSubscriptionAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::SetSubscriptionAttributesRequest&& request, const Caller& caller, Call& call);

// The results may look into the answer.
sns::SubscriptionArnResult result_of(const Call& call, const SubscriptionMade& made);
sns::AttributesResult result_of(const Call& call, const SubscriptionDescribed& described);
sns::ListSubscriptionsResult result_of(const Call& call, const SubscriptionsListed& listed);

}  // namespace penstock
