// The actions on messages: SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility. Plan and
// render as in actions/queues.h.
#pragma once

#include <string>

#include "actions/call.h"
#include "actions/caller.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"

namespace penstock {

Result<Operation> plan_operation(sqs::SendMessageRequest&& request, const Caller& caller, Asked& asked);
Result<Operation> plan_operation(sqs::ReceiveMessageRequest&& request, const Caller& caller, Asked& asked);
Result<Operation> plan_operation(sqs::DeleteMessageRequest&& request, const Caller& caller, Asked& asked);
Result<Operation> plan_operation(sqs::ChangeMessageVisibilityRequest&& request, const Caller& caller,
                                 Asked& asked);

std::string render_sent(const AskedOfSend& asked, const Sent& sent);
// Every content in it is present.
std::string render_received(const AskedOfMessages& asked, const Received& received);

}  // namespace penstock
