// The refusals of the core that bring words of their own, as AWS puts them; each said in one place for
// every kind of queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "broker/permission_edit.h"
#include "broker/receipt_handle.h"

namespace penstock {

inline Error message_too_long(std::uint32_t bytes_max) {
  return {ErrorCode::kInvalidParameterValue,
          "One or more parameters are invalid. Reason: Message must be shorter than " +
              std::to_string(bytes_max) + " bytes."};
}

inline constexpr std::size_t kTagsMax = 50;

inline Error too_many_tags(const std::string& queue_name) {
  return {ErrorCode::kInvalidParameterValue, "Too many tags added for queue " + queue_name + "."};
}

inline Error other_value_of(const char* attribute) {
  return {ErrorCode::kQueueNameExists,
          std::string("A queue already exists with the same name and a different value for attribute ") +
              attribute};
}

inline Error purge_in_progress(const std::string& queue_name) {
  return {ErrorCode::kPurgeQueueInProgress,
          "Only one PurgeQueue operation on " + queue_name + " is allowed every 60 seconds."};
}

// FifoThroughputLimit perMessageGroupId, where the deduplication scope is the queue.
inline Error limit_needs_group_scope() {
  return {
      ErrorCode::kInvalidAttributeValue,
      "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup"};
}

inline Error redrive_policy_is_invalid(std::string_view policy, std::string_view reason) {
  std::string text = "Value ";
  text.append(policy).append(" for parameter RedrivePolicy is invalid. Reason: ").append(reason);
  return {ErrorCode::kInvalidParameterValue, std::move(text)};
}

inline Error no_resource(std::string_view parameter) {
  std::string text = "The resource that you specified for the ";
  text.append(parameter).append(" parameter doesn't exist.");
  return {ErrorCode::kResourceNotFound, std::move(text)};
}

inline Error source_is_no_dead_letter_queue() {
  return {ErrorCode::kInvalidParameterValue, "Source queue must be configured as a Dead Letter Queue."};
}

inline Error move_task_is_running() {
  return {ErrorCode::kInvalidParameterValue,
          "There is already a task running. Only one active task is allowed for a source queue arn at a given "
          "time."};
}

inline Error too_many_move_tasks() {
  return {ErrorCode::kRequestThrottled,
          "There are too many active message move tasks in this account. Try again when one has ended."};
}

inline Error no_such_move_task() { return {ErrorCode::kResourceNotFound, "Task does not exist."}; }

inline Error move_task_is_over() {
  return {ErrorCode::kInvalidParameterValue,
          "Value for parameter TaskHandle is invalid. Reason: Only a running task can be cancelled."};
}

inline Error permission_refused(PermissionRefusal&& refusal) {
  using Kind = PermissionRefusal::Kind;
  const ErrorCode code = refusal.kind == Kind::kMissingParameter ? ErrorCode::kMissingParameter
                         : refusal.kind == Kind::kOverLimit      ? ErrorCode::kOverLimit
                                                                 : ErrorCode::kInvalidParameterValue;
  return {code, std::move(refusal.text)};
}

// To a caller of another account.
inline Error no_queue_or_no_access() {
  return {ErrorCode::kQueueDoesNotExist,
          "The specified queue does not exist or you do not have access to it."};
}

inline Error no_deduplication_id() {
  return {ErrorCode::kInvalidParameterValue,
          "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
          "explicitly"};
}

inline Error too_many_in_flight() {
  return {ErrorCode::kOverLimit,
          "Too many messages have been received without being deleted. Please delete your received messages "
          "or let them timeout before receiving more."};
}

inline Error invalid_handle(const ReceiptHandle& handle) {
  return {ErrorCode::kReceiptHandleIsInvalid,
          "The input receipt handle \"" + handle.text() + "\" is not a valid receipt handle."};
}

inline Error handle_expired(const ReceiptHandle& handle) {
  return {ErrorCode::kInvalidParameterValue,
          "Value " + handle.text() +
              " for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."};
}

inline Error not_available_for_change(const ReceiptHandle& handle) {
  return {ErrorCode::kInvalidParameterValue,
          "Value " + handle.text() +
              " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available "
              "for visibility timeout change."};
}

inline Error hidden_too_long(Seconds timeout) {
  return {ErrorCode::kInvalidParameterValue,
          "Value " + std::to_string(timeout.count()) +
              " for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message "
              "is beyond the limit [43200 seconds]"};
}

}  // namespace penstock
