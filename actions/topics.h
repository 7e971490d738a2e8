// The actions on topics: CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes,
// TagResource, UntagResource, ListTagsForResource, AddPermission, RemovePermission, and the data protection
// policy, which is kept and returned and means nothing more.
//
// Each has a plan, which names the topic, and a result. What is wrong with an ARN is answered at once; a
// refusal of other parameters surfaces when the topic was found.
#pragma once

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_requests.h"
#include "protocol/sns_results.h"

namespace penstock {

Result<Planned> plan_topic(sns::CreateTopicRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::DeleteTopicRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListTopicsRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetTopicAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::SetTopicAttributesRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::TagResourceRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::UntagResourceRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::ListTagsForResourceRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::AddPermissionRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::RemovePermissionRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::PutDataProtectionPolicyRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::GetDataProtectionPolicyRequest&& request, const Caller& caller, Call& call);

// The results may look into the answer.
sns::TopicArnResult result_of(const Call& call, const TopicFound& found);
sns::ListTopicsResult result_of(const Call& call, const TopicsListed& listed);
sns::AttributesResult result_of(const Call& call, const TopicDescribed& described);
sns::ListTagsResult result_of(const Call& call, const TopicTagged& tagged);
sns::DataProtectionPolicyResult result_of(const Call& call, const DataProtectionFound& found);

}  // namespace penstock
