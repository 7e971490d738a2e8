// StandardQueue: what comes into it from other queues, and what it lets go to them.
#include <algorithm>
#include <utility>

#include "broker/standard_queue.h"

namespace penstock {

// A dead letter keeps its time and so belongs into the lane that is in no order of time; what a move task
// brings is sent anew.
void StandardQueue::accept(const Arrival& arrival, Decision& decision) {
  Copy copy{.from = arrival.from,
            .to = FreshKey{},
            .head = arrival.head,
            .keeps_id = arrival.keeps_id,
            .dead_letter = arrival.dead_letter,
            .deduplication_id = arrival.deduplication_id,
            .bytes_max = arrival.bytes_max};
  if (arrival.dead_letter.source_arn.empty()) {
    // Its group is in the content, which is not here: so it lies with those that have none.
    TallyRecord tally = lanes_.first().tally();
    copy.to = FreshKey{address(), kFirstLane, tally.high};
    change(std::move(copy), decision);
    if (tally.cursor == tally.high) tally.passed = decision.now;
    tally.high = tally.high.next();
    put(tally, decision);
  } else {
    const TallyRecord tally = moved_.tally_with(arrival.head.sent);
    const Sequence sequence = moved_.tally().high;
    copy.to = FreshKey{address(), kMovedLane, sequence};
    change(std::move(copy), decision);
    put(ExpiryRecord{{address(), arrival.head.sent, sequence}}, decision);
    put(tally, decision);
    moved_.joined(arrival.head.sent);
  }
  share_.woken.insert(address().id);
}

// When nothing of what had ended is left, the note of where that was has done its work.
bool StandardQueue::admits_dead_letter(Time enqueued, Decision& decision) {
  const Time ended = record_.ended;
  if (enqueued > ended) return true;
  const bool left = lanes_.oldest_enqueued() <= ended || moved_.oldest_enqueued() <= ended ||
                    touched_.oldest_enqueued() <= ended ||
                    (later_.count() != 0 && later_.tally().passed <= ended);
  if (left) return false;
  QueueRecord record = record_;
  record.ended = kEpoch;
  put(std::move(record), decision);
  return true;
}

bool StandardQueue::move_to_dead_letters(const TouchedRecord& record, Queue& target, Decision& decision) {
  if (!decision.moves.admits(MoveAllowance::kUnknownBytes)) {
    moves_left_ = true;
    share_.woken.insert(address().id);
    return false;
  }
  decision.moves.spend(MoveAllowance::kUnknownBytes);
  target.accept({.from = body_of(record),
                 .head = {{}, record.enqueued},
                 .keeps_id = true,
                 .dead_letter = {arn(), record.receive_count},
                 .deduplication_id = {},
                 .bytes_max = MoveAllowance::kUnknownBytes},
                decision);
  erase_message(record, decision);
  return true;
}

// Those that were never received first, in the order in which a receive would take them.
std::optional<Departure> StandardQueue::next_departure(Decision& decision) {
  expire(decision);
  expire_moved(decision);
  want_pages(true, decision);
  if (const MovedLane::Entry* moved = moved_.front()) {
    return Departure{.body = FreshKey{address(), kMovedLane, moved->sequence},
                     .content = moved->content,
                     .may_be_dead_letter = true,
                     .touched = {},
                     .head = moved->head};
  }
  const FreshLane* oldest_lane = nullptr;
  const FreshLane::Entry* oldest = nullptr;
  lanes_.each([&](FreshLane& lane) {
    const FreshLane::Entry* fresh = lane.next(decision.now, record_.retention());
    if (fresh == nullptr || (oldest != nullptr && oldest->head.sent <= fresh->head.sent)) return;
    oldest_lane = &lane;
    oldest = fresh;
  });
  if (oldest != nullptr) {
    const TallyRecord& tally = oldest_lane->tally();
    return Departure{.body = FreshKey{address(), tally.key.lane, tally.cursor},
                     .content = oldest->content,
                     .may_be_dead_letter = false,
                     .touched = {},
                     .head = oldest->head};
  }
  const LaterLane::Entry* later = later_.next(decision.now);
  if (later != nullptr && !ended(later->head.sent, decision.now)) {
    return Departure{.body = LaterKey{address(), later->due, later->sequence},
                     .content = later->content,
                     .may_be_dead_letter = false,
                     .touched = {},
                     .head = later->head};
  }
  if (waits_for_page()) return std::nullopt;
  touched_.settle(decision.now);
  std::optional<TouchedRecord> touched = touched_.first_visible(address());
  while (touched && ended(touched->enqueued, decision.now)) {
    erase_message(*touched, decision);
    touched = touched_.first_visible(address());
  }
  if (!touched) return std::nullopt;
  return Departure{.body = body_of(*touched),
                   .content = nullptr,
                   .may_be_dead_letter = touched->key.lane == kMovedLane,
                   .touched = touched,
                   .head = {}};
}

void StandardQueue::let_go(const Departure& departure, Decision& decision) {
  if (departure.touched) {
    erase_message(*departure.touched, decision);
    return;
  }
  if (const auto* later = std::get_if<LaterKey>(&departure.body)) {
    TallyRecord tally = later_.tally();
    tally.cursor_due = later->due;
    tally.cursor = later->sequence.next();
    --tally.waiting;
    put(tally, decision);
    change(Erase{*later}, decision);
    return;
  }
  const auto& body = std::get<FreshKey>(departure.body);
  if (body.lane == kMovedLane) {
    put(moved_.tally_without_front(), decision);
    change(Erase{ExpiryKey{address(), departure.head.sent, body.sequence}}, decision);
  } else {
    const FreshLane& lane = *lanes_.find(body.lane);
    TallyRecord tally = lane.tally();
    tally.cursor = tally.cursor.next();
    tally.passed = departure.head.sent;
    put(tally, decision);
    give_back(lane, decision);
  }
  change(Erase{body}, decision);
}

}  // namespace penstock
