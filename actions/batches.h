// The batches of messages: SendMessageBatch, DeleteMessageBatch, ChangeMessageVisibilityBatch. Plan and
// result as in actions/queues.h.
//
// What is wrong with the envelope (no entries, too many, their ids, the size of all) refuses the batch, in
// AWS's order; what is wrong with one entry refuses that one, and the others go on. To a FIFO queue what is
// wrong with the group or deduplication id of any entry refuses all of them.
#pragma once

#include "actions/call.h"
#include "actions/queues.h"
#include "broker/command.h"
#include "protocol/sqs_requests.h"
#include "protocol/sqs_results.h"

namespace penstock {

Result<Operation> plan_operation(sqs::SendMessageBatchRequest&& request, const Addressed& to, Asked& asked);
Result<Operation> plan_operation(sqs::DeleteMessageBatchRequest&& request, const Addressed&, Asked& asked);
Result<Operation> plan_operation(sqs::ChangeMessageVisibilityBatchRequest&& request, const Addressed&,
                                 Asked& asked);

// The results look into the answer and into what was asked.
sqs::SendMessageBatchResult result_of(const AskedOfSends& asked, const SentBatch& batch);
sqs::DeleteMessageBatchResult result_of(const AskedOfDeletes& asked, const DoneBatch& batch);
sqs::ChangeMessageVisibilityBatchResult result_of(const AskedOfChanges& asked, const DoneBatch& batch);

}  // namespace penstock
