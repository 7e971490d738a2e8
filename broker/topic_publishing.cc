#include <algorithm>
#include <memory>
#include <utility>

#include "broker/filter_fields.h"
#include "broker/fingerprint.h"
#include "broker/topics.h"

namespace penstock {
namespace {

constexpr Seconds kRemembered{300};      // deduplication ids
constexpr std::size_t kEnvelope = 1024;  // what a copy says beside the message, in bytes, about
constexpr std::size_t kRawAttributesMax = 10;

bool is_fifo(const QueueName& queue) { return queue.name.ends_with(".fifo"); }

Fingerprint fingerprint_of(const Topic& topic, const MessageContent& content) {
  return topic.record.attributes.throughput_scope == FifoThroughputScope::kMessageGroup
             ? fingerprint({"messageGroup", content.group_id, content.deduplication_id})
             : fingerprint({"topic", content.deduplication_id});
}

// What was accepted of it last, as far as that was not yet forgotten.
std::optional<AcceptedPublication> accepted_before(const Topic& topic, const Fingerprint& print,
                                                   const Decision& decision) {
  if (const auto* entry = topic.accepted.find(print)) return entry->value;
  if (decision.recollection == nullptr) return std::nullopt;
  const auto* record = decision.recollection->latest<TopicDedupRecord>(
      TopicDedupKey{topic.address(), minute_of(decision.now), print}, minute_of(decision.now - kRemembered));
  if (record == nullptr) return std::nullopt;
  return AcceptedPublication{record->accepted, record->id, record->sequence};
}

std::size_t copy_bytes(const MessageContent& content) {
  std::size_t bytes = content.body.size() + kEnvelope;
  for (const MessageAttribute& attribute : content.attributes) {
    bytes += attribute.name.size() + attribute.data_type.size() + attribute.value.size();
  }
  return bytes;
}

}  // namespace

// The copies of one publication. Raw ones are one and the same for all queues of a kind.
class Topics::Copies {
 public:
  Copies(const MessageContent& publication, bool fifo_topic)
      : publication_(publication), fifo_topic_(fifo_topic) {}

  ContentPtr of(const PublicationTarget& target, bool fifo_queue, bool outbox) {
    if (!target.raw || outbox) {
      auto copy = std::make_shared<MessageContent>(publication_);
      copy->notification = std::make_shared<Notification>(*publication_.notification);
      copy->notification->subscription = target.subscription.uuid;
      copy->notification->raw = target.raw;
      fit(*copy, fifo_queue);
      if (outbox) copy->group_id.clear();  // for fair queues only
      return copy;
    }
    ContentPtr& raw = fifo_queue ? raw_fifo_ : raw_standard_;
    if (!raw) {
      auto copy = std::make_shared<MessageContent>(publication_);
      copy->notification.reset();
      fit(*copy, fifo_queue);
      raw = std::move(copy);
    }
    return raw;
  }

 private:
  // A FIFO topic's group orders FIFO queues; a standard queue is not told of it.
  void fit(MessageContent& copy, bool fifo_queue) const {
    if (fifo_queue || !fifo_topic_) return;
    copy.group_id.clear();
    copy.deduplication_id.clear();
  }

  const MessageContent& publication_;
  const bool fifo_topic_;
  ContentPtr raw_fifo_;
  ContentPtr raw_standard_;
};

// What is wrong with a publication for this very topic.
Result<void> Topics::check(const Topic& topic, const Publish& request) const {
  const TopicAttributes& attributes = topic.record.attributes;
  if (request.size > attributes.message_bytes_max.value_or(kPublicationBytesMax)) {
    return refuse(ErrorCode::kInvalidParameter, "Invalid parameter: Message too long");
  }
  if (topic.fifo() && request.deduplicated_by_content && !attributes.content_based_deduplication) {
    return refuse(ErrorCode::kInvalidParameter,
                  "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
                  "MessageDeduplicationId provided explicitly");
  }
  return {};
}

Result<Answer> Topics::publish(Topic& topic, PublishBatch&& batch, Decision& decision) {
  std::size_t size = 0;
  for (const Publish& entry : batch.entries) size += entry.size;
  if (size > topic.record.attributes.message_bytes_max.value_or(kPublicationBytesMax)) {
    return refuse(ErrorCode::kBatchRequestTooLong);
  }
  // What is wrong with one entry refuses all of them.
  for (const Publish& entry : batch.entries) {
    if (Result<void> good = check(topic, entry); !good) return tl::unexpected(good.error());
  }
  PublishedBatch published;
  Room room;
  for (Publish& entry : batch.entries) {
    Result<Published> one = publish(topic, std::move(entry), room, decision);
    // Only a full store of publications refuses one here, and then nothing of the batch that follows either.
    if (!one && published.entries.empty()) return tl::unexpected(one.error());
    if (!one) break;
    published.entries.push_back(*one);
  }
  return Answer(TopicAnswer(std::move(published)));
}

// What cannot reach its telephone or endpoint goes to the dead-letter queue at once.
std::optional<PublicationTarget> Topics::target_by_outbox(const Topic& topic, const Subscription& subscription,
                                                          const QueueAddress& outbox) const {
  const SubscriptionRecord& record = subscription.record;
  const bool raw = record.attributes.raw_message_delivery;
  if (mobile_.reaches(record.protocol, topic.address().world, record.endpoint)) {
    return PublicationTarget{outbox, record.key.id, raw};
  }
  if (!subscription.dead_letter || is_fifo(*subscription.dead_letter)) return std::nullopt;
  const std::optional<QueueAddress> queue = surroundings_.find_admitting(*subscription.dead_letter, topic);
  if (!queue) return std::nullopt;
  return PublicationTarget{*queue, record.key.id, raw};
}

std::optional<PublicationTarget> Topics::target_of(const Topic& topic, const Subscription& subscription,
                                                   const Publish& request) const {
  const SubscriptionId& id = subscription.record.key.id;
  const bool raw = subscription.record.attributes.raw_message_delivery;
  if (const auto outbox = subscription.outbox()) return target_by_outbox(topic, subscription, *outbox);
  if (!subscription.queue) return std::nullopt;
  const auto admits = [&](const QueueName& queue) { return !is_fifo(queue) || topic.fifo(); };
  std::optional<QueueAddress> queue;
  const bool unfit = raw && request.content.attributes.size() > kRawAttributesMax;
  if (!unfit && admits(*subscription.queue)) queue = surroundings_.find_admitting(*subscription.queue, topic);
  // What its queue can't take goes to the dead-letter queue, in the very form that it would have had.
  if (!queue && subscription.dead_letter && admits(*subscription.dead_letter)) {
    queue = surroundings_.find_admitting(*subscription.dead_letter, topic);
  }
  if (!queue) return std::nullopt;
  return PublicationTarget{*queue, id, raw};
}

std::vector<std::vector<PublicationTarget>> Topics::targets_of(const Topic& topic,
                                                               const Publish& request) const {
  std::vector<std::vector<PublicationTarget>> targets(1 + request.forms.size());
  for (const auto& [id, subscription] : topic.subscriptions) {
    if (subscription.record.pending) continue;
    const auto form = std::find_if(
        request.forms.begin(), request.forms.end(),
        [&](const PublicationForm& one) { return one.protocol == subscription.record.protocol; });
    if (subscription.filter && !subscription.filter->wants_everything()) {
      const FilterFieldsPtr& body = form == request.forms.end() ? request.body : form->fields;
      const FilterFields* fields =
          subscription.filter->scope() == FilterScope::kMessageBody ? body.get() : request.attributes.get();
      if (fields == nullptr || !subscription.filter->matches(*fields)) continue;
    }
    const auto target = target_of(topic, subscription, request);
    const auto own = form == request.forms.end() ? 0 : 1 + (form - request.forms.begin());
    if (target) targets[static_cast<std::size_t>(own)].push_back(*target);
  }
  return targets;
}

Result<Published> Topics::publish(Topic& topic, Publish&& request, Room& room, Decision& decision) {
  MessageContent& content = request.content;
  Notification& notification = *content.notification;
  const TopicAttributes& attributes = topic.record.attributes;
  const TopicAddress address = topic.address();
  Fingerprint print{};
  if (topic.fifo()) {
    const std::int64_t oldest = minute_of(decision.now - kRemembered);
    if (topic.accepted.has_minute_before(oldest)) {
      change(EraseRange{TopicDedupKey{address, 0, {}}, TopicDedupKey{address, oldest, {}}}, decision);
    }
    print = fingerprint_of(topic, content);
    if (const auto earlier = accepted_before(topic, print, decision);
        earlier && decision.now < earlier->at + kRemembered) {
      return Published{earlier->id, earlier->sequence};
    }
  }

  std::vector<std::vector<PublicationTarget>> targets = targets_of(topic, request);
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::size_t stored_bytes = 0;
  for (std::size_t form = 0; form < targets.size(); ++form) {
    if (targets[form].empty()) continue;
    std::size_t each = copy_bytes(content);
    if (form > 0) each += request.forms[form - 1].body.size() - content.body.size();
    count += targets[form].size();
    bytes += targets[form].size() * each;
    stored_bytes += each + targets[form].size() * sizeof(PublicationTarget);
  }
  const bool behind = topic.fifo() && directory_.first_undelivered(address) != nullptr;
  // The first copy of a commit has room whatever its size.
  const bool fits = count <= room.targets && (bytes <= room.bytes || (!room.used && count == 1));
  const bool stored = count != 0 && (behind || !fits);
  if (stored && directory_.publication_bytes() + stored_bytes > limits_.publication_bytes_max) {
    return refuse(ErrorCode::kThrottled);
  }

  const PublicationSequence sequence = topic.next;
  notification.id = MessageId::draw(decision.random);
  notification.published = decision.now;
  if (topic.fifo()) {
    notification.sequence_number = sequence.value;
    notification.signature_version = 0;
    notification.signing_key = {};
    if (const auto earlier = accepted_before(topic, print, decision)) {
      change(Erase{TopicDedupKey{address, minute_of(earlier->at), print}}, decision);
    }
    put(TopicDedupRecord{{address, minute_of(decision.now), print}, decision.now, notification.id, sequence},
        decision);
  } else if (notification.signature_version != 0) {
    notification.signature_version = attributes.signature_version.value_or(1);
  }
  // Each form is a publication of its own, with the identifiers of the one.
  std::vector<MessageContent> contents;
  contents.reserve(targets.size());
  contents.push_back(std::move(content));
  for (PublicationForm& form : request.forms) {
    MessageContent& own = contents.emplace_back(contents.front());
    own.body = std::move(form.body);
    own.body_md5 = form.body_md5;
    own.notification = std::make_shared<Notification>(*contents.front().notification);
    own.notification->form = static_cast<std::uint8_t>(form.protocol);
  }
  const Published published{contents.front().notification->id,
                            topic.fifo() ? std::optional(sequence) : std::nullopt};
  if (stored) {
    PublicationSequence next = sequence;
    for (std::size_t form = 0; form < targets.size(); ++form) {
      if (targets[form].empty()) continue;
      put(PublicationRecord{{address, next},
                            std::make_shared<const MessageContent>(std::move(contents[form])),
                            std::move(targets[form])},
          decision);
      next = next.next();
    }
    put(TopicSequenceRecord{{address}, next}, decision);
    return published;
  }
  if (topic.fifo()) put(TopicSequenceRecord{{address}, sequence.next()}, decision);
  room.targets -= count;
  room.bytes -= std::min(room.bytes, bytes);
  room.used = room.used || count != 0;
  for (std::size_t form = 0; form < targets.size(); ++form) {
    Copies copies(contents[form], topic.fifo());
    for (const PublicationTarget& target : targets[form]) deliver(copies, target, decision);
  }
  return published;
}

void Topics::deliver(Copies& copies, const PublicationTarget& target, Decision& decision) {
  Send copy;
  copy.content =
      copies.of(target, surroundings_.is_fifo(target.queue), surroundings_.is_outbox(target.queue));
  copy.size = static_cast<std::uint32_t>(copy_bytes(*copy.content) - kEnvelope);
  copy.from_topic = true;
  surroundings_.deliver(target.queue, copy, decision);
}

void Topics::each_doubt(const Command& command, Time now, std::vector<Key>& keys) {
  if (!command.operation) return;
  const Topic* topic = directory_.find(command.world, command.queue_name);
  if (topic == nullptr || !topic->fifo()) return;
  // Who is refused has nothing looked up.
  if (command.access && refuse_access(command)) return;
  const TopicOperation& operation = std::get<AboutTopic>(*command.operation).operation;
  if (const auto* publish = std::get_if<Publish>(&operation)) each_doubt(*topic, *publish, now, keys);
  if (const auto* batch = std::get_if<PublishBatch>(&operation)) {
    for (const Publish& entry : batch->entries) each_doubt(*topic, entry, now, keys);
  }
}

void Topics::each_doubt(const Topic& topic, const Publish& request, Time now, std::vector<Key>& keys) const {
  const Fingerprint print = fingerprint_of(topic, request.content);
  topic.accepted.each_doubt(print, minute_of(now - kRemembered), [&](std::int64_t minute) {
    keys.push_back(TopicDedupKey{topic.address(), minute, print});
  });
  for (const auto& form : targets_of(topic, request)) {
    for (const PublicationTarget& target : form) {
      surroundings_.each_doubt(target.queue, request.content, now, keys);
    }
  }
}

bool Topics::waits(std::span<const PublicationTarget> targets, const MessageContent& content, Decision& decision) {
  std::vector<Key> keys;
  for (const PublicationTarget& target : targets) {
    surroundings_.each_doubt(target.queue, content, decision.now, keys);
  }
  if (keys.empty()) return false;
  std::sort(keys.begin(), keys.end());
  if (looks_up_) return true;
  if (drained_.epoch == dedup_.epoch() && drained_.covers(keys)) {
    decision.recollection = &drained_;
    return false;
  }
  decision.outcome.look_ups.push_back({kDrain, keys});
  drained_ = {std::move(keys), {}, dedup_.epoch()};
  looks_up_ = true;
  return true;
}

void Topics::recall(LookedUp&& found) {
  drained_.records = std::move(found.records);
  looks_up_ = false;
}

void Topics::drain(Decision& decision) {
  std::size_t targets_left = kTargetsMax;
  std::size_t bytes_left = kCopyBytesMax;
  while (targets_left > 0) {
    const UndeliveredPublication* next = directory_.next_undelivered(drained_last_);
    if (next == nullptr) return;
    const PublicationKey key = next->record.key;
    const TopicAddress drained_before = std::exchange(drained_last_, key.topic);
    const ContentPtr content = next->record.content;
    const bool fifo_topic = content->notification->sequence_number != 0;
    const std::size_t bytes = copy_bytes(*content);
    Copies copies(*content, fifo_topic);
    std::uint64_t delivered = next->delivered;
    const std::size_t count = next->record.targets.size();
    const std::span<const PublicationTarget> targets(next->record.targets);
    if (waits(targets.subspan(delivered, std::min<std::size_t>(count - delivered, targets_left)), *content,
              decision)) {
      drained_last_ = drained_before;  // what is looked up is for this one
      return;
    }
    while (delivered < count && targets_left > 0 && (bytes <= bytes_left || targets_left == kTargetsMax)) {
      deliver(copies, next->record.targets[delivered], decision);
      ++delivered;
      --targets_left;
      bytes_left -= std::min(bytes, bytes_left);
    }
    if (delivered == count) {
      if (next->delivered > 0) change(Erase{PublicationProgressKey{key.topic, key.sequence}}, decision);
      change(Erase{key}, decision);
      continue;
    }
    if (delivered != next->delivered) {
      put(PublicationProgressRecord{{key.topic, key.sequence}, delivered}, decision);
    }
    return;
  }
}

}  // namespace penstock
