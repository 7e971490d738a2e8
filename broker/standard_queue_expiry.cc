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

// Those at the front; the others are found by their expiry records.
void StandardQueue::expire_moved(Decision& decision) {
  for (const MovedLane::Entry* front = moved_.front();
       front != nullptr && ended(front->head.sent, decision.now); front = moved_.front()) {
    const FreshKey body{address(), kMovedLane, front->sequence};
    const ExpiryKey expiry{address(), front->head.sent, front->sequence};
    put(moved_.tally_without_front(), decision);
    change(Erase{body}, decision);
    change(Erase{expiry}, decision);
  }
}

void StandardQueue::supply_expired(const Page& page, Decision& decision) {
  std::uint64_t gone = 0;
  Time oldest = kNever;  // of what is left
  for (const Record& record : page.records) {
    const ExpiryKey& key = std::get<ExpiryRecord>(record).key;
    oldest = key.enqueued;
    if (!ended(key.enqueued, decision.now)) break;
    if (key.sequence < moved_.tally().cursor) continue;  // received, or gone, since
    change(Erase{FreshKey{address(), kMovedLane, key.sequence}}, decision);
    change(Erase{key}, decision);
    ++gone;
    if (&record == &page.records.back() && page.complete) oldest = kNever;
  }
  put(moved_.tally_after_expiry(gone, oldest), decision);
  moved_.expiry_supplied();
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
  redrive(decision);
  serve_and_answer_overdue(decision);
  want_pages(!line_.empty(), decision);
}

Time StandardQueue::next_deadline(Time now) const {
  const Retention retention = record_.retention();
  Time deadline = std::min(lanes_.next_expiry(retention), later_.next_expiry(now, retention));
  if (touched_.size() != 0) deadline = std::min(deadline, retention.end_of(touched_.oldest_enqueued()));
  deadline = std::min({deadline, moved_.next_expiry(retention), next_redrive()});
  deadline = std::min(deadline, later_.next_due(now));
  if (!line_.empty()) deadline = std::min(deadline, touched_.next_visible());
  return deadline;
}

}  // namespace penstock
