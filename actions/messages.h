// The actions on messages: SendMessage, ReceiveMessage, DeleteMessage, ChangeMessageVisibility. Plan and
// result as in actions/queues.h; the batches of them are in actions/batches.h.
#pragma once

#include "actions/call.h"
#include "actions/queues.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"
#include "protocol/sqs_results.h"

namespace penstock {

Result<Operation> plan_operation(sqs::SendMessageRequest&& request, const Addressed& to, Asked& asked);
Result<Operation> plan_operation(sqs::ReceiveMessageRequest&& request, const Addressed&, Asked& asked);
Result<Operation> plan_operation(sqs::DeleteMessageRequest&& request, const Addressed&, Asked&);
Result<Operation> plan_operation(sqs::ChangeMessageVisibilityRequest&& request, const Addressed&, Asked&);

// What one message to be sent says, in a request of its own or as an entry of a batch.
struct MessageToSend {
  std::string body;
  std::optional<std::int64_t> delay_seconds;
  sqs::MessageAttributeMap attributes;
  sqs::MessageAttributeMap system_attributes;
  Text deduplication_id;
  Text group_id;
};

// Whether ids and delay suit the kind of queue. `reason` is what is said of a parameter that does not.
Result<void> check_kind(const MessageToSend& message, const Addressed& to, std::string_view reason);
// Everything but check_kind.
Result<Send> send_of(MessageToSend&& message, const Addressed& to, AskedOfSend& asked);

Result<ReceiptHandle> parse_handle(const std::string& text);

// The results look into the answer. Every content in it is present.
sqs::SendMessageResult result_of(const AskedOfSend& asked, const Sent& sent);
sqs::ReceiveMessageResult result_of(const Call& call, const AskedOfMessages& asked, const Received& received);

}  // namespace penstock
