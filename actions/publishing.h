// Publish and PublishBatch (Amazon SNS API reference). As actions/topics.h says.
//
// What filter policies look at is laid out here, on the thread that has the request; the core only asks them.
// What is wrong with one entry of a batch refuses all of it, as AWS does.
#pragma once

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/queues.h"
#include "protocol/sns_requests.h"
#include "protocol/sns_results.h"

namespace penstock {

Result<Planned> plan_topic(sns::PublishRequest&& request, const Caller& caller, Call& call);
Result<Planned> plan_topic(sns::PublishBatchRequest&& request, const Caller& caller, Call& call);

sns::PublishResult result_of(const Call& call, const Published& published);
sns::PublishBatchResult result_of(const Call& call, const PublishedBatch& batch);

}  // namespace penstock
