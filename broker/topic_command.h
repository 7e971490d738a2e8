// What the core is asked about topics, and what it says.
//
// As with queues, an operation goes together with the topic that it is about, and a refusal of its
// parameters surfaces only when the topic was found.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "broker/mobile.h"
#include "broker/topic.h"

namespace penstock {

class FilterFields;
using FilterFieldsPtr = std::shared_ptr<const FilterFields>;

// ---- operations

// The attributes that a request supplied. An empty text clears what it names.
struct SuppliedTopicAttributes {
  bool fifo = false;
  std::optional<bool> content_based_deduplication;
  std::optional<FifoThroughputScope> throughput_scope;
  std::optional<std::uint32_t> message_bytes_max;
  std::optional<std::uint8_t> signature_version;
  std::vector<std::pair<std::string, std::string>> texts;  // ascending by name
};

struct CreateTopic {
  SuppliedTopicAttributes attributes;
  std::vector<Tag> tags;  // ascending by key, no key twice
  std::string data_protection_policy;
};
struct SetTopicAttributes {
  SuppliedTopicAttributes attributes;
};
struct DeleteTopic {};
struct DescribeTopic {};

// The names of the command's world that come after `after`, at most 100 of them.
struct ListTopics {
  std::string after;
};

struct TagTopic {
  std::vector<Tag> tags;  // ascending by key, no key twice
};
struct UntagTopic {
  std::vector<std::string> keys;
};
struct FindTopicTags {};
struct AddTopicPermission {
  std::string label;
  std::vector<std::string> accounts;
  std::vector<std::string> actions;
};
struct RemoveTopicPermission {
  std::string label;
};
struct PutDataProtectionPolicy {
  std::string policy;
};
struct GetDataProtectionPolicy {};

// The attributes that a request supplied, as texts that were checked as far as they can be alone.
struct SuppliedSubscriptionAttributes {
  std::optional<bool> raw_message_delivery;
  std::optional<std::string> filter_policy;  // empty: removes it
  std::optional<FilterPolicyScope> filter_scope;
  std::optional<std::string> redrive_policy;  // empty: removes it
  std::string dead_letter_arn;                // the one in it
  std::optional<std::string> delivery_policy;
  std::optional<std::string> role_arn;
};

struct Subscribe {
  SubscriptionProtocol protocol{};
  std::string endpoint;
  AccountId caller;
  std::string principal;
  bool confirmed = true;  // at once; otherwise the endpoint is asked
  std::string url_base;   // under which the subscriber reached us
  SuppliedSubscriptionAttributes attributes;
  std::uint8_t signature_version = 1;
  std::array<std::uint8_t, 16> signing_key{};
};

// These name their subscription; the command's topic is the one in its ARN.
struct Unsubscribe {
  std::optional<SubscriptionId> subscription;
  bool nameless = false;  // whoever asks does not say who it is: the receiver may restore it
  std::array<std::uint8_t, 16> signing_key{};
};
struct DescribeSubscription {
  std::optional<SubscriptionId> subscription;
};
struct SetSubscriptionAttributes {
  std::optional<SubscriptionId> subscription;
  SuppliedSubscriptionAttributes attributes;
};
// By its token alone.
struct ConfirmSubscription {
  std::string token;
  bool authenticate_on_unsubscribe = false;
};

// At most 100, after this one. Of the command's world, or of its topic.
struct ListSubscriptions {
  std::optional<SubscriptionKey> after;
};
struct ListTopicSubscriptions {
  std::optional<SubscriptionId> after;
};

// The message in the form of one protocol.
struct PublicationForm {
  SubscriptionProtocol protocol{};
  std::string body;
  Md5 body_md5{};
  FilterFieldsPtr fields;  // null: it is no JSON object
};

struct Publish {
  MessageContent content;  // its notification lacks what the topic knows
  std::uint32_t size = 0;  // as MaximumMessageSize counts it
  FilterFieldsPtr attributes;
  FilterFieldsPtr body;  // null: the message is no JSON object
  bool deduplicated_by_content = false;
  std::vector<PublicationForm> forms;  // of protocols that get another message than queues, each once
};
struct PublishBatch {
  std::vector<Publish> entries;  // 1 to 10
};

// A struct of its own, so that its copies and its end are compiled once.
struct TopicOperation
    : std::variant<CreateTopic, SetTopicAttributes, DeleteTopic, DescribeTopic, ListTopics, TagTopic,
                   UntagTopic, FindTopicTags, AddTopicPermission, RemoveTopicPermission,
                   PutDataProtectionPolicy, GetDataProtectionPolicy, Subscribe, Unsubscribe,
                   DescribeSubscription, SetSubscriptionAttributes, ConfirmSubscription, ListSubscriptions,
                   ListTopicSubscriptions, Publish, PublishBatch, MobileOperation> {
  using variant::variant;
  TopicOperation() = default;
  TopicOperation(const TopicOperation&);
  TopicOperation(TopicOperation&&) noexcept;
  TopicOperation& operator=(const TopicOperation&);
  TopicOperation& operator=(TopicOperation&&) noexcept;
  ~TopicOperation();
};

// True of those that add to what is stored.
bool grows_store(const TopicOperation& operation);
// Of the messages in it.
std::size_t message_bytes(const TopicOperation& operation);

// ---- answers

struct TopicFound {
  World world;
  std::string name;
};
struct TopicsListed {
  World world;
  std::vector<std::string> names;  // ascending
  bool more = false;
};
struct TopicDescribed {
  TopicRecord record;
  std::string policy;  // its own, or the default one
  std::uint64_t confirmed = 0;
  std::uint64_t pending = 0;
};
struct TopicTagged {
  std::vector<Tag> tags;
};
struct DataProtectionFound {
  std::string policy;
};
struct SubscriptionFound {
  std::string topic_name;
  SubscriptionRecord record;
};
struct SubscriptionMade {
  std::string topic_name;
  SubscriptionKey key;
  bool pending = false;
};
struct SubscriptionDescribed {
  SubscriptionFound found;
  std::string topic_delivery_policy;
};
struct SubscriptionsListed {
  std::vector<SubscriptionFound> subscriptions;  // ascending by key
  bool more = false;
};
struct Published {
  MessageId id;
  std::optional<PublicationSequence> sequence;  // of a FIFO topic
};
struct PublishedBatch {
  std::vector<Published> entries;
};

// A struct of its own, so that its copies and its end are compiled once.
struct TopicAnswer : std::variant<TopicFound, TopicsListed, TopicDescribed, TopicTagged, DataProtectionFound,
                                  SubscriptionMade, SubscriptionDescribed, SubscriptionsListed, Published,
                                  PublishedBatch, MobileFound, MobilesListed, OptedOutTold> {
  using variant::variant;
  TopicAnswer() = default;
  TopicAnswer(const TopicAnswer&);
  TopicAnswer(TopicAnswer&&) noexcept;
  TopicAnswer& operator=(const TopicAnswer&);
  TopicAnswer& operator=(TopicAnswer&&) noexcept;
  ~TopicAnswer();
};

}  // namespace penstock
