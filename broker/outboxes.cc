#include "broker/outboxes.h"

#include <algorithm>
#include <utility>

#include "broker/standard_queue.h"

namespace penstock {
namespace {

// How many outboxes one decision looks at; the others follow with the next.
constexpr std::size_t kLookedAtMax = 64;
constexpr std::size_t kTakenMax = 10;

// A rate's bursts: what was not used in so long may be made up for.
constexpr Milliseconds kRateWindow{100};

}  // namespace

void Outboxes::serve(bool serves) {
  serves_ = serves;
  for (const auto& [id, box] : boxes_) notice(id);
}

void Outboxes::add(QueueId id, const SubscriptionKey& of) {
  boxes_[id].of = of;
  notice(id);
}

void Outboxes::remove(QueueId id) {
  const auto found = boxes_.find(id);
  if (found == boxes_.end()) return;
  under_way_ -= found->second.under_way;
  wake_at(id, found->second, kNever);
  boxes_.erase(found);  // what stands in a line of it names nobody
}

void Outboxes::notice(QueueId id) {
  const auto found = boxes_.find(id);
  if (found == boxes_.end()) return;
  Outbox& box = found->second;
  // Who has nothing under way any more need not be patient.
  if (box.line == Line::kNone || (box.line == Line::kPatient && box.under_way == 0))
    stand_in(Line::kLine, id, box);
}

void Outboxes::stand_in(Line line, QueueId id, Outbox& box) {
  box.line = line;
  if (line == Line::kLine) {
    line_.push_back(id);
  } else if (!std::exchange(box.is_patient, true)) {
    patient_.push_back(id);
  }
}

std::size_t Outboxes::shared_max() const { return std::max<std::size_t>(1, limits_.outgoing_max / 2); }

void Outboxes::wake_at(QueueId id, Outbox& box, Time when) {
  if (box.wake == when) return;
  if (box.wake != kNever) timers_.erase({box.wake, id});
  box.wake = when;
  if (when != kNever) timers_.insert({when, id});
}

bool Outboxes::line_moves() const {
  return (!line_.empty() && under_way_ < limits_.outgoing_max) ||
         (!patient_.empty() && under_way_ < shared_max());
}

Time Outboxes::next_deadline() const {
  if (line_moves()) return kEpoch;
  return timers_.empty() ? kNever : timers_.begin()->first;
}

void Outboxes::look(Decision& decision) {
  while (!timers_.empty() && timers_.begin()->first <= decision.now) {
    const QueueId id = timers_.begin()->second;
    wake_at(id, boxes_.at(id), kNever);
    notice(id);
  }
  for (std::size_t left = kLookedAtMax; left > 0 && line_moves(); --left) {
    const Line line = line_.empty() ? Line::kPatient : Line::kLine;
    std::deque<QueueId>& from = line == Line::kLine ? line_ : patient_;
    const QueueId id = from.front();
    from.pop_front();
    const auto found = boxes_.find(id);
    if (found == boxes_.end()) continue;
    if (line == Line::kPatient) found->second.is_patient = false;
    if (found->second.line != line) continue;
    look_at(id, found->second, decision);
  }
}

void Outboxes::look_at(QueueId id, Outbox& box, Decision& decision) {
  box.line = Line::kNone;
  StandardQueue* queue = surroundings_.outbox(id);
  const Subscription* subscription = surroundings_.subscription_of(box.of, id);
  if (subscription == nullptr) {
    surroundings_.close_outbox(queue->address(), decision);
    return;
  }
  if (!serves_) return;
  if (!std::exchange(box.known, true)) queue->release_leases(kLease, decision);

  const DeliveryPolicy policy = surroundings_.delivery_policy_of(*subscription);
  while (true) {
    if (box.under_way >= limits_.outgoing_subscription_max) return;  // the end of an attempt is noticed
    std::size_t most = std::min(kTakenMax, limits_.outgoing_subscription_max - box.under_way);
    // The first of its own has a place for itself; the others share the rest.
    const std::size_t shared = shared_max() - std::min(shared_max(), under_way_);
    most = box.under_way == 0 ? std::clamp<std::size_t>(shared, 1, most) : std::min(shared, most);
    if (most == 0 || under_way_ >= limits_.outgoing_max) {
      stand_in(box.under_way == 0 ? Line::kLine : Line::kPatient, id, box);
      return;
    }
    if (policy.receives_per_second) {
      box.free_at = std::max(box.free_at, decision.now - kRateWindow);
      if (box.free_at > decision.now) {
        wake_at(id, box, box.free_at);
        return;
      }
      const std::int64_t rate = *policy.receives_per_second;
      const auto free = static_cast<std::size_t>((decision.now - box.free_at).count() * rate / 1000 + 1);
      most = std::min(most, free);
    }
    std::vector<Delivery> taken = queue->take_out(static_cast<std::uint32_t>(most), kLease, decision);
    if (taken.empty()) {
      // A page that comes is noticed.
      wake_at(id, box, queue->next_retry());
      return;
    }
    if (policy.receives_per_second) {
      box.free_at += Milliseconds{static_cast<std::int64_t>(
          (taken.size() * 1000 + *policy.receives_per_second - 1) / *policy.receives_per_second)};
    }
    box.under_way += taken.size();
    under_way_ += taken.size();
    decision.reply({kOutgoingSession, id.value}, Received{queue->address(), std::move(taken)});
  }
}

AttemptEnd Outboxes::end_attempt(const AttemptReport& report, Decision& decision) {
  const QueueId id = report.outbox.id;
  const auto found = boxes_.find(id);
  StandardQueue* queue = found == boxes_.end() ? nullptr : surroundings_.outbox(id);
  if (queue == nullptr) return AttemptEnd::kGone;
  taken_back(id, 1);
  const Subscription* subscription = surroundings_.subscription_of(found->second.of, id);
  if (subscription == nullptr || !queue->holds(report.handle)) return AttemptEnd::kGone;
  switch (report.result) {
    case AttemptResult::kDelivered:
      queue->finish(report.handle, decision);
      return AttemptEnd::kDone;
    case AttemptResult::kUntried:
      queue->put_back(report.handle, decision.now, false, decision);
      return AttemptEnd::kRetried;
    case AttemptResult::kRefused:
      break;
    case AttemptResult::kFailed:
      // As many attempts as were begun have failed.
      if (const auto delay = delay_before_retry(surroundings_.delivery_policy_of(*subscription).retry,
                                                report.handle.attempt)) {
        Time until = decision.now + *delay;
        if (until == report.handle.received + kLease)
          until += Milliseconds{1};  // that is what a lease looks like
        queue->put_back(report.handle, until, true, decision);
        return AttemptEnd::kRetried;
      }
      break;
  }
  return give_up(*queue, report, *subscription, decision);
}

AttemptEnd Outboxes::give_up(StandardQueue& queue, const AttemptReport& report,
                             const Subscription& subscription, Decision& decision) {
  Queue* target = report.control ? nullptr : surroundings_.dead_letters_of(subscription);
  if (target == nullptr) {
    queue.finish(report.handle, decision);
    return AttemptEnd::kDropped;
  }
  queue.move_out(report.handle, *target, decision);
  return AttemptEnd::kDeadLettered;
}

void Outboxes::taken_back(QueueId id, std::size_t count) {
  const auto found = boxes_.find(id);
  if (found == boxes_.end()) return;
  const std::size_t known = std::min(count, found->second.under_way);
  found->second.under_way -= known;
  under_way_ -= known;
  notice(id);
}

}  // namespace penstock
