// The requests of the SNS API, version 2010-03-31, and of STS GetCallerIdentity: for each action the members
// of its input with their names on the wire (Amazon SNS API reference). protocol/sns_table.h lists the
// actions themselves.
//
// The service speaks AWS Query only. Lists are spelled Name.member.N, maps Name.entry.N.key and .value.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "protocol/field.h"
#include "protocol/sns_mobile_requests.h"

namespace penstock::sns {

inline constexpr MapSpelling kEntry{"key", "value"};
inline constexpr MapSpelling kNamedEntry{"Name", "Value"};

// ---- the structures within requests

struct MessageAttributeValue {
  Text data_type;
  Text string_value;
  std::optional<Blob> binary_value;

  static constexpr auto fields() {
    using Self = MessageAttributeValue;
    return std::tuple{
        Field("DataType", &Self::data_type).required(),
        Field("StringValue", &Self::string_value),
        Field("BinaryValue", &Self::binary_value),
    };
  }
};

using MessageAttributeMap = MapOf<MessageAttributeValue>;

struct TagEntry {
  Text key;
  Text value;

  static constexpr auto fields() {
    using Self = TagEntry;
    return std::tuple{Field("Key", &Self::key).required(), Field("Value", &Self::value).required()};
  }
};

struct PublishBatchEntry {
  Text id;
  Text message;
  Text subject;
  Text message_structure;
  MessageAttributeMap message_attributes;
  Text message_group_id;
  Text message_deduplication_id;

  static constexpr auto fields() {
    using Self = PublishBatchEntry;
    return std::tuple{
        Field("Id", &Self::id).required(),
        Field("Message", &Self::message).required(),
        Field("Subject", &Self::subject),
        Field("MessageStructure", &Self::message_structure),
        Field("MessageAttributes", &Self::message_attributes)
            .in_query("MessageAttributes.entry", kNamedEntry),
        Field("MessageGroupId", &Self::message_group_id),
        Field("MessageDeduplicationId", &Self::message_deduplication_id),
    };
  }
};

// ---- topics

struct CreateTopicRequest {
  Text name;
  MapOf<std::string> attributes;
  std::vector<TagEntry> tags;
  Text data_protection_policy;

  static constexpr auto fields() {
    using Self = CreateTopicRequest;
    return std::tuple{
        Field("Name", &Self::name).required(),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kEntry),
        Field("Tags", &Self::tags).in_query("Tags.member"),
        Field("DataProtectionPolicy", &Self::data_protection_policy),
    };
  }
};

struct TopicArnRequest {
  Text topic_arn;

  static constexpr auto fields() {
    return std::tuple{Field("TopicArn", &TopicArnRequest::topic_arn).required()};
  }
};
struct DeleteTopicRequest : TopicArnRequest {};
struct GetTopicAttributesRequest : TopicArnRequest {};

struct ListTopicsRequest {
  Text next_token;

  static constexpr auto fields() { return std::tuple{Field("NextToken", &ListTopicsRequest::next_token)}; }
};

struct SetTopicAttributesRequest {
  Text topic_arn;
  Text attribute_name;
  Text attribute_value;

  static constexpr auto fields() {
    using Self = SetTopicAttributesRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("AttributeName", &Self::attribute_name).required(),
        Field("AttributeValue", &Self::attribute_value),
    };
  }
};

struct TagResourceRequest {
  Text resource_arn;
  std::vector<TagEntry> tags;

  static constexpr auto fields() {
    using Self = TagResourceRequest;
    return std::tuple{
        Field("ResourceArn", &Self::resource_arn).required(),
        Field("Tags", &Self::tags).in_query("Tags.member").required(),
    };
  }
};

struct UntagResourceRequest {
  Text resource_arn;
  std::vector<std::string> tag_keys;

  static constexpr auto fields() {
    using Self = UntagResourceRequest;
    return std::tuple{
        Field("ResourceArn", &Self::resource_arn).required(),
        Field("TagKeys", &Self::tag_keys).in_query("TagKeys.member").required(),
    };
  }
};

struct ResourceArnRequest {
  Text resource_arn;

  static constexpr auto fields() {
    return std::tuple{Field("ResourceArn", &ResourceArnRequest::resource_arn).required()};
  }
};
struct ListTagsForResourceRequest : ResourceArnRequest {};
struct GetDataProtectionPolicyRequest : ResourceArnRequest {};

struct PutDataProtectionPolicyRequest {
  Text resource_arn;
  Text policy;

  static constexpr auto fields() {
    using Self = PutDataProtectionPolicyRequest;
    return std::tuple{
        Field("ResourceArn", &Self::resource_arn).required(),
        Field("DataProtectionPolicy", &Self::policy).required(),
    };
  }
};

struct AddPermissionRequest {
  Text topic_arn;
  Text label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;

  static constexpr auto fields() {
    using Self = AddPermissionRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("Label", &Self::label).required(),
        Field("AWSAccountId", &Self::accounts).in_query("AWSAccountId.member").required(),
        Field("ActionName", &Self::actions).in_query("ActionName.member").required(),
    };
  }
};

struct RemovePermissionRequest {
  Text topic_arn;
  Text label;

  static constexpr auto fields() {
    using Self = RemovePermissionRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("Label", &Self::label).required(),
    };
  }
};

// ---- subscriptions

struct SubscribeRequest {
  Text topic_arn;
  Text protocol;
  Text endpoint;
  MapOf<std::string> attributes;
  Text return_subscription_arn;

  static constexpr auto fields() {
    using Self = SubscribeRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("Protocol", &Self::protocol).required(),
        Field("Endpoint", &Self::endpoint),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kEntry),
        Field("ReturnSubscriptionArn", &Self::return_subscription_arn),
    };
  }
};

struct ConfirmSubscriptionRequest {
  Text topic_arn;
  Text token;
  Text authenticate_on_unsubscribe;

  static constexpr auto fields() {
    using Self = ConfirmSubscriptionRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("Token", &Self::token).required(),
        Field("AuthenticateOnUnsubscribe", &Self::authenticate_on_unsubscribe),
    };
  }
};

// Its absence is told in other words than that of other members.
struct SubscriptionArnRequest {
  Text subscription_arn;

  static constexpr auto fields() {
    return std::tuple{Field("SubscriptionArn", &SubscriptionArnRequest::subscription_arn)};
  }
};
struct UnsubscribeRequest : SubscriptionArnRequest {};
struct GetSubscriptionAttributesRequest : SubscriptionArnRequest {};

struct SetSubscriptionAttributesRequest {
  Text subscription_arn;
  Text attribute_name;
  Text attribute_value;

  static constexpr auto fields() {
    using Self = SetSubscriptionAttributesRequest;
    return std::tuple{
        Field("SubscriptionArn", &Self::subscription_arn),
        Field("AttributeName", &Self::attribute_name).required(),
        Field("AttributeValue", &Self::attribute_value),
    };
  }
};

struct ListSubscriptionsRequest {
  Text next_token;

  static constexpr auto fields() {
    return std::tuple{Field("NextToken", &ListSubscriptionsRequest::next_token)};
  }
};

struct ListSubscriptionsByTopicRequest {
  Text topic_arn;
  Text next_token;

  static constexpr auto fields() {
    using Self = ListSubscriptionsByTopicRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("NextToken", &Self::next_token),
    };
  }
};

// ---- publishing

struct PublishRequest {
  Text topic_arn;
  Text target_arn;
  Text phone_number;
  Text message;
  Text subject;
  Text message_structure;
  MessageAttributeMap message_attributes;
  Text message_group_id;
  Text message_deduplication_id;

  static constexpr auto fields() {
    using Self = PublishRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn),
        Field("TargetArn", &Self::target_arn),
        Field("PhoneNumber", &Self::phone_number),
        Field("Message", &Self::message).required(),
        Field("Subject", &Self::subject),
        Field("MessageStructure", &Self::message_structure),
        Field("MessageAttributes", &Self::message_attributes)
            .in_query("MessageAttributes.entry", kNamedEntry),
        Field("MessageGroupId", &Self::message_group_id),
        Field("MessageDeduplicationId", &Self::message_deduplication_id),
    };
  }
};

struct PublishBatchRequest {
  Text topic_arn;
  std::vector<PublishBatchEntry> entries;

  static constexpr auto fields() {
    using Self = PublishBatchRequest;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn).required(),
        Field("PublishBatchRequestEntries", &Self::entries).in_query("PublishBatchRequestEntries.member"),
    };
  }
};

}  // namespace penstock::sns

namespace penstock::sts {

struct GetCallerIdentityRequest {
  static constexpr auto fields() { return std::tuple<>{}; }
};

}  // namespace penstock::sts
