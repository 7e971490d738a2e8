// The results of the SNS API and of STS GetCallerIdentity: for each action that answers with a document, its
// members with their names on the wire.
//
// Other than those of SQS, lists and maps stand inside an element of their own, which is there also when it
// is empty: <Topics><member>...</member></Topics>, <Attributes><entry><key/><value/></entry></Attributes>.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "protocol/field.h"

namespace penstock {

template <class Element>
struct MemberList {
  std::vector<Element> members;
};

struct EntryMap {
  std::vector<std::pair<std::string, std::string>> pairs;
};

// A text that is shown also when it is empty.
struct ShownText {
  std::string_view text;

  operator std::string_view() const { return text; }  // NOLINT: written as the text it is
};

namespace sns {

struct TopicArnResult {
  std::string topic_arn;

  static constexpr auto fields() { return std::tuple{Field("TopicArn", &TopicArnResult::topic_arn)}; }
};

struct ListTopicsResult {
  MemberList<TopicArnResult> topics;
  std::string next_token;

  static constexpr auto fields() {
    using Self = ListTopicsResult;
    return std::tuple{Field("Topics", &Self::topics), Field("NextToken", &Self::next_token)};
  }
};

struct AttributesResult {
  EntryMap attributes;

  static constexpr auto fields() { return std::tuple{Field("Attributes", &AttributesResult::attributes)}; }
};

struct TagResult {
  std::string_view key;
  ShownText value;

  static constexpr auto fields() {
    return std::tuple{Field("Key", &TagResult::key), Field("Value", &TagResult::value)};
  }
};

struct ListTagsResult {
  MemberList<TagResult> tags;

  static constexpr auto fields() { return std::tuple{Field("Tags", &ListTagsResult::tags)}; }
};

struct DataProtectionPolicyResult {
  std::string_view policy;

  static constexpr auto fields() {
    return std::tuple{Field("DataProtectionPolicy", &DataProtectionPolicyResult::policy)};
  }
};

struct SubscriptionArnResult {
  std::string subscription_arn;

  static constexpr auto fields() {
    return std::tuple{Field("SubscriptionArn", &SubscriptionArnResult::subscription_arn)};
  }
};

struct SubscriptionResult {
  std::string subscription_arn;
  std::string owner;
  std::string_view protocol;
  std::string endpoint;
  std::string topic_arn;

  static constexpr auto fields() {
    using Self = SubscriptionResult;
    return std::tuple{
        Field("TopicArn", &Self::topic_arn),   Field("Protocol", &Self::protocol),
        Field("SubscriptionArn", &Self::subscription_arn), Field("Owner", &Self::owner),
        Field("Endpoint", &Self::endpoint),
    };
  }
};

struct ListSubscriptionsResult {
  MemberList<SubscriptionResult> subscriptions;
  std::string next_token;

  static constexpr auto fields() {
    using Self = ListSubscriptionsResult;
    return std::tuple{Field("Subscriptions", &Self::subscriptions), Field("NextToken", &Self::next_token)};
  }
};

struct PublishResult {
  std::string message_id;
  std::string sequence_number;

  static constexpr auto fields() {
    using Self = PublishResult;
    return std::tuple{Field("MessageId", &Self::message_id), Field("SequenceNumber", &Self::sequence_number)};
  }
};

struct PublishSuccess {
  std::string_view id;
  PublishResult published;

  static constexpr auto fields() {
    using Self = PublishSuccess;
    return std::tuple{Field("Id", &Self::id), Field("", &Self::published)};
  }
};

struct PublishFailure {
  std::string_view id;
  std::string_view code;
  std::string_view message;
  bool sender_fault = false;

  static constexpr auto fields() {
    using Self = PublishFailure;
    return std::tuple{Field("Id", &Self::id), Field("Code", &Self::code), Field("Message", &Self::message),
                      Field("SenderFault", &Self::sender_fault)};
  }
};

struct PublishBatchResult {
  MemberList<PublishSuccess> successful;
  MemberList<PublishFailure> failed;

  static constexpr auto fields() {
    using Self = PublishBatchResult;
    return std::tuple{Field("Successful", &Self::successful), Field("Failed", &Self::failed)};
  }
};

}  // namespace sns

namespace sts {

struct GetCallerIdentityResult {
  std::string arn;
  std::string user_id;
  std::string account;

  static constexpr auto fields() {
    using Self = GetCallerIdentityResult;
    return std::tuple{Field("Arn", &Self::arn), Field("UserId", &Self::user_id),
                      Field("Account", &Self::account)};
  }
};

}  // namespace sts
}  // namespace penstock
