// Topics, subscriptions and publications: the facts of SNS.
//
// A topic has an address like a queue's, and its id comes from the same sequence, so that it too is never
// used again. What each record is for:
//
//   TopicRecord                one a topic: name, attributes, tags
//   SubscriptionRecord         one a subscription: where to, and what of; also of one that was unsubscribed
//                              and may be restored for two days
//   TopicSequenceRecord        the number of the topic's next publication
//   TopicDedupRecord           a publication of a FIFO topic that was accepted: its duplicates are not
//   PublicationRecord          one that has more targets than a commit may have copies, or waits behind such
//                              a one: the message once, and the frozen list of its targets
//   PublicationProgressRecord  how many of the list have their copies; in the commit that holds them
//
// A publication that was decided is independent of its topic: it is delivered also when the topic or a
// subscription is deleted meanwhile.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/named.h"
#include "base/time.h"
#include "broker/address.h"
#include "broker/message.h"
#include "broker/queue_attributes.h"

namespace penstock {

using TopicAddress = QueueAddress;

using PublicationSequence = Named<std::uint64_t, struct PublicationSequenceTag>;

struct SubscriptionId {
  MessageId uuid;

  std::string text() const { return uuid.text(); }
  auto operator<=>(const SubscriptionId&) const = default;
};

// The numbers are on disk.
enum class SubscriptionProtocol : std::uint8_t {
  kSqs = 1,
  kHttp = 2,
  kHttps = 3,
  kEmail = 4,
  kEmailJson = 5,
  kSms = 6,
  kLambda = 7,
  kApplication = 8,
  kFirehose = 9,
};

// As requests and answers spell it.
std::string_view name_of(SubscriptionProtocol protocol);
// Nothing: AWS has no such protocol.
std::optional<SubscriptionProtocol> protocol_named(std::string_view name);

constexpr bool is_http(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::kHttp || protocol == SubscriptionProtocol::kHttps;
}
constexpr bool is_email(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::kEmail || protocol == SubscriptionProtocol::kEmailJson;
}
// Whether its endpoint is somebody who has to say first that he wants to hear, and who may end it by a URL.
constexpr bool asks_endpoint(SubscriptionProtocol protocol) { return is_http(protocol) || is_email(protocol); }
// Whether it can be given the message alone, without an envelope around it.
constexpr bool takes_raw(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::kSqs || is_http(protocol) ||
         protocol == SubscriptionProtocol::kFirehose;
}
// Whether the daemon itself consumes what its topic delivers (broker/outboxes.h); queues have consumers.
constexpr bool has_outbox(SubscriptionProtocol protocol) { return protocol != SubscriptionProtocol::kSqs; }

// Of a FIFO topic: within what a deduplication id is unique. The numbers are on disk.
enum class FifoThroughputScope : std::uint8_t { kTopic = 0, kMessageGroup = 1 };
// Which part of a message a filter policy looks at. The numbers are on disk.
enum class FilterPolicyScope : std::uint8_t { kMessageAttributes = 0, kMessageBody = 1 };

// Ascending by name, no name twice, no text empty.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// What the core acts on has a member of its own; the rest is remembered and reported under AWS's names:
// DisplayName, Policy, DeliveryPolicy, KmsMasterKeyId, ArchivePolicy, ...
struct TopicAttributes {
  bool fifo = false;
  bool content_based_deduplication = false;
  std::optional<FifoThroughputScope> throughput_scope;  // nothing: kTopic
  std::optional<std::uint32_t> message_bytes_max;       // MaximumMessageSize; nothing: 262,144
  std::optional<std::uint8_t> signature_version;        // 1 or 2; nothing: 1
  NamedTexts texts;

  bool operator==(const TopicAttributes&) const = default;
};

inline constexpr std::uint32_t kPublicationBytesMax = 262'144;

struct SubscriptionAttributes {
  bool raw_message_delivery = false;
  std::string filter_policy;                      // as it was given; empty: none
  std::optional<FilterPolicyScope> filter_scope;  // nothing: kMessageAttributes
  std::string redrive_policy;                     // as it was given; empty: none
  std::string dead_letter_arn;                    // the one in it
  std::string delivery_policy;
  std::string role_arn;

  bool operator==(const SubscriptionAttributes&) const = default;
};

// Where a topic's copy goes: a queue by its name, in whatever account and region.
struct QueueName {
  World world;
  std::string name;

  bool operator==(const QueueName&) const = default;
};

// "arn:{partition}:sqs:{region}:{account}:{name}"; nothing if it names no queue.
std::optional<QueueName> queue_of_arn(std::string_view arn);
// "arn:aws:sns:{region}:{account}:{name}"
std::string topic_arn(const World& world, std::string_view name);

// ---- keys

struct TopicKey {
  TopicAddress topic;
  constexpr auto operator<=>(const TopicKey&) const = default;
};

struct SubscriptionKey {
  TopicAddress topic;
  SubscriptionId id;
  auto operator<=>(const SubscriptionKey&) const = default;
};

struct TopicSequenceKey {
  TopicAddress topic;
  constexpr auto operator<=>(const TopicSequenceKey&) const = default;
};

struct TopicDedupKey {
  TopicAddress topic;
  std::int64_t minute = 0;
  std::array<std::uint8_t, 16> fingerprint{};
  constexpr auto operator<=>(const TopicDedupKey&) const = default;
};

struct PublicationKey {
  TopicAddress topic;
  PublicationSequence sequence;
  constexpr auto operator<=>(const PublicationKey&) const = default;
};

struct PublicationProgressKey {
  TopicAddress topic;
  PublicationSequence sequence;
  constexpr auto operator<=>(const PublicationProgressKey&) const = default;
};

// ---- values

struct TopicRecord {
  TopicKey key;
  std::string name;
  TopicAttributes attributes;
  std::vector<Tag> tags;  // ascending by key, at most 50
  std::string data_protection_policy;
  std::uint64_t subscriptions_deleted = 0;
  Time created;

  bool operator==(const TopicRecord&) const = default;
};

struct SubscriptionRecord {
  SubscriptionKey key;
  SubscriptionProtocol protocol{};
  std::string endpoint;
  AccountId owner;
  std::string principal;  // the ARN of who subscribed
  Time created;
  SubscriptionAttributes attributes;
  bool pending = false;  // waits to be confirmed
  bool confirmation_authenticated = false;
  std::string token;  // 64 hexadecimal digits; empty: it was never asked to confirm
  Time token_issued;
  // The queue that the daemon delivers from (has_outbox). 0: none.
  QueueId outbox{};
  // Scheme and authority under which the subscriber reached us: what its receiver is told to visit.
  std::string url_base = {};
  // By somebody without a name: then its token restores it. kEpoch: it stands.
  Time unsubscribed = kEpoch;

  bool operator==(const SubscriptionRecord&) const = default;
};

struct TopicSequenceRecord {
  TopicSequenceKey key;
  PublicationSequence next{1};

  bool operator==(const TopicSequenceRecord&) const = default;
};

struct TopicDedupRecord {
  TopicDedupKey key;
  Time accepted;
  MessageId id;
  PublicationSequence sequence;

  bool operator==(const TopicDedupRecord&) const = default;
};

struct PublicationTarget {
  QueueAddress queue;
  SubscriptionId subscription;
  bool raw = false;

  bool operator==(const PublicationTarget&) const = default;
};

struct PublicationRecord {
  PublicationKey key;
  ContentPtr content;  // with a notification that names no subscription yet
  std::vector<PublicationTarget> targets;
};

struct PublicationProgressRecord {
  PublicationProgressKey key;
  std::uint64_t delivered = 0;  // targets, from the first on

  bool operator==(const PublicationProgressRecord&) const = default;
};

}  // namespace penstock
