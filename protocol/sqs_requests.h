// The requests of the SQS API, version 2012-11-05: for each of its 23 actions the members of its input
// with their names on the wire, types, ranges and rules (Amazon SQS API reference). protocol/sqs_table.h
// lists the actions themselves.
//
// The order of the fields is the order in which AWS complains of them.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "protocol/field.h"

namespace penstock {

namespace sqs {

inline constexpr MapSpelling kNameValue{"Name", "Value"};
inline constexpr MapSpelling kKeyValue{"Key", "Value"};

// ---- the structures within requests

struct MessageAttributeValue {
  Text data_type;
  Text string_value;
  std::optional<Blob> binary_value;
  std::vector<std::string> string_list_values;
  std::vector<Blob> binary_list_values;

  static constexpr auto fields() {
    using Self = MessageAttributeValue;
    return std::tuple{
        Field("DataType", &Self::data_type).required(),
        Field("StringValue", &Self::string_value),
        Field("BinaryValue", &Self::binary_value),
        Field("StringListValues", &Self::string_list_values).in_query("StringListValue").not_offered(),
        Field("BinaryListValues", &Self::binary_list_values).in_query("BinaryListValue").not_offered(),
    };
  }
};

using MessageAttributeMap = MapOf<MessageAttributeValue>;

struct SendMessageBatchEntry {
  Text id;
  Text message_body;
  Integer delay_seconds;
  MessageAttributeMap message_attributes;
  MessageAttributeMap message_system_attributes;
  Text message_deduplication_id;
  Text message_group_id;

  static constexpr auto fields() {
    using Self = SendMessageBatchEntry;
    return std::tuple{
        Field("Id", &Self::id).required(),
        Field("MessageBody", &Self::message_body).required(),
        Field("DelaySeconds", &Self::delay_seconds).within(0, 900, "DelaySeconds must be >= 0 and <= 900."),
        Field("MessageAttributes", &Self::message_attributes).in_query("MessageAttribute", kNameValue),
        Field("MessageSystemAttributes", &Self::message_system_attributes)
            .in_query("MessageSystemAttribute", kNameValue),
        Field("MessageDeduplicationId", &Self::message_deduplication_id).of_form(Form::kIdentifier),
        Field("MessageGroupId", &Self::message_group_id).of_form(Form::kIdentifier),
    };
  }
};

struct DeleteMessageBatchEntry {
  Text id;
  Text receipt_handle;

  static constexpr auto fields() {
    using Self = DeleteMessageBatchEntry;
    return std::tuple{
        Field("Id", &Self::id).required(),
        Field("ReceiptHandle", &Self::receipt_handle).required(),
    };
  }
};

struct ChangeMessageVisibilityBatchEntry {
  Text id;
  Text receipt_handle;
  Integer visibility_timeout;

  static constexpr auto fields() {
    using Self = ChangeMessageVisibilityBatchEntry;
    return std::tuple{
        Field("Id", &Self::id).required(),
        Field("ReceiptHandle", &Self::receipt_handle).required(),
        Field("VisibilityTimeout", &Self::visibility_timeout)
            .within(0, 43200, "VisibilityTimeout must be an integer between 0 and 43200."),
    };
  }
};

// ---- queues

struct CreateQueueRequest {
  Text queue_name;
  MapOf<LooseText> attributes;
  MapOf<std::string> tags;

  static constexpr auto fields() {
    using Self = CreateQueueRequest;
    return std::tuple{
        Field("QueueName", &Self::queue_name)
            .of_form(Form::kQueueName)
            .required(ErrorCode::kInvalidParameterValue,
                      "Value for parameter QueueName is invalid. Reason: Must specify a queue name."),
        Field("Attributes", &Self::attributes).in_query("Attribute", kNameValue),
        Field("tags", &Self::tags).in_query("Tag", kKeyValue),
    };
  }
};

struct GetQueueUrlRequest {
  Text queue_name;
  Text queue_owner;

  static constexpr auto fields() {
    using Self = GetQueueUrlRequest;
    return std::tuple{
        // One that could be no queue's name is merely not found.
        Field("QueueName", &Self::queue_name)
            .required(ErrorCode::kInvalidParameterValue,
                      "Value for parameter QueueName is invalid. Reason: Must specify a queue name."),
        Field("QueueOwnerAWSAccountId", &Self::queue_owner),
    };
  }
};

struct ListQueuesRequest {
  Text prefix;
  Integer results_max;
  Text next_token;

  static constexpr auto fields() {
    using Self = ListQueuesRequest;
    return std::tuple{
        Field("QueueNamePrefix", &Self::prefix),
        Field("MaxResults", &Self::results_max)
            .within_silently(1, 1000, "MaxResults must be an integer between 1 and 1000."),
        Field("NextToken", &Self::next_token),
    };
  }
};

struct DeleteQueueRequest {
  Text queue_url;

  static constexpr auto fields() {
    return std::tuple{Field("QueueUrl", &DeleteQueueRequest::queue_url).queue()};
  }
};

struct PurgeQueueRequest {
  Text queue_url;

  static constexpr auto fields() {
    return std::tuple{Field("QueueUrl", &PurgeQueueRequest::queue_url).queue()};
  }
};

struct GetQueueAttributesRequest {
  Text queue_url;
  std::vector<std::string> attribute_names;

  static constexpr auto fields() {
    using Self = GetQueueAttributesRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("AttributeNames", &Self::attribute_names).in_query("AttributeName"),
    };
  }
};

struct SetQueueAttributesRequest {
  Text queue_url;
  MapOf<LooseText> attributes;

  static constexpr auto fields() {
    using Self = SetQueueAttributesRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Attributes", &Self::attributes)
            .in_query("Attribute", kNameValue)
            .required(ErrorCode::kMissingParameter, "The request must contain the parameter Attribute.Name."),
    };
  }
};

struct ListDeadLetterSourceQueuesRequest {
  Text queue_url;
  Integer results_max;
  Text next_token;

  static constexpr auto fields() {
    using Self = ListDeadLetterSourceQueuesRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("MaxResults", &Self::results_max)
            .within_silently(1, 1000, "MaxResults must be an integer between 1 and 1000."),
        Field("NextToken", &Self::next_token),
    };
  }
};

struct TagQueueRequest {
  Text queue_url;
  MapOf<std::string> tags;

  static constexpr auto fields() {
    using Self = TagQueueRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Tags", &Self::tags).in_query("Tag", kKeyValue).required(),
    };
  }
};

struct UntagQueueRequest {
  Text queue_url;
  std::vector<std::string> tag_keys;

  static constexpr auto fields() {
    using Self = UntagQueueRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("TagKeys", &Self::tag_keys)
            .in_query("TagKey")
            .required(ErrorCode::kInvalidParameterValue,
                      "Tag keys must be between 1 and 128 characters in length."),
    };
  }
};

struct ListQueueTagsRequest {
  Text queue_url;

  static constexpr auto fields() {
    return std::tuple{Field("QueueUrl", &ListQueueTagsRequest::queue_url).queue()};
  }
};

struct AddPermissionRequest {
  Text queue_url;
  Text label;
  std::vector<std::string> account_ids;
  std::vector<std::string> actions;

  static constexpr auto fields() {
    using Self = AddPermissionRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Label", &Self::label).required(),
        Field("AWSAccountIds", &Self::account_ids)
            .in_query("AWSAccountId")
            .required(ErrorCode::kMissingParameter, "The request must contain the parameter PrincipalId."),
        Field("Actions", &Self::actions)
            .in_query("ActionName")
            .required(ErrorCode::kMissingParameter, "The request must contain the parameter ActionName."),
    };
  }
};

struct RemovePermissionRequest {
  Text queue_url;
  Text label;

  static constexpr auto fields() {
    using Self = RemovePermissionRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Label", &Self::label).required(),
    };
  }
};

// ---- messages

struct SendMessageRequest {
  Text queue_url;
  Text message_body;
  Integer delay_seconds;
  MessageAttributeMap message_attributes;
  MessageAttributeMap message_system_attributes;
  Text message_deduplication_id;
  Text message_group_id;

  static constexpr auto fields() {
    using Self = SendMessageRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("MessageBody", &Self::message_body).required(),
        Field("DelaySeconds", &Self::delay_seconds).within(0, 900, "DelaySeconds must be >= 0 and <= 900."),
        Field("MessageAttributes", &Self::message_attributes).in_query("MessageAttribute", kNameValue),
        Field("MessageSystemAttributes", &Self::message_system_attributes)
            .in_query("MessageSystemAttribute", kNameValue),
        Field("MessageDeduplicationId", &Self::message_deduplication_id).of_form(Form::kIdentifier),
        Field("MessageGroupId", &Self::message_group_id).of_form(Form::kIdentifier),
    };
  }
};

struct SendMessageBatchRequest {
  Text queue_url;
  std::vector<SendMessageBatchEntry> entries;

  static constexpr auto fields() {
    using Self = SendMessageBatchRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Entries", &Self::entries).in_query("SendMessageBatchRequestEntry"),
    };
  }
};

struct ReceiveMessageRequest {
  Text queue_url;
  Integer messages_max;
  Integer visibility_timeout;
  Integer wait_time;
  std::vector<std::string> attribute_names;  // deprecated: means the same as the next
  std::vector<std::string> system_attribute_names;
  std::vector<std::string> message_attribute_names;
  Text attempt_id;

  static constexpr auto fields() {
    using Self = ReceiveMessageRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("MaxNumberOfMessages", &Self::messages_max)
            .within(1, 10, "Must be between 1 and 10, if provided."),
        Field("VisibilityTimeout", &Self::visibility_timeout)
            .within(0, 43200, "Must be >= 0 and <= 43200, if provided."),
        Field("WaitTimeSeconds", &Self::wait_time).within(0, 20, "Must be >= 0 and <= 20, if provided."),
        Field("AttributeNames", &Self::attribute_names).in_query("AttributeName"),
        Field("MessageSystemAttributeNames", &Self::system_attribute_names)
            .in_query("MessageSystemAttributeName"),
        Field("MessageAttributeNames", &Self::message_attribute_names).in_query("MessageAttributeName"),
        // Without a meaning on standard queues.
        Field("ReceiveRequestAttemptId", &Self::attempt_id).of_form(Form::kIdentifier).accepted(),
    };
  }
};

struct DeleteMessageRequest {
  Text queue_url;
  Text receipt_handle;

  static constexpr auto fields() {
    using Self = DeleteMessageRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("ReceiptHandle", &Self::receipt_handle).required(),
    };
  }
};

struct DeleteMessageBatchRequest {
  Text queue_url;
  std::vector<DeleteMessageBatchEntry> entries;

  static constexpr auto fields() {
    using Self = DeleteMessageBatchRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Entries", &Self::entries).in_query("DeleteMessageBatchRequestEntry"),
    };
  }
};

struct ChangeMessageVisibilityRequest {
  Text queue_url;
  Text receipt_handle;
  Integer visibility_timeout;

  static constexpr auto fields() {
    using Self = ChangeMessageVisibilityRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("ReceiptHandle", &Self::receipt_handle).required(),
        Field("VisibilityTimeout", &Self::visibility_timeout)
            .required()
            .within(0, 43200, "Must be between 0 and 43200."),
    };
  }
};

struct ChangeMessageVisibilityBatchRequest {
  Text queue_url;
  std::vector<ChangeMessageVisibilityBatchEntry> entries;

  static constexpr auto fields() {
    using Self = ChangeMessageVisibilityBatchRequest;
    return std::tuple{
        Field("QueueUrl", &Self::queue_url).queue(),
        Field("Entries", &Self::entries).in_query("ChangeMessageVisibilityBatchRequestEntry"),
    };
  }
};

// ---- move tasks

struct StartMessageMoveTaskRequest {
  Text source_arn;
  Text destination_arn;
  Integer messages_per_second_max;

  static constexpr auto fields() {
    using Self = StartMessageMoveTaskRequest;
    return std::tuple{
        Field("SourceArn", &Self::source_arn).required(),
        Field("DestinationArn", &Self::destination_arn),
        Field("MaxNumberOfMessagesPerSecond", &Self::messages_per_second_max)
            .within_silently(1, 500, "You must enter a number that's between 1 and 500."),
    };
  }
};

struct CancelMessageMoveTaskRequest {
  Text task_handle;

  static constexpr auto fields() {
    return std::tuple{Field("TaskHandle", &CancelMessageMoveTaskRequest::task_handle).required()};
  }
};

struct ListMessageMoveTasksRequest {
  Text source_arn;
  Integer results_max;

  static constexpr auto fields() {
    using Self = ListMessageMoveTasksRequest;
    return std::tuple{
        Field("SourceArn", &Self::source_arn).required(),
        Field("MaxResults", &Self::results_max)
            .within_silently(1, 10, "You must enter a number that's between 1 and 10."),
    };
  }
};

}  // namespace sqs

// A request about one queue that its QueueUrl names.
template <class Request>
concept AboutQueue = HasFields<Request> && requires(Request request) {
  request.queue_url;
};

}  // namespace penstock
