// The actions around dead-letter queues: ListDeadLetterSourceQueues, and the message move tasks:
// StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.
//
// Move tasks name their queues by ARN, or by a task's handle, which holds one. A queue that cannot exist in
// the caller's account and region is refused here, as the core refuses one that does not.
#pragma once

#include "actions/call.h"
#include "actions/queues.h"

namespace penstock {

Result<Operation> plan_operation(sqs::ListDeadLetterSourceQueuesRequest&& request, const Addressed&,
                                 Asked& asked);

Result<Planned> plan(sqs::StartMessageMoveTaskRequest&& request, const Caller& caller);
Result<Planned> plan(sqs::ListMessageMoveTasksRequest&& request, const Caller& caller);
Result<Planned> plan(sqs::CancelMessageMoveTaskRequest&& request, const Caller& caller);

sqs::DeadLetterSourcesResult sources_of(const Call& call, const QueuesListed& listed);
sqs::MoveTaskStartedResult result_of(const MoveTaskStarted& started);
sqs::MoveTasksResult result_of(const MoveTasksListed& listed);
sqs::MoveTaskCancelledResult result_of(const MoveTaskCancelled& cancelled);

}  // namespace penstock
