#include "resources/rehearsal.h"

#include <algorithm>
#include <variant>

#include "actions/sns_arn.h"
#include "actions/subscriptions.h"

namespace penstock {
namespace {

constexpr const char* kRequestId = "00000000-0000-0000-0000-000000000000";

}  // namespace

Rehearsal::Rehearsal(const ResourceFacts& facts, DispatchSettings settings, const BrokerLimits& limits,
                     Random& random)
    : settings_(std::move(settings)), random_(random), now_(facts.time), broker_(PartitionId{}, limits) {
  for (const Record& record : facts.records) {
    broker_.apply(Put{record});
    note(record);
  }
}

bool Rehearsal::note(const Record& record) {
  if (const auto* queue = std::get_if<QueueRecord>(&record)) {
    if (queue->outbox_of) return true;
    // When it was last set says nothing of what it is.
    QueueRecord same = *queue;
    same.modified = kEpoch;
    QueueRecord& known = queues_[{same.key.queue.world, same.name}];
    return std::exchange(known, same) != same;
  }
  if (const auto* topic = std::get_if<TopicRecord>(&record)) {
    topic_ids_[{topic->key.topic.world, topic->name}] = topic->key.topic.id;
    TopicRecord& known = topics_[topic->key];
    return std::exchange(known, *topic) != *topic;
  }
  if (const auto* subscription = std::get_if<SubscriptionRecord>(&record)) {
    SubscriptionRecord& known = subscriptions_[subscription->key];
    return std::exchange(known, *subscription) != *subscription;
  }
  return true;
}

tl::expected<bool, std::string> Rehearsal::perform(const ApiCall& call) {
  auto planned = plan(call.request(), settings_, Ticket{}, kRequestId);
  if (const auto* response = std::get_if<ApiResponse>(&planned)) {
    return tl::unexpected(refusal_in(*response).value_or(std::string()));
  }
  auto& [command, remembered, account] = std::get<PlannedCommand>(planned);
  Outcome outcome;
  broker_.execute(std::move(command), now_, random_, outcome);
  for (const Reply& reply : outcome.replies) {
    if (auto refusal = refusal_in(render(*remembered, reply.answer)))
      return tl::unexpected(*std::move(refusal));
  }
  bool altered = false;
  for (const Change& change : outcome.changes) {
    const Put* const put = std::get_if<Put>(&change);
    altered = (put == nullptr || note(put->record)) || altered;
  }
  return altered;
}

ResourceFacts Rehearsal::facts() const {
  ResourceFacts facts{{}, now_};
  broker_.each_resource([&facts](const Record& record) { facts.records.push_back(record); });
  return facts;
}

std::optional<std::string> Rehearsal::subscription(const World& world, const std::string& topic,
                                                   const DeclaredSubscription& like) const {
  const auto id = topic_ids_.find({world, topic});
  if (id == topic_ids_.end()) return std::nullopt;
  const TopicAddress address{PartitionId{}, world, id->second};
  for (auto at = subscriptions_.lower_bound({address, {}});
       at != subscriptions_.end() && at->first.topic == address; ++at) {
    const SubscriptionRecord& record = at->second;
    if (record.unsubscribed != kEpoch || record.endpoint != like.endpoint) continue;
    if (name_of(record.protocol) == like.protocol) return subscription_arn(world, topic, record.key.id);
  }
  return std::nullopt;
}

}  // namespace penstock
