#include "broker/expectations.h"

#include <algorithm>

namespace penstock {
namespace {

ExpectationEnded standing_of(Queue& queue, Time now) {
  const QueueCounts counts = queue.counts(now);
  const QueueCounters& counters = queue.counters();
  return {.held = false,
          .visible = counts.visible,
          .in_flight = counts.not_visible,
          .delayed = counts.delayed,
          .sent = counters.sent,
          .received = counters.received,
          .deleted = counters.deleted};
}

bool holds(const Expect& expected, const ExpectationEnded& is) {
  const auto exactly = [](const auto& wanted, std::uint64_t value) { return !wanted || *wanted == value; };
  const auto at_least = [](const auto& wanted, std::uint64_t value) { return !wanted || *wanted <= value; };
  return exactly(expected.visible, is.visible) && exactly(expected.in_flight, is.in_flight) &&
         exactly(expected.delayed, is.delayed) && at_least(expected.sent, is.sent) &&
         at_least(expected.received, is.received) && at_least(expected.deleted, is.deleted);
}

}  // namespace

void Expectations::begin(Queue& queue, const Ticket& ticket, const Expect& expected, Decision& decision) {
  ExpectationEnded is = standing_of(queue, decision.now);
  is.held = holds(expected, is);
  if (is.held || expected.timeout <= Milliseconds{0}) {
    decision.reply(ticket, is);
    return;
  }
  if (waiting_.size() >= kWaitingMax) {
    decision.reply(ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return;
  }
  waiting_.push_back(
      {ticket, queue.address().id, expected, decision.now + expected.timeout, queue.next_turn(decision.now)});
}

void Expectations::forget(const Ticket& ticket) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.ticket == ticket; });
}

void Expectations::look(const std::function<Queue*(QueueId)>& find, Decision& decision) {
  std::erase_if(waiting_, [&](Waiting& waiting) {
    Queue* const queue = find(waiting.queue);
    if (queue == nullptr) {
      decision.reply(waiting.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
      return true;
    }
    ExpectationEnded is = standing_of(*queue, decision.now);
    is.held = holds(waiting.expected, is);
    waiting.turn = queue->next_turn(decision.now);
    if (!is.held && waiting.deadline > decision.now) return false;
    decision.reply(waiting.ticket, is);
    return true;
  });
}

Time Expectations::next_deadline() const {
  Time next = kNever;
  for (const Waiting& waiting : waiting_) next = std::min({next, waiting.deadline, waiting.turn});
  return next;
}

void Expectations::leap(Milliseconds by) {
  for (Waiting& waiting : waiting_) waiting.deadline += by;
}

}  // namespace penstock
