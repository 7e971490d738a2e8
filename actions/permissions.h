// The actions on a queue's permissions: AddPermission and RemovePermission. Plan as in actions/queues.h; what
// they do to the policy is broker/permission_edit.h.
#pragma once

#include "actions/call.h"
#include "actions/queues.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"

namespace penstock {

Result<Operation> plan_operation(sqs::AddPermissionRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::RemovePermissionRequest&& request, const Addressed&, Asked&);

}  // namespace penstock
