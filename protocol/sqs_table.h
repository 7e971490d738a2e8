// The table of the SQS API: one row for each of its 23 actions.
//
// A row says what the action is called, which request it takes (its fields: protocol/sqs_requests.h),
// whether its answer has a body, where it stands in this build, and which errors of its own it can give.
// Dispatch, decoding, checks, generated documentation and conformance cases read these rows; there is no
// second list. To offer an action: write its plan and render in actions/, then change its row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "protocol/errors.h"
#include "protocol/sqs_requests.h"

namespace penstock {

// Whether a successful answer carries a document: void actions answer with nothing at all.
enum class Body : std::uint8_t { kNone, kDocument };

template <class RequestType>
struct Action {
  using Request = RequestType;

  std::string_view name;
  Standing standing{};
  Body body{};
  ErrorSet errors;  // beyond kSqsCommonErrors
};

// Errors that any action can give.
inline constexpr ErrorSet kSqsCommonErrors{
    ErrorCode::kInvalidAction,    ErrorCode::kMalformedInput,        ErrorCode::kAccessDenied,
    ErrorCode::kInvalidAddress,   ErrorCode::kInvalidSecurity,       ErrorCode::kRequestThrottled,
    ErrorCode::kInternalFailure,  ErrorCode::kServiceUnavailable,    ErrorCode::kUnsupportedOperation,
    ErrorCode::kMissingParameter, ErrorCode::kInvalidParameterValue,
};

namespace sqs {

using enum Standing;
using enum ErrorCode;

inline constexpr ErrorSet kQueueErrors{kQueueDoesNotExist};
inline constexpr ErrorSet kBatchErrors{kQueueDoesNotExist, kEmptyBatchRequest, kTooManyEntriesInBatchRequest,
                                       kBatchEntryIdsNotDistinct, kInvalidBatchEntryId};

// Ascending by name.
inline constexpr std::tuple kActions{
    Action<AddPermissionRequest>{"AddPermission", kOffered, Body::kNone, {kQueueDoesNotExist, kOverLimit}},
    Action<CancelMessageMoveTaskRequest>{
        "CancelMessageMoveTask", kOffered, Body::kDocument, {kResourceNotFound}},
    Action<ChangeMessageVisibilityRequest>{
        "ChangeMessageVisibility",
        kOffered,
        Body::kNone,
        {kQueueDoesNotExist, kReceiptHandleIsInvalid, kMessageNotInflight}},
    Action<ChangeMessageVisibilityBatchRequest>{"ChangeMessageVisibilityBatch", kOffered, Body::kDocument,
                                                kBatchErrors},
    Action<CreateQueueRequest>{
        "CreateQueue",
        kOffered,
        Body::kDocument,
        {kQueueNameExists, kQueueDeletedRecently, kInvalidAttributeName, kInvalidAttributeValue, kOverLimit}},
    Action<DeleteMessageRequest>{
        "DeleteMessage", kOffered, Body::kNone, {kQueueDoesNotExist, kReceiptHandleIsInvalid}},
    Action<DeleteMessageBatchRequest>{"DeleteMessageBatch", kOffered, Body::kDocument, kBatchErrors},
    Action<DeleteQueueRequest>{"DeleteQueue", kOffered, Body::kNone, kQueueErrors},
    Action<GetQueueAttributesRequest>{
        "GetQueueAttributes", kOffered, Body::kDocument, {kQueueDoesNotExist, kInvalidAttributeName}},
    Action<GetQueueUrlRequest>{"GetQueueUrl", kOffered, Body::kDocument, kQueueErrors},
    Action<ListDeadLetterSourceQueuesRequest>{"ListDeadLetterSourceQueues", kOffered, Body::kDocument,
                                              kQueueErrors},
    Action<ListMessageMoveTasksRequest>{
        "ListMessageMoveTasks", kOffered, Body::kDocument, {kResourceNotFound}},
    Action<ListQueueTagsRequest>{"ListQueueTags", kOffered, Body::kDocument, kQueueErrors},
    Action<ListQueuesRequest>{"ListQueues", kOffered, Body::kDocument, {}},
    Action<PurgeQueueRequest>{
        "PurgeQueue", kOffered, Body::kNone, {kQueueDoesNotExist, kPurgeQueueInProgress}},
    Action<ReceiveMessageRequest>{
        "ReceiveMessage", kOffered, Body::kDocument, {kQueueDoesNotExist, kInvalidAttributeName, kOverLimit}},
    Action<RemovePermissionRequest>{"RemovePermission", kOffered, Body::kNone, kQueueErrors},
    Action<SendMessageRequest>{
        "SendMessage", kOffered, Body::kDocument, {kQueueDoesNotExist, kInvalidMessageContents}},
    Action<SendMessageBatchRequest>{"SendMessageBatch",
                                    kOffered,
                                    Body::kDocument,
                                    {kQueueDoesNotExist, kEmptyBatchRequest, kTooManyEntriesInBatchRequest,
                                     kBatchEntryIdsNotDistinct, kInvalidBatchEntryId, kBatchRequestTooLong}},
    Action<SetQueueAttributesRequest>{
        "SetQueueAttributes",
        kOffered,
        Body::kNone,
        {kQueueDoesNotExist, kInvalidAttributeName, kInvalidAttributeValue, kOverLimit}},
    Action<StartMessageMoveTaskRequest>{
        "StartMessageMoveTask", kOffered, Body::kDocument, {kResourceNotFound}},
    Action<TagQueueRequest>{"TagQueue", kOffered, Body::kNone, kQueueErrors},
    Action<UntagQueueRequest>{"UntagQueue", kOffered, Body::kNone, kQueueErrors},
};

}  // namespace sqs

// Visits every row in order: visit(constant), where decltype(constant)::value is the row, so that what it
// says is known at compile time.
template <class Visit>
constexpr void each_sqs_action(Visit&& visit) {
  [&]<std::size_t... At>(std::index_sequence<At...>) {
    (visit(std::integral_constant<std::size_t, At>{}), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(sqs::kActions)>>{});
}

}  // namespace penstock
