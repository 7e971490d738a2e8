// The actions on SMS: attributes, telephones that opted out, and the sandbox, in which Penstock's accounts
// never are. As actions/topics.h says.
#pragma once

#include <string>
#include <string_view>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_mobile_requests.h"
#include "protocol/sns_mobile_results.h"

namespace penstock {

Result<Planned> plan_topic(sns::SetSmsAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetSmsAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::CheckIfPhoneNumberIsOptedOutRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::OptInPhoneNumberRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListPhoneNumbersOptedOutRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::CreateSmsSandboxPhoneNumberRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::VerifySmsSandboxPhoneNumberRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::DeleteSmsSandboxPhoneNumberRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::ListSmsSandboxPhoneNumbersRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::GetSmsSandboxAccountStatusRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::ListOriginationNumbersRequest&& request, const Caller& caller, Call& call);

sns::OptedOutResult result_of(const Call& call, const OptedOutTold& told);
// Those that were asked for, or all.
sns::SmsAttributesResult shown_sms_attributes(const Call& call, const MobileRecord& record);

}  // namespace penstock
