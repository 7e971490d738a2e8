// The actions on platform applications of mobile push and their endpoints. As actions/topics.h says: what is
// wrong with an ARN is answered at once, so is whatever can be seen without knowing what there is.
//
// Nothing is ever sent to a platform, so credentials are of no use: a digest of them is kept, to tell whether
// an application is created again with the same ones.
#pragma once

#include <variant>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_mobile_requests.h"
#include "protocol/sns_mobile_results.h"

namespace penstock {

Result<Planned> plan_topic(sns::CreatePlatformApplicationRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::DeletePlatformApplicationRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetPlatformApplicationAttributesRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::SetPlatformApplicationAttributesRequest&& request, const Caller& caller,
                           Call& call);
Result<Planned> plan_topic(sns::ListPlatformApplicationsRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::CreatePlatformEndpointRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::DeleteEndpointRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetEndpointAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::SetEndpointAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListEndpointsByPlatformApplicationRequest&& request, const Caller& caller,
                           Call& call);

// Publish to an endpoint: its name within its account and region.
struct MobilePlace {
  World world;
  std::string name;
};
Result<MobilePlace> endpoint_of_arn(const Text& arn, std::string_view field, const Caller& caller);

// What a fact or a list of them becomes depends on what was asked.
using MobileResult =
    std::variant<sns::ApplicationArnResult, sns::EndpointArnResult, sns::AttributesResult,
                 sns::SmsAttributesResult, sns::SandboxStatusResult, sns::ApplicationsResult,
                 sns::EndpointsResult, sns::OptedOutNumbersResult, sns::SandboxNumbersResult>;
MobileResult result_of(const Call& call, const MobileFound& found);
MobileResult result_of(const Call& call, const MobilesListed& listed);

// Of lists: where they go on.
std::string token_behind(const std::string& name);
// Nothing: it is none.
std::optional<std::string> name_of_token(const Text& token);

Planned planned_mobile(const World& world, std::string resource, std::string name, MobileRequest&& request);

}  // namespace penstock
