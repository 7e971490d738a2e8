// The results of the SQS API: for each action that answers with a document, its members with their names
// on the wire. The other half of protocol/sqs_requests.h, visited by the writers of both protocols
// (protocol/result_writer.h).
//
// A member's type is its type on the wire: text (std::string, or a view of what the answer holds), a whole
// number, Bytes (base64), a list, a map, a structure. What is empty or absent is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "protocol/field.h"
#include "protocol/sqs_requests.h"

namespace penstock {

// Bytes of the answer, shown as base64.
struct Bytes {
  std::string_view bytes;
};

template <class Value>
struct ResultMap {
  std::vector<std::pair<std::string_view, Value>> entries;

  bool empty() const { return entries.empty(); }
};

namespace sqs {

struct QueueUrlResult {
  std::string queue_url;

  static constexpr auto fields() { return std::tuple{Field("QueueUrl", &QueueUrlResult::queue_url)}; }
};

struct ListQueuesResult {
  std::vector<std::string> queue_urls;
  std::string next_token;

  static constexpr auto fields() {
    using Self = ListQueuesResult;
    return std::tuple{
        Field("QueueUrls", &Self::queue_urls).in_query("QueueUrl"),
        Field("NextToken", &Self::next_token),
    };
  }
};

// The one result that AWS JSON spells in lower case.
struct DeadLetterSourcesResult {
  std::vector<std::string> queue_urls;
  std::string next_token;

  static constexpr auto fields() {
    using Self = DeadLetterSourcesResult;
    return std::tuple{
        Field("queueUrls", &Self::queue_urls).in_query("QueueUrl"),
        Field("NextToken", &Self::next_token),
    };
  }
};

struct MoveTaskStartedResult {
  std::string task_handle;

  static constexpr auto fields() {
    return std::tuple{Field("TaskHandle", &MoveTaskStartedResult::task_handle)};
  }
};

struct MoveTaskResult {
  std::string task_handle;
  std::string_view status;
  std::string source_arn;
  std::string destination_arn;
  std::optional<std::int64_t> messages_per_second_max;
  std::int64_t moved = 0;
  std::int64_t to_move = 0;
  std::string failure_reason;
  std::int64_t started = 0;  // milliseconds since 1970

  static constexpr auto fields() {
    using Self = MoveTaskResult;
    return std::tuple{
        Field("TaskHandle", &Self::task_handle),
        Field("Status", &Self::status),
        Field("SourceArn", &Self::source_arn),
        Field("DestinationArn", &Self::destination_arn),
        Field("MaxNumberOfMessagesPerSecond", &Self::messages_per_second_max),
        Field("ApproximateNumberOfMessagesMoved", &Self::moved),
        Field("ApproximateNumberOfMessagesToMove", &Self::to_move),
        Field("FailureReason", &Self::failure_reason),
        Field("StartedTimestamp", &Self::started),
    };
  }
};

struct MoveTasksResult {
  std::vector<MoveTaskResult> results;

  static constexpr auto fields() {
    return std::tuple{
        Field("Results", &MoveTasksResult::results).in_query("ListMessageMoveTasksResultEntry")};
  }
};

struct MoveTaskCancelledResult {
  std::int64_t moved = 0;

  static constexpr auto fields() {
    return std::tuple{Field("ApproximateNumberOfMessagesMoved", &MoveTaskCancelledResult::moved)};
  }
};

struct QueueAttributesResult {
  ResultMap<std::string> attributes;

  static constexpr auto fields() {
    return std::tuple{
        Field("Attributes", &QueueAttributesResult::attributes).in_query("Attribute", kNameValue)};
  }
};

struct QueueTagsResult {
  ResultMap<std::string_view> tags;

  static constexpr auto fields() {
    return std::tuple{Field("Tags", &QueueTagsResult::tags).in_query("Tag", kKeyValue)};
  }
};

struct SendMessageResult {
  std::string message_id;
  std::string body_md5;
  std::string attributes_md5;
  std::string system_attributes_md5;
  std::string sequence_number;

  static constexpr auto fields() {
    using Self = SendMessageResult;
    return std::tuple{
        Field("MessageId", &Self::message_id),
        Field("MD5OfMessageBody", &Self::body_md5),
        Field("MD5OfMessageAttributes", &Self::attributes_md5),
        Field("MD5OfMessageSystemAttributes", &Self::system_attributes_md5),
        Field("SequenceNumber", &Self::sequence_number),
    };
  }
};

struct BatchFailure {
  std::string_view id;
  std::string_view code;
  std::string_view message;
  bool sender_fault = true;

  static constexpr auto fields() {
    using Self = BatchFailure;
    return std::tuple{
        Field("Id", &Self::id),
        Field("Code", &Self::code),
        Field("Message", &Self::message),
        Field("SenderFault", &Self::sender_fault),
    };
  }
};

struct SendMessageSuccess {
  std::string_view id;
  SendMessageResult sent;

  static constexpr auto fields() {
    using Self = SendMessageSuccess;
    return std::tuple{Field("Id", &Self::id), Field("", &Self::sent)};
  }
};

struct SendMessageBatchResult {
  std::vector<SendMessageSuccess> successful;
  std::vector<BatchFailure> failed;

  static constexpr auto fields() {
    using Self = SendMessageBatchResult;
    return std::tuple{
        Field("Successful", &Self::successful).in_query("SendMessageBatchResultEntry"),
        Field("Failed", &Self::failed).in_query("BatchResultErrorEntry"),
    };
  }
};

struct PlainSuccess {
  std::string_view id;

  static constexpr auto fields() { return std::tuple{Field("Id", &PlainSuccess::id)}; }
};

struct DeleteMessageBatchResult {
  std::vector<PlainSuccess> successful;
  std::vector<BatchFailure> failed;

  static constexpr auto fields() {
    using Self = DeleteMessageBatchResult;
    return std::tuple{
        Field("Successful", &Self::successful).in_query("DeleteMessageBatchResultEntry"),
        Field("Failed", &Self::failed).in_query("BatchResultErrorEntry"),
    };
  }
};

struct ChangeMessageVisibilityBatchResult {
  std::vector<PlainSuccess> successful;
  std::vector<BatchFailure> failed;

  static constexpr auto fields() {
    using Self = ChangeMessageVisibilityBatchResult;
    return std::tuple{
        Field("Successful", &Self::successful).in_query("ChangeMessageVisibilityBatchResultEntry"),
        Field("Failed", &Self::failed).in_query("BatchResultErrorEntry"),
    };
  }
};

struct MessageAttributeResult {
  std::string_view string_value;
  Bytes binary_value;
  std::string_view data_type;

  static constexpr auto fields() {
    using Self = MessageAttributeResult;
    return std::tuple{
        Field("StringValue", &Self::string_value),
        Field("BinaryValue", &Self::binary_value),
        Field("DataType", &Self::data_type),
    };
  }
};

struct MessageResult {
  std::string message_id;
  std::string receipt_handle;
  std::string body_md5;
  std::string_view body;
  ResultMap<std::string> attributes;
  std::string attributes_md5;
  ResultMap<MessageAttributeResult> message_attributes;
  std::string rendered;  // not a member on the wire: what `body` looks at, if it is not in the answer

  static constexpr auto fields() {
    using Self = MessageResult;
    return std::tuple{
        Field("MessageId", &Self::message_id),
        Field("ReceiptHandle", &Self::receipt_handle),
        Field("MD5OfBody", &Self::body_md5),
        Field("Body", &Self::body),
        Field("Attributes", &Self::attributes).in_query("Attribute", kNameValue),
        Field("MD5OfMessageAttributes", &Self::attributes_md5),
        Field("MessageAttributes", &Self::message_attributes).in_query("MessageAttribute", kNameValue),
    };
  }
};

struct ReceiveMessageResult {
  std::vector<MessageResult> messages;

  static constexpr auto fields() {
    return std::tuple{Field("Messages", &ReceiveMessageResult::messages).in_query("Message")};
  }
};

}  // namespace sqs
}  // namespace penstock
