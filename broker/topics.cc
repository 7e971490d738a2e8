#include "broker/topics.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/permission_edit.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

constexpr std::size_t kPageMax = 100;
constexpr std::size_t kLargeMessageSubscriptionsMax = 100;
constexpr std::size_t kStreamsMax = 5;  // subscriptions of protocol firehose, of one topic and one account (AWS)

// Whether it may be delivered messages of more than kPublicationBytesMax (AWS).
constexpr bool takes_large(SubscriptionProtocol protocol) {
  return protocol == SubscriptionProtocol::kSqs || protocol == SubscriptionProtocol::kLambda ||
         protocol == SubscriptionProtocol::kFirehose;
}
constexpr Seconds kTokenLives{172'800};  // AWS: two days

constexpr SubscriptionId kFirstSubscription{};
constexpr SubscriptionId kLastSubscription = [] {
  SubscriptionId id;
  id.uuid.bytes.fill(0xff);
  return id;
}();
constexpr Fingerprint kLastFingerprint = [] {
  Fingerprint print{};
  print.fill(0xff);
  return print;
}();

tl::unexpected<Error> invalid(std::string_view detail) {
  return refuse(ErrorCode::kInvalidParameter, "Invalid parameter: " + std::string(detail));
}
tl::unexpected<Error> no_topic() { return refuse(ErrorCode::kNotFound, "Topic does not exist"); }
tl::unexpected<Error> no_subscription() { return refuse(ErrorCode::kNotFound, "Subscription does not exist"); }
tl::unexpected<Error> no_resource() { return refuse(ErrorCode::kTaggedResourceNotFound); }

const std::string* find_text(const NamedTexts& texts, std::string_view name) {
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const auto& t) { return t.first == name; });
  return found == texts.end() ? nullptr : &found->second;
}

void put_text(NamedTexts& texts, const std::string& name, const std::string& text) {
  const auto place = std::lower_bound(texts.begin(), texts.end(), name,
                                      [](const auto& present, const auto& key) { return present.first < key; });
  const bool there = place != texts.end() && place->first == name;
  if (text.empty()) {
    if (there) texts.erase(place);
  } else if (there) {
    place->second = text;
  } else {
    texts.insert(place, {name, text});
  }
}

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

// Whether what was supplied is what stands, or its default; what was not supplied says nothing.
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

void put_tag(std::vector<Tag>& tags, const Tag& tag) {
  const auto place =
      std::lower_bound(tags.begin(), tags.end(), tag.key,
                       [](const Tag& present, const std::string& key) { return present.key < key; });
  if (place != tags.end() && place->key == tag.key) {
    place->value = tag.value;
  } else {
    tags.insert(place, tag);
  }
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

// What is wrong with the attributes together, as AWS's detail; nothing if all is well.
std::optional<std::string> fault_of(const Topic& topic, SubscriptionProtocol protocol,
                                    const std::string& endpoint, const SubscriptionAttributes& attributes) {
  if (attributes.raw_message_delivery && !takes_raw(protocol)) {
    return "Delivery protocol [" + std::string(name_of(protocol)) + "] does not support raw message delivery.";
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

// What is wrong with a Policy that was supplied, as AWS's detail.
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

Result<void> edited(TopicRecord& record, EditedPolicy&& policy) {
  if (!policy) return refuse(ErrorCode::kInvalidParameter, policy.error().text);
  put_text(record.attributes.texts, "Policy", *policy);
  return {};
}

std::string policy_of(const Topic& topic) {
  const std::string* policy = find_text(topic.record.attributes.texts, "Policy");
  return policy != nullptr ? *policy
                           : default_topic_policy(topic.arn(), topic.address().world.account.text());
}

constexpr std::size_t kPolicyBytesMax = 30 * 1024;

}  // namespace

std::optional<Error> Topics::refuse_access(const Command& command) {
  const AccessQuestion& question = *command.access;
  AccessPolicy::Verdict by_topic = AccessPolicy::Verdict::kSilent;
  if (const Topic* topic = directory_.find(command.world, command.queue_name)) {
    const auto policy = AccessPolicy::parse(policy_of(*topic), PolicyHolder::kTopic);
    // One that cannot be read any more lets nobody in.
    by_topic = policy ? (*policy)->judge(question.request) : AccessPolicy::Verdict::kDenies;
  }
  const AccessGround ground = decide_access(question.request, question.by_identity, by_topic);
  if (allowed(ground)) return std::nullopt;
  return Error{ErrorCode::kAccessDenied, denial_text(question.request, ground)};
}

std::optional<QueueAddress> Topics::find_queue(const QueueName& name, const Topic& topic) const {
  std::optional<QueueAddress> queue = surroundings_.find_queue(name);
  if (queue && !surroundings_.admits(*queue, topic.address(), topic.arn())) queue.reset();
  return queue;
}

void Topics::execute(Command&& command, Decision& decision) {
  if (command.access) {
    if (std::optional<Error> refusal = refuse_access(command)) {
      decision.reply(command.ticket, *std::move(refusal));
      return;
    }
  }
  const auto answer = [&](auto&& result) {
    if (result) {
      decision.reply(command.ticket, Answer(std::move(*result)));
    } else {
      decision.reply(command.ticket, Answer(std::move(result.error())));
    }
  };
  if (command.operation) {
    TopicOperation& operation = std::get<AboutTopic>(*command.operation).operation;
    if (auto* mobile = std::get_if<MobileOperation>(&operation)) {
      MobileOperation asked = std::move(*mobile);
      return mobile_.execute(command, std::move(asked), decision);
    }
    if (const auto* request = std::get_if<CreateTopic>(&operation)) {
      return answer(create(command, *request, decision));
    }
    if (const auto* request = std::get_if<ListTopics>(&operation)) return answer(list(command, *request));
    if (const auto* request = std::get_if<ListSubscriptions>(&operation)) {
      return answer(list(command, *request));
    }
    if (const auto* request = std::get_if<ConfirmSubscription>(&operation)) {
      return answer(confirm(*request, decision));
    }
    if (const auto* request = std::get_if<Unsubscribe>(&operation)) {
      return answer(unsubscribe(command, *request, decision));
    }
    if (const auto* request = std::get_if<DescribeSubscription>(&operation)) {
      return answer(describe(command, *request));
    }
  }
  Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr) {
    const TopicOperation* operation =
        command.operation ? &std::get<AboutTopic>(*command.operation).operation : nullptr;
    const auto is = [&]<class Asked>(std::type_identity<Asked>) {
      return operation != nullptr && std::holds_alternative<Asked>(*operation);
    };
    if (is(std::type_identity<DeleteTopic>{})) return decision.reply(command.ticket, Done{});
    if (is(std::type_identity<TagTopic>{}) || is(std::type_identity<UntagTopic>{}) ||
        is(std::type_identity<FindTopicTags>{})) {
      return decision.reply(command.ticket, Answer(no_resource().value()));
    }
    if (is(std::type_identity<SetSubscriptionAttributes>{})) {
      return decision.reply(command.ticket, Answer(no_subscription().value()));
    }
    return decision.reply(command.ticket, Answer(no_topic().value()));
  }
  if (!command.operation) return decision.reply(command.ticket, std::move(command.operation.error()));
  answer(act(*topic, std::move(std::get<AboutTopic>(*command.operation).operation), decision));
}

// ---- topics

Result<TopicAnswer> Topics::create(const Command& command, const CreateTopic& request, Decision& decision) {
  if (const Topic* present = directory_.find(command.world, command.queue_name)) {
    if (!agrees(present->record.attributes, request.attributes)) {
      return invalid("Attributes Reason: Topic already exists with different attributes");
    }
    const std::vector<Tag>& tags = present->record.tags;
    const bool subset = std::all_of(request.tags.begin(), request.tags.end(), [&](const Tag& tag) {
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    });
    if (!subset) return invalid("Tags Reason: Topic already exists with different tags");
    return TopicFound{command.world, command.queue_name};
  }
  if (const auto fault = policy_fault(request.attributes)) return invalid("Attributes Reason: " + *fault);
  if (directory_.topics() >= limits_.topics_max) return refuse(ErrorCode::kTopicLimitExceeded);
  const TopicAddress address{partition_, command.world, surroundings_.take_id(decision)};
  put(TopicRecord{.key = {address},
                  .name = command.queue_name,
                  .attributes = with({}, request.attributes),
                  .tags = request.tags,
                  .data_protection_policy = request.data_protection_policy,
                  .subscriptions_deleted = 0,
                  .created = decision.now},
      decision);
  return TopicFound{command.world, command.queue_name};
}

Result<TopicAnswer> Topics::list(const Command& command, const ListTopics& request) const {
  TopicsListed listed{command.world, directory_.list(command.world, request.after, kPageMax + 1), false};
  if (listed.names.size() > kPageMax) {
    listed.names.pop_back();
    listed.more = true;
  }
  return listed;
}

void Topics::erase(Topic& topic, Decision& decision) {
  const TopicAddress address = topic.address();
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  // One by one as well, should the last id be taken by somebody.
  change(EraseRange{SubscriptionKey{address, kFirstSubscription}, SubscriptionKey{address, kLastSubscription}},
         decision);
  if (!topic.subscriptions.empty() || !topic.unsubscribed.empty()) {
    change(Erase{SubscriptionKey{address, kLastSubscription}}, decision);
  }
  change(EraseRange{TopicDedupKey{address, 0, {}}, TopicDedupKey{address, kLast, kLastFingerprint}}, decision);
  change(Erase{TopicSequenceKey{address}}, decision);
  change(Erase{TopicKey{address}}, decision);
}

bool Topics::erase(const TopicAddress& address, Decision& decision) {
  Topic* const topic = directory_.find(address);
  if (topic == nullptr) return false;
  erase(*topic, decision);
  return true;
}

Result<Answer> Topics::act(Topic& topic, TopicOperation&& operation, Decision& decision) {
  TopicRecord record = topic.record;
  if (const auto* request = std::get_if<SetTopicAttributes>(&operation)) {
    if (const auto fault = policy_fault(request->attributes)) return invalid(*fault);
    record.attributes = with(record.attributes, request->attributes);
    if (request->attributes.message_bytes_max.value_or(0) > kPublicationBytesMax) {
      if (topic.subscriptions.size() > kLargeMessageSubscriptionsMax) {
        return invalid("MaximumMessageSize Reason: a topic with more than 100 subscriptions is limited to 262144");
      }
      const bool fits = std::all_of(topic.subscriptions.begin(), topic.subscriptions.end(),
                                    [](const auto& one) { return takes_large(one.second.record.protocol); });
      if (!fits) {
        return invalid("MaximumMessageSize Reason: a topic with subscriptions of other protocols than sqs, lambda and "
                       "firehose is limited to 262144");
      }
    }
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<DeleteTopic>(operation)) {
    erase(topic, decision);
    return Done{};
  }
  if (std::holds_alternative<DescribeTopic>(operation)) {
    return TopicAnswer(
        TopicDescribed{std::move(record), policy_of(topic), topic.subscriptions.size() - topic.pending, topic.pending});
  }
  if (const auto* request = std::get_if<TagTopic>(&operation)) {
    for (const Tag& tag : request->tags) put_tag(record.tags, tag);
    if (record.tags.size() > kTagsMax) return refuse(ErrorCode::kTagLimitExceeded);
    put(std::move(record), decision);
    return Done{};
  }
  if (const auto* request = std::get_if<UntagTopic>(&operation)) {
    std::erase_if(record.tags, [&](const Tag& tag) {
      return std::find(request->keys.begin(), request->keys.end(), tag.key) != request->keys.end();
    });
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<FindTopicTags>(operation)) return TopicAnswer(TopicTagged{record.tags});
  if (const auto* request = std::get_if<AddTopicPermission>(&operation)) {
    const PermissionGrant grant{request->label, request->accounts, request->actions};
    Result<void> done = edited(record, add_topic_permission(policy_of(topic), topic.arn(), grant));
    if (!done) return tl::unexpected(done.error());
    const std::string* policy = find_text(record.attributes.texts, "Policy");
    if (policy != nullptr && policy->size() > kPolicyBytesMax) {
      return invalid("Policy Error: the policy is longer than 30 KB");
    }
    put(std::move(record), decision);
    return Done{};
  }
  if (const auto* request = std::get_if<RemoveTopicPermission>(&operation)) {
    Result<void> done = edited(record, remove_topic_permission(policy_of(topic), request->label));
    if (!done) return tl::unexpected(done.error());
    if (record != topic.record) put(std::move(record), decision);
    return Done{};
  }
  if (auto* request = std::get_if<PutDataProtectionPolicy>(&operation)) {
    record.data_protection_policy = std::move(request->policy);
    put(std::move(record), decision);
    return Done{};
  }
  if (std::holds_alternative<GetDataProtectionPolicy>(operation)) {
    return TopicAnswer(DataProtectionFound{record.data_protection_policy});
  }
  if (const auto* request = std::get_if<Subscribe>(&operation)) {
    Result<TopicAnswer> made = subscribe(topic, *request, decision);
    if (!made) return tl::unexpected(made.error());
    return Answer(std::move(*made));
  }
  if (const auto* request = std::get_if<SetSubscriptionAttributes>(&operation)) {
    return set(topic, *request, decision);
  }
  if (const auto* request = std::get_if<ListTopicSubscriptions>(&operation)) {
    Result<TopicAnswer> listed = list(topic, *request);
    return Answer(std::move(*listed));
  }
  if (auto* request = std::get_if<Publish>(&operation)) {
    Room room;
    if (Result<void> good = check(topic, *request); !good) return tl::unexpected(good.error());
    Result<Published> published = publish(topic, std::move(*request), room, decision);
    if (!published) return tl::unexpected(published.error());
    return Answer(TopicAnswer(*published));
  }
  return publish(topic, std::move(std::get<PublishBatch>(operation)), decision);
}

// ---- subscriptions

Result<TopicAnswer> Topics::subscribe(Topic& topic, const Subscribe& request, Decision& decision) {
  if (const auto present = topic.endpoints.find({request.protocol, request.endpoint});
      present != topic.endpoints.end()) {
    SubscriptionRecord record = topic.subscriptions.at(present->second).record;
    if (!agrees(record.attributes, request.attributes)) {
      return invalid("Attributes Reason: Subscription already exists with different attributes");
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
    return invalid("Endpoint Reason: Endpoint does not exist for endpoint arn" + request.endpoint);
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
    return invalid("Attributes Reason: " + *fault);
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
    return invalid("Protocol Reason: a topic whose messages may be larger than 262144 bytes has subscriptions of the "
                   "protocols sqs, lambda and firehose only");
  }
  if (large && count >= kLargeMessageSubscriptionsMax) {
    return invalid("TopicArn Reason: a topic whose messages may be larger than 262144 bytes has at most 100 "
                   "subscriptions");
  }
  if (!record.attributes.filter_policy.empty() && topic.filter_policies >= limits_.filter_policies_topic_max) {
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

void Topics::give_token(SubscriptionRecord& record, Decision& decision) {
  std::array<std::uint8_t, 32> bytes{};
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t bits = decision.random.next();
    for (std::size_t i = 0; i < 8; ++i, bits >>= 8) bytes[at + i] = static_cast<std::uint8_t>(bits);
  }
  record.token = hex(bytes);
  record.token_issued = decision.now;
}

void Topics::ask_to_confirm(const Topic& topic, const SubscriptionRecord& record, Notification::Kind kind,
                            const std::array<std::uint8_t, 16>& signing_key, Decision& decision) {
  std::optional<QueueAddress> queue;
  if (record.outbox != QueueId{}) {
    queue = QueueAddress{partition_, topic.address().world, record.outbox};
  } else if (const auto name = queue_of_arn(record.endpoint)) {
    queue = find_queue(*name, topic);
  }
  if (!queue) return;
  auto content = std::make_shared<MessageContent>();
  const std::string arn = topic.arn();
  content->body =
      kind == Notification::Kind::kUnsubscribeConfirmation
          ? "You have chosen to deactivate subscription " + arn + ":" + record.key.id.text() +
                ".\nTo cancel this operation and restore the subscription, visit the SubscribeURL included "
                "in "
                "this message."
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

Result<TopicAnswer> Topics::confirm(const ConfirmSubscription& request, Decision& decision) {
  const std::optional<SubscriptionKey> key = directory_.find_token(request.token);
  Topic* topic = key ? directory_.find(key->topic) : nullptr;
  if (topic == nullptr) return invalid("Token");
  SubscriptionRecord record = directory_.find_subscription(*key)->record;
  if (decision.now >= record.token_issued + kTokenLives) return invalid("Token");
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

Result<Answer> Topics::unsubscribe(const Command& command, const Unsubscribe& request, Decision& decision) {
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

void Topics::expire(Decision& decision) {
  constexpr int kChunk = 100;
  constexpr Seconds kRemembered{300};  // deduplication ids
  for (int left = kChunk; left > 0; --left) {
    const std::optional<SubscriptionKey> expired = directory_.first_expired(decision.now);
    if (!expired) break;
    change(Erase{*expired}, decision);
  }
  for (int left = kChunk; left > 0; --left) {
    const Topic* const topic = directory_.first_remembering(decision.now);
    if (topic == nullptr) return;
    const std::int64_t oldest = minute_of(decision.now - kRemembered);
    change(EraseRange{TopicDedupKey{topic->address(), 0, {}}, TopicDedupKey{topic->address(), oldest, {}}}, decision);
  }
}

// ---- for outboxes

OutgoingDestination Topics::destination_of(const Subscription& subscription) {
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

DeliveryPolicy Topics::delivery_policy_of(const Subscription& subscription) {
  const SubscriptionRecord& record = subscription.record;
  if (!is_http(record.protocol)) return mail_delivery_policy();
  return effective_delivery_policy(delivery_policy_of(record.key.topic), record.attributes.delivery_policy);
}

std::string Topics::delivery_policy_of(const TopicAddress& address) {
  const Topic* topic = directory_.find(address);
  const std::string* policy =
      topic == nullptr ? nullptr : find_text(topic->record.attributes.texts, "DeliveryPolicy");
  return policy == nullptr ? std::string() : *policy;
}

std::optional<QueueAddress> Topics::dead_letters_of(const Subscription& subscription) {
  const Topic* topic = directory_.find(subscription.record.key.topic);
  const std::optional<QueueName>& name = subscription.dead_letter;
  // A standard topic has no message for a FIFO queue.
  if (topic == nullptr || !name || name->name.ends_with(".fifo")) return std::nullopt;
  return find_queue(*name, *topic);
}

Result<Answer> Topics::describe(const Command& command, const DescribeSubscription& request) {
  Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr || !request.subscription) return no_subscription();
  const auto found = topic->subscriptions.find(*request.subscription);
  if (found == topic->subscriptions.end()) return no_subscription();
  return Answer(TopicAnswer(SubscriptionDescribed{{topic->record.name, found->second.record},
                                                  delivery_policy_of(topic->address())}));
}

Result<Answer> Topics::set(Topic& topic, const SetSubscriptionAttributes& request, Decision& decision) {
  const auto found = request.subscription ? topic.subscriptions.find(*request.subscription)
                                          : topic.subscriptions.end();
  if (found == topic.subscriptions.end()) return no_subscription();
  SubscriptionRecord record = found->second.record;
  record.attributes = with(record.attributes, request.attributes);
  if (const auto fault = fault_of(topic, record.protocol, record.endpoint, record.attributes)) {
    return invalid(*fault);
  }
  if (!record.attributes.filter_policy.empty() && !found->second.filter &&
      topic.filter_policies >= limits_.filter_policies_topic_max) {
    return refuse(ErrorCode::kFilterPolicyLimitExceeded);
  }
  put(std::move(record), decision);
  return Done{};
}

Result<TopicAnswer> Topics::list(const Command& command, const ListSubscriptions& request) const {
  SubscriptionsListed listed;
  const QueueId from = request.after ? request.after->topic.id : QueueId{};
  directory_.each_topic(partition_, command.world, from, [&](const Topic& topic) {
    const bool begins_within = request.after && topic.address() == request.after->topic;
    auto at = begins_within ? topic.subscriptions.upper_bound(request.after->id) : topic.subscriptions.begin();
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

Result<TopicAnswer> Topics::list(const Topic& topic, const ListTopicSubscriptions& request) const {
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

}  // namespace penstock
