// Dispatch of the services beside SQS, which speak AWS Query only: SNS, and of STS the one action that tools
// ask before they do anything else.
#pragma once

#include <string_view>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/mobile_push.h"
#include "actions/publishing.h"
#include "actions/queues.h"
#include "actions/sms.h"
#include "actions/subscriptions.h"
#include "actions/topics.h"
#include "protocol/query_form.h"

namespace penstock {

inline constexpr std::string_view kGetCallerIdentity = "GetCallerIdentity";

// By the version that the request names, else by its action; of an action that both have (AddPermission and
// RemovePermission) by whether it names a topic.
Service service_of(const QueryForm& form, std::string_view action);

// Plans by the row of that name.
Result<Planned> plan_sns(std::string_view action, const QueryForm& form, const Caller& caller, Call& call);

Result<sts::GetCallerIdentityResult> caller_identity(std::string_view action, const Caller& caller);

}  // namespace penstock
