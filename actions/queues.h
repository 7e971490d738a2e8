// The actions on queues: CreateQueue, GetQueueUrl, GetQueueAttributes, DeleteQueue, PurgeQueue.
//
// Each has a plan (from the decoded request to what the core is to do) and a render (from the core's
// answer to the body of the response). Two kinds of plan: an action that names its queue by QueueUrl gives
// an Operation, and a refusal of it surfaces only when the queue was found (actions/dispatch.cc sees to
// both); CreateQueue and GetQueueUrl find their queue themselves, and what they refuse is answered at
// once.
#pragma once

#include <string>

#include "actions/call.h"
#include "actions/caller.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"

namespace penstock {

// What the core is to do, and where.
struct Planned {
  World world;
  std::string queue_name;
  Result<Operation> operation;
};

Result<Planned> plan(sqs::CreateQueueRequest&& request, const Caller& caller);
Result<Planned> plan(sqs::GetQueueUrlRequest&& request, const Caller& caller);

Result<Operation> plan_operation(sqs::GetQueueAttributesRequest&& request, const Caller& caller,
                                 Asked& asked);
Result<Operation> plan_operation(sqs::DeleteQueueRequest&& request, const Caller& caller, Asked& asked);
Result<Operation> plan_operation(sqs::PurgeQueueRequest&& request, const Caller& caller, Asked& asked);

std::string render_queue_url(const Call& call, const QueueFound& found);
std::string render_queue_attributes(const AskedOfQueue& asked, const QueueDescribed& described);

}  // namespace penstock
