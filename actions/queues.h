// The actions on queues: CreateQueue, GetQueueUrl, ListQueues, GetQueueAttributes, SetQueueAttributes,
// DeleteQueue, PurgeQueue, TagQueue, UntagQueue, ListQueueTags.
//
// Each has a plan (from the decoded request to what the core is to do) and a result (from the core's answer
// to what the response holds). Two kinds of plan: an action that names its queue by QueueUrl gives an
// Operation, and a refusal of it surfaces only when the queue was found (actions/dispatch.cc sees to
// both); CreateQueue, GetQueueUrl and ListQueues find theirs themselves, and what they refuse is answered
// at once.
#pragma once

#include <string>
#include <string_view>

#include "actions/body_digests.h"
#include "actions/call.h"
#include "actions/caller.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"
#include "protocol/sqs_results.h"

namespace penstock {

// What the core is to do, and where.
struct Planned {
  World world;
  std::string queue_name;
  Result<Operation> operation;
};

// Who asks what of which queue.
struct Addressed {
  const Caller& caller;
  std::string_view queue_name;
  BodyDigests* digests = nullptr;  // where bodies may owe theirs; null: nowhere

  bool fifo() const { return queue_name.ends_with(".fifo"); }
};

Result<Planned> plan(sqs::CreateQueueRequest&& request, const Caller& caller);
Result<Planned> plan(sqs::GetQueueUrlRequest&& request, const Caller& caller);
Result<Planned> plan(sqs::ListQueuesRequest&& request, const Caller& caller);

Result<Operation> plan_operation(sqs::GetQueueAttributesRequest&& request, const Addressed&, Asked& asked);
Result<Operation> plan_operation(sqs::SetQueueAttributesRequest&& request, const Addressed& to, Asked&);
Result<Operation> plan_operation(sqs::DeleteQueueRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::PurgeQueueRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::TagQueueRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::UntagQueueRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::ListQueueTagsRequest&& request, const Addressed&, Asked&);

// The results may look into the answer.
sqs::QueueUrlResult result_of(const Call& call, const QueueFound& found);
sqs::ListQueuesResult result_of(const Call& call, const QueuesListed& listed);
sqs::QueueAttributesResult result_of(const AskedOfQueue& asked, const QueueDescribed& described);
sqs::QueueTagsResult result_of(const QueueTagged& tagged);

}  // namespace penstock
