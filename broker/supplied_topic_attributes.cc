#include "broker/supplied_topic_attributes.h"

#include <algorithm>

#include "broker/access_policy.h"
#include "broker/named_texts.h"

namespace penstock {

TopicAttributes with(TopicAttributes attributes, const SuppliedTopicAttributes& supplied) {
  attributes.fifo = attributes.fifo || supplied.fifo;
  attributes.content_based_deduplication =
      supplied.content_based_deduplication.value_or(attributes.content_based_deduplication);
  if (supplied.throughput_scope) attributes.throughput_scope = supplied.throughput_scope;
  if (supplied.message_bytes_max) attributes.message_bytes_max = supplied.message_bytes_max;
  if (supplied.signature_version) attributes.signature_version = supplied.signature_version;
  for (const auto& [name, text] : supplied.texts) put_text(attributes.texts, name, text);
  return attributes;
}

bool agrees(const TopicAttributes& stands, const SuppliedTopicAttributes& supplied) {
  const auto differs = [](const auto& wanted, const auto& present) { return wanted && *wanted != present; };
  if (supplied.fifo && !stands.fifo) return false;
  if (differs(supplied.content_based_deduplication, stands.content_based_deduplication) ||
      differs(supplied.throughput_scope, stands.throughput_scope.value_or(FifoThroughputScope::kTopic)) ||
      differs(supplied.message_bytes_max, stands.message_bytes_max.value_or(kPublicationBytesMax)) ||
      differs(supplied.signature_version, stands.signature_version.value_or(1))) {
    return false;
  }
  return std::all_of(supplied.texts.begin(), supplied.texts.end(), [&](const auto& one) {
    const std::string* present = find_text(stands.texts, one.first);
    if (present != nullptr) return *present == one.second;
    return one.second.empty() || (one.first == "TracingConfig" && one.second == "PassThrough");
  });
}

SubscriptionAttributes with(SubscriptionAttributes attributes,
                            const SuppliedSubscriptionAttributes& supplied) {
  if (supplied.raw_message_delivery) attributes.raw_message_delivery = *supplied.raw_message_delivery;
  if (supplied.filter_policy) attributes.filter_policy = *supplied.filter_policy;
  if (supplied.filter_scope) attributes.filter_scope = supplied.filter_scope;
  if (supplied.redrive_policy) {
    attributes.redrive_policy = *supplied.redrive_policy;
    attributes.dead_letter_arn = supplied.dead_letter_arn;
  }
  if (supplied.delivery_policy) attributes.delivery_policy = *supplied.delivery_policy;
  if (supplied.role_arn) attributes.role_arn = *supplied.role_arn;
  return attributes;
}

bool agrees(const SubscriptionAttributes& stands, const SuppliedSubscriptionAttributes& supplied) {
  SubscriptionAttributes changed = with(stands, supplied);
  // Its default may be said.
  if (!stands.filter_scope && supplied.filter_scope == FilterPolicyScope::kMessageAttributes) {
    changed.filter_scope.reset();
  }
  return changed == stands;
}

std::optional<std::string> fault_of(const Topic& topic, SubscriptionProtocol protocol,
                                    const std::string& endpoint, const SubscriptionAttributes& attributes) {
  if (attributes.raw_message_delivery && !takes_raw(protocol)) {
    return "Delivery protocol [" + std::string(name_of(protocol)) +
           "] does not support raw message delivery.";
  }
  if (protocol == SubscriptionProtocol::kFirehose && attributes.role_arn.empty()) {
    return "SubscriptionRoleArn: the protocol firehose wants a role";
  }
  if (!attributes.filter_policy.empty()) {
    const auto filter = FilterPolicy::parse(attributes.filter_policy, scope_of(attributes));
    if (!filter) return filter.error().detail;
  }
  if (topic.fifo() && endpoint.ends_with(".fifo") && !attributes.dead_letter_arn.empty() &&
      !attributes.dead_letter_arn.ends_with(".fifo")) {
    return "RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.";
  }
  return std::nullopt;
}

std::optional<std::string> policy_fault(const SuppliedTopicAttributes& supplied) {
  const std::string* text = find_text(supplied.texts, "Policy");
  if (text == nullptr || text->empty()) return std::nullopt;
  const auto policy = AccessPolicy::parse(*text, PolicyHolder::kTopic);
  if (policy) return std::nullopt;
  switch (policy.error().kind) {
    case PolicyRefusal::Kind::kUnparsable:
      return "Policy Error: null";
    case PolicyRefusal::Kind::kActionOutOfScope:
      return "Policy statement action out of service scope!";
    default:
      return "Policy Error: " + policy.error().reason;
  }
}

}  // namespace penstock
