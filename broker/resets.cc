#include "broker/resets.h"

#include <utility>

namespace penstock {

void Resets::begin(const Ticket& ticket, const Reset& reset, Decision& decision) {
  if (waiting_.size() >= kWaitingMax) {
    decision.reply(ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return;
  }
  waiting_.push_back({.ticket = ticket,
                      .topics = topics_.directory().addresses(
                          [&reset](const TopicAddress& topic) { return reset.means(topic.world); }),
                      .queues = queues_of(reset),
                      .names = names_of(reset),
                      .mobile = mobile_of(reset),
                      .done = {}});
  go_on(decision);
}

// Outboxes go with their topics.
std::vector<QueueAddress> Resets::queues_of(const Reset& reset) const {
  std::vector<QueueAddress> addresses;
  queues_.each([&](const Queue& queue) {
    if (!queue.record().outbox_of && reset.means(queue.address().world)) addresses.push_back(queue.address());
  });
  return addresses;
}

std::vector<DeletedNameKey> Resets::names_of(const Reset& reset) const {
  std::vector<DeletedNameKey> names;
  administration_.deleted_names().each([&](const DeletedNameRecord& record) {
    if (reset.means(record.key.world)) names.push_back(record.key);
  });
  return names;
}

std::vector<MobileKey> Resets::mobile_of(const Reset& reset) const {
  std::vector<MobileKey> keys;
  topics_.mobile().each_fact([&](const Record& record) {
    const MobileKey& key = std::get<MobileRecord>(record).key;
    if (reset.means(key.world)) keys.push_back(key);
  });
  return keys;
}

// Topics go first, so that nothing is delivered to queues that are about to go.
void Resets::go_on(Decision& decision) {
  std::size_t left = kChunk;
  while (left > 0 && !waiting_.empty()) {
    Waiting& reset = waiting_.front();
    for (; left > 0 && !reset.topics.empty(); --left) {
      if (topics_.erase(reset.topics.back(), decision)) ++reset.done.topics;
      reset.topics.pop_back();
    }
    for (; left > 0 && !reset.queues.empty(); --left) {
      if (administration_.erase(reset.queues.back(), decision)) ++reset.done.queues;
      reset.queues.pop_back();
    }
    for (; left > 0 && !reset.names.empty(); --left) {
      administration_.free_name(reset.names.back(), decision);
      reset.names.pop_back();
    }
    for (; left > 0 && !reset.mobile.empty(); --left) {
      topics_.mobile().erase(reset.mobile.back(), decision);
      reset.mobile.pop_back();
    }
    if (!reset.topics.empty() || !reset.queues.empty() || !reset.names.empty() || !reset.mobile.empty())
      return;
    decision.reply(reset.ticket, reset.done);
    waiting_.pop_front();
  }
}

}  // namespace penstock
