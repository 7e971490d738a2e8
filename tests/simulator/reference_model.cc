#include "tests/simulator/reference_model.h"

#include <algorithm>

#include "tests/simulator/reference_sight.h"

namespace penstock {

void ReferenceModel::see(const Deed& deed, Verdict& verdict) {
  if (const auto* forgotten = std::get_if<Forgotten>(&deed.act)) {
    waiting_.erase(forgotten->ticket);
    return;
  }
  if (std::holds_alternative<Reloaded>(deed.act)) {
    waiting_.clear();
    return;
  }
  Sight(*this, deed, verdict).judge();
  drop_expired(deed.seen);
}

// ---- queues

ReferenceModel::Queue* ReferenceModel::find(const World& world, const std::string& name) {
  for (Queue& queue : queues_) {
    if (queue.world == world && queue.name == name) return &queue;
  }
  return nullptr;
}

ReferenceModel::Queue* ReferenceModel::find(QueueId id) {
  for (Queue& queue : queues_) {
    if (queue.address.id == id) return &queue;
  }
  return nullptr;
}

const ReferenceModel::Queue* ReferenceModel::find(const World& world, std::string_view name) const {
  for (const Queue& queue : queues_) {
    if (queue.world == world && queue.name == name) return &queue;
  }
  return nullptr;
}

bool ReferenceModel::exhausted(const Queue& queue, const Message& message) const {
  const auto& policy = queue.attributes.redrive_policy;
  return policy && message.touch && message.touch->count >= policy->receive_count &&
         find(queue.world, policy->target()) != nullptr;
}

bool ReferenceModel::may_stay(const Queue& queue, const Message& message) const {
  const Queue* target = find(queue.world, queue.attributes.redrive_policy->target());
  return target->lengthened != kEpoch && message.sent <= target->lengthened;
}

bool ReferenceModel::moves_something(const Queue& queue, Time now) const {
  return std::any_of(queue.messages.begin(), queue.messages.end(), [&](const Message& message) {
    return alive(queue, message, now) && visible(message, now) && exhausted(queue, message) &&
           !may_stay(queue, message);
  });
}

bool ReferenceModel::perhaps_moves_something(const Queue& queue, Time now) const {
  return std::any_of(queue.messages.begin(), queue.messages.end(), [&](const Message& message) {
    return alive(queue, message, now) && visible(message, now) && exhausted(queue, message);
  });
}

bool ReferenceModel::certainly_at_bound(const Queue& queue, Time now) const {
  std::size_t own = 0;
  std::size_t all = 0;
  for (const Queue& any : queues_) {
    for (const Message& message : any.messages) {
      if (!message.touch || !alive(any, message, now)) continue;
      ++all;
      if (any.address == queue.address) ++own;
    }
  }
  return own >= limits_.touched_queue_max || all >= limits_.touched_max;
}

bool ReferenceModel::possibly_at_bound(const Queue& queue, std::size_t more) const {
  std::size_t own = more;
  std::size_t all = more;
  for (const Queue& any : queues_) {
    for (const Message& message : any.messages) {
      if (!message.touch) continue;
      ++all;
      if (any.address == queue.address) ++own;
    }
  }
  return own >= limits_.touched_queue_max || all >= limits_.touched_max;
}

bool ReferenceModel::touched_visible(const Queue& queue, Time now) const {
  return std::any_of(queue.messages.begin(), queue.messages.end(), [&](const Message& message) {
    return message.touch && alive(queue, message, now) && visible(message, now) && !exhausted(queue, message);
  });
}

bool ReferenceModel::deliverable(const Queue& queue, Time now, const std::set<BodyKey>& besides) const {
  if (touched_visible(queue, now)) return true;
  return !possibly_at_bound(queue, besides.size()) &&
         std::any_of(queue.messages.begin(), queue.messages.end(), [&](const Message& message) {
           return !message.touch && alive(queue, message, now) && visible(message, now) &&
                  !besides.contains(message.body);
         });
}

void ReferenceModel::drop_expired(const DecisionSeen& seen) {
  if (!seen.settled) return;
  for (Queue& queue : queues_) {
    if (std::binary_search(seen.waiting_for_pages.begin(), seen.waiting_for_pages.end(), queue.address.id))
      continue;
    std::erase_if(queue.messages, [&](const Message& message) {
      // A delayed message that expired before anybody came for it is found out behind those that are due
      // before it.
      const bool found_late = !message.touch && delayed(message);
      const Time from = found_late ? message.due : message.sent;
      return seen.now >= from + queue.attributes.retention || (message.ended && !found_late);
    });
  }
}

std::size_t ReferenceModel::alive_count(Time now) const {
  std::size_t count = 0;
  for (const Queue& queue : queues_) {
    for (const Message& message : queue.messages) count += alive(queue, message, now) ? 1U : 0U;
  }
  return count;
}

Time ReferenceModel::next_visible(Time now) const {
  Time next = kNever;
  for (const Queue& queue : queues_) {
    for (const Message& message : queue.messages) {
      const Time at = message.touch ? message.touch->hidden_until : message.due;
      if (at > now && alive(queue, message, now)) next = std::min(next, at);
    }
  }
  return next;
}

}  // namespace penstock
