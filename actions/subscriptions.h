// The actions on subscriptions: Subscribe, Unsubscribe, ConfirmSubscription, ListSubscriptions,
// ListSubscriptionsByTopic, GetSubscriptionAttributes, SetSubscriptionAttributes. As actions/topics.h says.
//
// Endpoints of every protocol that AWS has are checked by AWS's rules as far as they can be alone. Those that are
// resources (queues, functions, streams, endpoints of mobile push) are confirmed at once if they are of the
// caller's account; receivers by HTTP and mail are asked.
#pragma once

#include <string_view>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_requests.h"
#include "protocol/sns_results.h"

namespace penstock {

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
