// StandardQueue: what time does to it.
#include <algorithm>

#include "broker/standard_queue.h"

namespace penstock {
namespace {

// How many messages one tick may expire one by one; the rest follow in the next commits.
constexpr int kExpiredChunk = 1000;

}  // namespace

void StandardQueue::expire(Decision& decision) {
  const Retention retention = record_.retention();
  lanes_.each([&](FreshLane& lane) {
    lane.search_if_unknown(decision.now, retention);
    const auto cut = lane.decide_cut(decision.now, retention);
    if (!cut) return;
    const Lane number = cut->key.lane;
    const Sequence from = lane.tally().cursor;
    const Sequence to = cut->cursor;
    put(*cut, decision);
    change(EraseRange{FreshKey{address(), number, from}, FreshKey{address(), number, to}}, decision);
    give_back(lane, decision);
  });
  expire_later(decision);
}

void StandardQueue::expire_later(Decision& decision) {
  for (int left = kExpiredChunk; left > 0; --left) {
    const LaterLane::Entry* front = later_.front();
    if (front == nullptr || !ended(front->head.sent, decision.now)) return;
    const LaterKey key{address(), front->due, front->sequence};
    TallyRecord tally = later_.tally();
    tally.cursor_due = key.due;
    tally.cursor = key.sequence.next();
    --tally.waiting;
    put(tally, decision);
    change(Erase{key}, decision);
  }
}

void StandardQueue::expire_touched(Decision& decision) {
  for (int left = kExpiredChunk; left > 0 && oldest_has_ended(decision.now); --left) {
    erase_message(*touched_.oldest(address()), decision);
  }
}

bool StandardQueue::oldest_has_ended(Time now) const {
  return touched_.size() != 0 && ended(touched_.oldest_enqueued(), now);
}

void StandardQueue::tick(Decision& decision) {
  expire(decision);
  expire_touched(decision);
  serve_and_answer_overdue(decision);
  want_pages(!line_.empty(), decision);
}

Time StandardQueue::next_deadline(Time now) const {
  const Retention retention = record_.retention();
  Time deadline = std::min(lanes_.next_expiry(retention), later_.next_expiry(now, retention));
  if (touched_.size() != 0) deadline = std::min(deadline, retention.end_of(touched_.oldest_enqueued()));
  deadline = std::min(deadline, later_.next_due(now));
  if (!line_.empty()) deadline = std::min(deadline, touched_.next_visible());
  return deadline;
}

}  // namespace penstock
