#include "broker/subscriptions.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "broker/named_texts.h"
#include "broker/supplied_topic_attributes.h"
#include "broker/topic_refusals.h"

namespace penstock {
namespace {

constexpr std::size_t kPageMax = 100;
constexpr std::size_t kLargeMessageSubscriptionsMax = 100;
// Subscriptions of protocol firehose, of one topic and one account (AWS).
constexpr std::size_t kStreamsMax = 5;
constexpr Seconds kTokenLives{172'800};  // AWS: two days

// Whether it may be delivered messages of more than kPublicationBytesMax (AWS).
constexpr bool takes_large(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::kSqs || protocol == SubscriptionProtocol::kLambda ||
         protocol == SubscriptionProtocol::kFirehose;
}

// How many delivery streams somebody has subscribed. They lie beside each other, and nobody has many.
std::size_t streams_of(const Topic& topic, AccountId owner) {
  constexpr SubscriptionProtocol kStreams = SubscriptionProtocol::kFirehose;
  std::size_t count = 0;
  for (auto at = topic.endpoints.lower_bound({kStreams, {}});
       at != topic.endpoints.end() && at->first.first == kStreams; ++at) {
    if (topic.subscriptions.at(at->second).record.owner == owner) ++count;
  }
  return count;
}

void give_token(SubscriptionRecord& record, Decision& decision) {
  std::array<std::uint8_t, 32> bytes{};
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t bits = decision.random.next();
    for (std::size_t i = 0; i < 8; ++i, bits >>= 8) bytes[at + i] = static_cast<std::uint8_t>(bits);
  }
  record.token = hex(bytes);
  record.token_issued = decision.now;
}

}  // namespace

Result<TopicAnswer> Subscriptions::subscribe(const Topic& topic, const Subscribe& request,
                                             Decision& decision) {
  if (const auto present = topic.endpoints.find({request.protocol, request.endpoint});
      present != topic.endpoints.end()) {
    SubscriptionRecord record = topic.subscriptions.at(present->second).record;
    if (!agrees(record.attributes, request.attributes)) {
      return invalid_parameter("Attributes Reason: Subscription already exists with different attributes");
    }
    if (record.pending) {
      if (decision.now >= record.token_issued + kTokenLives) {
        give_token(record, decision);
        put(SubscriptionRecord(record), decision);
      }
      ask_to_confirm(topic, record, Notification::Kind::kSubscriptionConfirmation, request.signing_key,
                     decision);
    }
    return SubscriptionMade{topic.record.name, record.key, record.pending};
  }
  if (request.protocol == SubscriptionProtocol::kApplication && !mobile_.has_endpoint(request.endpoint)) {
    return invalid_parameter("Endpoint Reason: Endpoint does not exist for endpoint arn" + request.endpoint);
  }
  SubscriptionRecord record{.key = {topic.address(), {MessageId::draw(decision.random)}},
                            .protocol = request.protocol,
                            .endpoint = request.endpoint,
                            .owner = request.caller,
                            .principal = request.principal,
                            .created = decision.now,
                            .attributes = with({}, request.attributes),
                            .pending = !request.confirmed,
                            .confirmation_authenticated = request.confirmed,
                            .token = {},
                            .token_issued = kEpoch,
                            .outbox = {},
                            .url_base = has_outbox(request.protocol) ? request.url_base : std::string(),
                            .unsubscribed = kEpoch};
  if (const auto fault = fault_of(topic, record.protocol, record.endpoint, record.attributes)) {
    return invalid_parameter("Attributes Reason: " + *fault);
  }
  const std::size_t count = topic.subscriptions.size();
  const bool large = topic.record.attributes.message_bytes_max.value_or(0) > kPublicationBytesMax;
  if (directory_.subscriptions() >= limits_.subscriptions_max || count >= limits_.subscriptions_topic_max ||
      (topic.fifo() && count >= limits_.subscriptions_fifo_topic_max) ||
      (record.protocol == SubscriptionProtocol::kFirehose &&
       streams_of(topic, record.owner) >= kStreamsMax)) {
    return refuse(ErrorCode::kSubscriptionLimitExceeded);
  }
  if (large && !takes_large(request.protocol)) {
    return invalid_parameter(
        "Protocol Reason: a topic whose messages may be larger than 262144 bytes has subscriptions of the "
        "protocols sqs, lambda and firehose only");
  }
  if (large && count >= kLargeMessageSubscriptionsMax) {
    return invalid_parameter(
        "TopicArn Reason: a topic whose messages may be larger than 262144 bytes has at most 100 "
        "subscriptions");
  }
  if (!record.attributes.filter_policy.empty() &&
      topic.filter_policies >= limits_.filter_policies_topic_max) {
    return refuse(ErrorCode::kFilterPolicyLimitExceeded);
  }
  if (record.pending) give_token(record, decision);
  if (has_outbox(record.protocol)) record.outbox = surroundings_.open_outbox(record.key, decision).id;
  put(SubscriptionRecord(record), decision);
  if (record.pending) {
    ask_to_confirm(topic, record, Notification::Kind::kSubscriptionConfirmation, request.signing_key,
                   decision);
  }
  return SubscriptionMade{topic.record.name, record.key, record.pending};
}

void Subscriptions::ask_to_confirm(const Topic& topic, const SubscriptionRecord& record,
                                   Notification::Kind kind, const std::array<std::uint8_t, 16>& signing_key,
                                   Decision& decision) {
  std::optional<QueueAddress> queue;
  if (record.outbox != QueueId{}) {
    queue = QueueAddress{partition_, topic.address().world, record.outbox};
  } else if (const auto name = queue_of_arn(record.endpoint)) {
    queue = surroundings_.find_admitting(*name, topic);
  }
  if (!queue) return;
  auto content = std::make_shared<MessageContent>();
  const std::string arn = topic.arn();
  content->body =
      kind == Notification::Kind::kUnsubscribeConfirmation
          ? "You have chosen to deactivate subscription " + arn + ":" + record.key.id.text() +
                ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL "
                "included in this message."
          : "You have chosen to subscribe to the topic " + arn +
                ".\nTo confirm the subscription, visit the SubscribeURL included in this message.";
  content->sender_id = topic.address().world.account.text();
  if (topic.fifo()) {
    content->group_id = content->deduplication_id = MessageId::draw(decision.random).text();
  }
  content->notification = std::make_shared<Notification>();
  Notification& notification = *content->notification;
  notification.kind = kind;
  notification.topic_arn = arn;
  notification.id = MessageId::draw(decision.random);
  notification.published = decision.now;
  notification.subscription = record.key.id.uuid;
  notification.signature_version = topic.record.attributes.signature_version.value_or(1);
  notification.signing_key = signing_key;
  notification.token = record.token;
  Send copy;
  copy.content = std::move(content);
  copy.from_topic = true;
  surroundings_.deliver(*queue, copy, decision);
}

Result<TopicAnswer> Subscriptions::confirm(const ConfirmSubscription& request, Decision& decision) {
  const std::optional<SubscriptionKey> key = directory_.find_token(request.token);
  Topic* topic = key ? directory_.find(key->topic) : nullptr;
  if (topic == nullptr) return invalid_parameter("Token");
  SubscriptionRecord record = directory_.find_subscription(*key)->record;
  if (decision.now >= record.token_issued + kTokenLives) return invalid_parameter("Token");
  if (record.unsubscribed != kEpoch) {
    // Somebody may have subscribed the same endpoint since; there is one subscription of each.
    if (const auto other = topic->endpoints.find({record.protocol, record.endpoint});
        other != topic->endpoints.end()) {
      return SubscriptionMade{topic->record.name, {record.key.topic, other->second}, false};
    }
    record.unsubscribed = kEpoch;
    put(SubscriptionRecord(record), decision);
    return SubscriptionMade{topic->record.name, record.key, false};
  }
  if (record.pending) {
    record.pending = false;
    record.confirmation_authenticated = request.authenticate_on_unsubscribe;
    put(SubscriptionRecord(record), decision);
  }
  return SubscriptionMade{topic->record.name, record.key, false};
}

Result<Answer> Subscriptions::unsubscribe(const Command& command, const Unsubscribe& request,
                                          Decision& decision) {
  Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr || !request.subscription || !topic->subscriptions.contains(*request.subscription)) {
    return Done{};
  }
  SubscriptionRecord subscription = topic->subscriptions.at(*request.subscription).record;
  // Of the others no name is wanted: the URL in a notification is for whoever reads it.
  const bool receiver_asks = request.nameless && asks_endpoint(subscription.protocol);
  if (receiver_asks && subscription.confirmation_authenticated) {
    return refuse(
        ErrorCode::kAccessDenied,
        "The subscription was confirmed with AuthenticateOnUnsubscribe: only a signed request of its "
        "owner ends it.");
  }
  TopicRecord record = topic->record;
  ++record.subscriptions_deleted;
  if (receiver_asks && !subscription.pending &&
      topic->unsubscribed.size() < limits_.subscriptions_restorable_max) {
    // What waits to be delivered goes with the old outbox; the new one is for the last word.
    subscription.unsubscribed = decision.now;
    give_token(subscription, decision);
    subscription.outbox = surroundings_.open_outbox(subscription.key, decision).id;
    put(SubscriptionRecord(subscription), decision);
    ask_to_confirm(*topic, subscription, Notification::Kind::kUnsubscribeConfirmation, request.signing_key,
                   decision);
  } else {
    change(Erase{SubscriptionKey{topic->address(), *request.subscription}}, decision);
  }
  put(std::move(record), decision);
  return Done{};
}

Result<Answer> Subscriptions::describe(const Command& command, const DescribeSubscription& request) const {
  Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr || !request.subscription) return no_subscription();
  const auto found = topic->subscriptions.find(*request.subscription);
  if (found == topic->subscriptions.end()) return no_subscription();
  return Answer(TopicAnswer(SubscriptionDescribed{{topic->record.name, found->second.record},
                                                  delivery_policy_of(topic->address())}));
}

Result<Answer> Subscriptions::set(const Topic& topic, const SetSubscriptionAttributes& request,
                                  Decision& decision) {
  const auto found =
      request.subscription ? topic.subscriptions.find(*request.subscription) : topic.subscriptions.end();
  if (found == topic.subscriptions.end()) return no_subscription();
  SubscriptionRecord record = found->second.record;
  record.attributes = with(record.attributes, request.attributes);
  if (const auto fault = fault_of(topic, record.protocol, record.endpoint, record.attributes)) {
    return invalid_parameter(*fault);
  }
  if (!record.attributes.filter_policy.empty() && !found->second.filter &&
      topic.filter_policies >= limits_.filter_policies_topic_max) {
    return refuse(ErrorCode::kFilterPolicyLimitExceeded);
  }
  put(std::move(record), decision);
  return Done{};
}

Result<TopicAnswer> Subscriptions::list(const Command& command, const ListSubscriptions& request) const {
  SubscriptionsListed listed;
  const QueueId from = request.after ? request.after->topic.id : QueueId{};
  directory_.each_topic(partition_, command.world, from, [&](const Topic& topic) {
    const bool begins_within = request.after && topic.address() == request.after->topic;
    auto at =
        begins_within ? topic.subscriptions.upper_bound(request.after->id) : topic.subscriptions.begin();
    for (; at != topic.subscriptions.end(); ++at) {
      if (listed.subscriptions.size() == kPageMax) {
        listed.more = true;
        return false;
      }
      listed.subscriptions.push_back({topic.record.name, at->second.record});
    }
    return true;
  });
  return listed;
}

Result<TopicAnswer> Subscriptions::list(const Topic& topic, const ListTopicSubscriptions& request) const {
  SubscriptionsListed listed;
  auto at = request.after ? topic.subscriptions.upper_bound(*request.after) : topic.subscriptions.begin();
  for (; at != topic.subscriptions.end(); ++at) {
    if (listed.subscriptions.size() == kPageMax) {
      listed.more = true;
      break;
    }
    listed.subscriptions.push_back({topic.record.name, at->second.record});
  }
  return listed;
}

void Subscriptions::expire(Decision& decision) {
  constexpr int kChunk = 100;
  for (int left = kChunk; left > 0; --left) {
    const std::optional<SubscriptionKey> expired = directory_.first_expired(decision.now);
    if (!expired) break;
    change(Erase{*expired}, decision);
  }
}

std::optional<std::string> Subscriptions::fault_of_large_messages(const Topic& topic) {
  if (topic.subscriptions.size() > kLargeMessageSubscriptionsMax) {
    return "a topic with more than 100 subscriptions is limited to 262144";
  }
  const bool fits = std::all_of(topic.subscriptions.begin(), topic.subscriptions.end(),
                                [](const auto& one) { return takes_large(one.second.record.protocol); });
  if (!fits) {
    return "a topic with subscriptions of other protocols than sqs, lambda and firehose is limited to 262144";
  }
  return std::nullopt;
}

// ---- for outboxes

OutgoingDestination Subscriptions::destination_of(const Subscription& subscription) const {
  const SubscriptionRecord& record = subscription.record;
  const Topic* topic = directory_.find(record.key.topic);
  const std::string arn = topic->arn();
  const std::string* display_name = find_text(topic->record.attributes.texts, "DisplayName");
  return {.protocol = record.protocol,
          .endpoint = record.endpoint,
          .topic_arn = arn,
          .subscription_arn = arn + ":" + record.key.id.text(),
          .url_base = record.url_base,
          .display_name = display_name == nullptr ? std::string() : *display_name,
          .raw = record.attributes.raw_message_delivery,
          .policy = delivery_policy_of(subscription)};
}

DeliveryPolicy Subscriptions::delivery_policy_of(const Subscription& subscription) const {
  const SubscriptionRecord& record = subscription.record;
  if (!is_http(record.protocol)) return mail_delivery_policy();
  return effective_delivery_policy(delivery_policy_of(record.key.topic), record.attributes.delivery_policy);
}

std::string Subscriptions::delivery_policy_of(const TopicAddress& address) const {
  const Topic* topic = directory_.find(address);
  const std::string* policy =
      topic == nullptr ? nullptr : find_text(topic->record.attributes.texts, "DeliveryPolicy");
  return policy == nullptr ? std::string() : *policy;
}

std::optional<QueueAddress> Subscriptions::dead_letters_of(const Subscription& subscription) const {
  const Topic* topic = directory_.find(subscription.record.key.topic);
  const std::optional<QueueName>& name = subscription.dead_letter;
  // A standard topic has no message for a FIFO queue.
  if (topic == nullptr || !name || name->name.ends_with(".fifo")) return std::nullopt;
  return surroundings_.find_admitting(*name, *topic);
}

}  // namespace penstock
