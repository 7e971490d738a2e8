// StandardQueue: handing messages out, to those who ask and to those who wait.
#include <algorithm>
#include <utility>

#include "broker/fairness.h"
#include "broker/refusals.h"
#include "broker/standard_queue.h"

namespace penstock {
namespace {

// Of one queue, at a time; each is up to a mebibyte.
constexpr std::size_t kPagesMax = 8;

// How often weaknesses show: one in so many.
constexpr std::uint64_t kDuplicate = 16;
constexpr std::uint64_t kPutBehind = 4;
constexpr std::uint64_t kShortPollMisses = 8;
constexpr std::uint64_t kShortPollSeesAll = 8;
constexpr std::uint64_t kShortPollFew = 3;            // at most, otherwise
constexpr std::uint64_t kShortPollSeesAllFrom = 1000;  // messages visible

}  // namespace

// One receive being filled.
struct StandardQueue::Taking {
  Seconds visibility;
  std::vector<Delivery> deliveries;
};

bool StandardQueue::at_touched_bound() const {
  return touched_.size() >= share_.limits.touched_queue_max || share_.touched >= share_.limits.touched_max;
}

Seconds StandardQueue::visibility_of(const WaitingReceivers::Receiver& receiver) const {
  return receiver.visibility_timeout.value_or(record_.attributes.visibility_timeout);
}

void StandardQueue::receive(const Ticket& ticket, const Receive& request, Decision& decision) {
  recently_used_ = true;
  const Seconds wait = request.wait.value_or(record_.attributes.receive_wait);
  const bool looks_closely = !weaknesses_.short_polls || wait != Seconds{0};
  const std::uint32_t messages_max =
      looks_closely ? request.messages_max : seen_by_short_poll(request.messages_max, decision.now);
  if (messages_max == 0) {
    ++counters_.empty_receives;
    decision.reply(ticket, Received{address(), {}});
    return;
  }
  const WaitingReceivers::Receiver receiver{.ticket = ticket,
                                            .queue = address().id,
                                            .messages_max = messages_max,
                                            .visibility_timeout = request.visibility_timeout,
                                            .deadline = decision.now + wait,
                                            .short_poll = wait == Seconds{0}};
  if (!line_.empty()) serve(decision);
  if (line_.empty()) {
    std::vector<Delivery> deliveries = take(receiver.messages_max, visibility_of(receiver), decision);
    if (!deliveries.empty()) {
      decision.reply(ticket, Received{address(), std::move(deliveries)});
      return;
    }
  }
  const bool may_wait = share_.receivers.size() < share_.limits.waiting_receivers_max;
  if (may_wait && (unfinished() || !receiver.short_poll)) {
    share_.receivers.add(line_, receiver);
  } else {
    answer_empty(receiver, decision);
  }
}

std::uint32_t StandardQueue::seen_by_short_poll(std::uint32_t messages_max, Time now) {
  if (counts(now).visible >= kShortPollSeesAllFrom) return messages_max;
  missed_ = !missed_ && weak(true, kShortPollMisses);
  if (missed_) return 0;
  if (weak(true, kShortPollSeesAll)) return messages_max;
  return std::min(messages_max, static_cast<std::uint32_t>(1 + share_.weakness.below(kShortPollFew)));
}

void StandardQueue::answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  if (receiver.short_poll && at_touched_bound()) {
    decision.reply(receiver.ticket, too_many_in_flight());
  } else {
    ++counters_.empty_receives;
    decision.reply(receiver.ticket, Received{address(), {}});
  }
}

bool StandardQueue::front_is_unknown() const {
  return lanes_.front_is_unknown() || (moved_.front() == nullptr && moved_.waits_for_page());
}

std::vector<Delivery> StandardQueue::take(std::uint32_t messages_max, Seconds visibility,
                                          Decision& decision) {
  expire(decision);
  moves_left_ = false;
  touched_.settle(decision.now);
  const bool patient = pages_in_vain_ <= 2 * lanes_.size();
  Taking taking{visibility, {}};
  while (taking.deliveries.size() < messages_max) {
    const std::size_t touched_before = touched_.size();
    const bool fair = touched_.fairness().any();
    const bool took = take_in_turn(taking, fair ? Tenants::kQuiet : Tenants::kAll, decision) ||
                      (fair && (at_touched_bound() || !patient || !front_is_unknown()) &&
                       take_in_turn(taking, Tenants::kNoisy, decision));
    // At the bound of touched messages, what moved away has made room for one that was never received.
    if (!took && touched_.size() < touched_before) continue;
    if (!took) break;
    touched_turn_ = !touched_turn_;
  }
  if (!taking.deliveries.empty()) pages_in_vain_ = 0;
  want_pages(true, decision);
  counters_.received += taking.deliveries.size();
  return std::move(taking.deliveries);
}

bool StandardQueue::take_in_turn(Taking& taking, Tenants tenants, Decision& decision) {
  return touched_turn_
             ? take_touched(taking, tenants, decision) || take_untouched(taking, tenants, decision)
             : take_untouched(taking, tenants, decision) || take_touched(taking, tenants, decision);
}

bool StandardQueue::take_touched(Taking& taking, Tenants tenants, Decision& decision) {
  const auto next = [&] { return touched_.first_visible(address(), tenants, decision.now); };
  std::optional<TouchedRecord> visible = next();
  Queue* const dead_letters = dead_letter_queue();
  while (visible) {
    if (ended(visible->enqueued, decision.now)) {
      erase_message(*visible, decision);
    } else if (dead_letters == nullptr || !exhausted(visible->receive_count) ||
               !dead_letters->admits_dead_letter(visible->enqueued, decision)) {
      break;
    } else if (!move_to_dead_letters(*visible, *dead_letters, decision)) {
      return false;
    }
    visible = next();
  }
  if (!visible) return false;
  TouchedRecord record = *visible;
  if (record.receive_count == 0) record.first_received = decision.now;
  ++record.receive_count;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
  if (weak(weaknesses_.duplicates, kDuplicate)) record.hidden_until = decision.now + Milliseconds{1};
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = {},
                               .content = nullptr,
                               .body = body_of(record),
                               .first_received = record.first_received,
                               .hidden_before = visible->hidden_until,
                               .receive_count = record.receive_count});
  put(record, decision);
  return true;
}

// What stands at the front of a lane: of `lane`, of the delayed ones, or of those moved in.
struct StandardQueue::Front {
  FreshLane* lane = nullptr;
  const FreshLane::Entry* fresh = nullptr;
  const LaterLane::Entry* later = nullptr;
  const MovedLane::Entry* moved = nullptr;

  bool is_none() const { return fresh == nullptr && later == nullptr && moved == nullptr; }
};

StandardQueue::Front StandardQueue::choose_front(Tenants tenants, Time now) {
  const Retention retention = record_.retention();
  const LaterLane::Entry* later = later_.next(now);
  if (later != nullptr && ended(later->head.sent, now)) later = nullptr;  // more than a chunk of them
  const MovedLane::Entry* moved = moved_.front();
  if (!lanes_.grouped() && tenants == Tenants::kAll) {
    const FreshLane::Entry* fresh = lanes_.first().next(now, retention);
    if (moved != nullptr && (fresh == nullptr || moved->head.sent <= fresh->head.sent) &&
        (later == nullptr || moved->head.sent <= later->due)) {
      return {.moved = moved};
    }
    const bool from_later = fresh == nullptr || (later != nullptr && later->due < fresh->head.sent);
    return from_later ? Front{.later = later} : Front{.lane = &lanes_.first(), .fresh = fresh};
  }
  Fairness& fairness = touched_.fairness();
  Front chosen;
  std::pair<std::size_t, Time> rank;
  const auto consider = [&](const Front& front, const ContentPtr& content, Time since) {
    const GroupHash group = tenants == Tenants::kAll ? GroupHash{} : group_hash(content->group_id);
    const bool noisy = tenants != Tenants::kAll && fairness.noisy(group, now);
    if (tenants != Tenants::kAll && noisy != (tenants == Tenants::kNoisy)) return;
    const std::pair own{noisy ? fairness.in_flight(group) : 0, since};
    if (!chosen.is_none() && rank <= own) return;
    chosen = front;
    rank = own;
  };
  lanes_.each([&](FreshLane& lane) {
    const FreshLane::Entry* fresh = lane.next(now, retention);
    if (fresh != nullptr) consider({.lane = &lane, .fresh = fresh}, fresh->content, fresh->head.sent);
  });
  if (later != nullptr) consider({.later = later}, later->content, later->due);
  if (moved != nullptr) consider({.moved = moved}, moved->content, moved->head.sent);
  return chosen;
}

// The message, one of a fresh lane or a delayed one, is passed: it is a touched one from now on, visible and not
// received yet. The record is the caller's to put.
TouchedRecord StandardQueue::pass(const Front& front, Decision& decision) {
  const LaterLane::Entry* later = front.later;
  const bool from_later = later != nullptr;
  TallyRecord tally = from_later ? later_.tally() : front.lane->tally();
  const MessageHead& head = from_later ? later->head : front.fresh->head;
  TouchedRecord record;
  record.key = {address(), tally.key.lane, from_later ? later->sequence : tally.cursor};
  record.enqueued = head.sent;
  record.due = from_later ? later->due : kEpoch;
  record.group = group_hash((from_later ? later->content : front.fresh->content)->group_id);
  if (from_later) {
    tally.cursor_due = later->due;
    tally.cursor = later->sequence.next();
    --tally.waiting;
  } else {
    tally.cursor = tally.cursor.next();
    tally.passed = head.sent;
  }
  put(tally, decision);
  if (record.group != GroupHash{} && !from_later && front.lane->count() == 0) {
    give_back(*front.lane, decision);
    touched_.fairness().drained(record.group);
  }
  record.nonce = decision.random.next();
  record.first_received = decision.now;
  record.last_received = decision.now;
  record.hidden_until = decision.now;
  return record;
}

bool StandardQueue::take_untouched(Taking& taking, Tenants tenants, Decision& decision) {
  if (at_touched_bound()) {
    if (share_.touched >= share_.limits.touched_max) share_.queues_without_room.insert(address().id);
    return false;
  }
  expire_later(decision);  // sent earlier, an expired message may stand behind one that is not expired
  expire_moved(decision);
  Front front = choose_front(tenants, decision.now);
  if (front.is_none()) return false;
  if (front.moved == nullptr && weak(weaknesses_.order, kPutBehind)) {
    put(pass(front, decision), decision);
    touched_.settle(decision.now);
    front = choose_front(tenants, decision.now);
    if (front.is_none() || at_touched_bound()) return take_touched(taking, tenants, decision);
  }
  if (front.moved != nullptr) {
    take_moved(taking, decision);
    return true;
  }
  const MessageHead head = front.later != nullptr ? front.later->head : front.fresh->head;
  const ContentPtr content = front.later != nullptr ? front.later->content : front.fresh->content;
  const Time visible_since = front.later != nullptr ? front.later->due : head.sent;
  TouchedRecord record = pass(front, decision);
  record.hidden_until = decision.now + taking.visibility;
  if (weak(weaknesses_.duplicates, kDuplicate)) record.hidden_until = decision.now + Milliseconds{1};
  record.receive_count = 1;
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = head,
                               .content = content,
                               .body = body_of(record),
                               .first_received = decision.now,
                               .hidden_before = visible_since,
                               .receive_count = 1});
  put(record, decision);
  return true;
}

void StandardQueue::give_back(const FreshLane& lane, Decision& decision) {
  if (lane.count() != 0) return;
  const std::string* group = lanes_.group_of(lane.tally().key.lane);
  if (group != nullptr) change(Erase{LaneOfKey{address(), *group}}, decision);
}

void StandardQueue::want_page(FreshLane& lane, Decision& decision) {
  if (const auto range = lane.decide_page()) {
    lane.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
}

// Many lanes ask only for somebody's sake, or two queues could push each other's windows out for ever.
void StandardQueue::want_pages(bool demanded, Decision& decision) {
  if (!lanes_.grouped()) {
    want_page(lanes_.first(), decision);
  } else {
    // First those that hold others up.
    std::size_t left = kPagesMax - std::min(kPagesMax, lanes_.pages_on_their_way());
    for (const bool unknown : {true, false}) {
      lanes_.each([&](FreshLane& lane) {
        if (left == 0 || lane.waits_for_page() || lane.front_is_unknown() != unknown) return;
        if (!demanded && !lane.searching()) return;
        want_page(lane, decision);
        if (lane.waits_for_page()) --left;
      });
    }
  }
  if (const auto range = later_.decide_page(decision.now)) {
    later_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
  if (const auto range = moved_.decide_page()) {
    moved_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
  if (const auto range = moved_.decide_expiry(decision.now, record_.retention())) {
    moved_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
}

void StandardQueue::take_moved(Taking& taking, Decision& decision) {
  const MovedLane::Entry moved = *moved_.front();
  TouchedRecord record;
  record.key = {address(), kMovedLane, moved.sequence};
  record.nonce = decision.random.next();
  record.enqueued = moved.head.sent;
  record.first_received = decision.now;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
  record.receive_count = moved.content->dead_letter.receive_count + 1;
  record.group = group_hash(moved.content->group_id);
  put(moved_.tally_without_front(), decision);
  change(Erase{ExpiryKey{address(), moved.head.sent, moved.sequence}}, decision);
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = moved.head,
                               .content = moved.content,
                               .body = body_of(record),
                               .first_received = decision.now,
                               .hidden_before = moved.head.sent,
                               .receive_count = record.receive_count});
  put(record, decision);
}

// First come, first served, until nothing more is there to give.
void StandardQueue::serve(Decision& decision) {
  while (!line_.empty()) {
    const WaitingReceivers::Receiver& receiver = share_.receivers.front(line_);
    std::vector<Delivery> deliveries = take(receiver.messages_max, visibility_of(receiver), decision);
    if (deliveries.empty()) return;
    decision.reply(receiver.ticket, Received{address(), std::move(deliveries)});
    share_.receivers.remove_front(line_);
  }
}

void StandardQueue::supply(const Page& page, Decision& decision) {
  if (supply_departure(page)) {
    tick(decision);
    return;
  }
  if (page.want.generation != record_.generation) return;
  if (const auto* expiry = std::get_if<ExpiryRange>(&page.want.range)) {
    if (!moved_.wants(*expiry)) return;
    supply_expired(page, decision);
    tick(decision);
    return;
  }
  const auto* fresh = std::get_if<FreshRange>(&page.want.range);
  const auto* later = std::get_if<LaterRange>(&page.want.range);
  if (fresh != nullptr && fresh->lane == kMovedLane) {
    if (!moved_.wants(*fresh)) return;
    for (const Record& record : page.records) apply(Put{record});
    moved_.supplied(page);
    tick(decision);
    return;
  }
  FreshLane* lane = fresh != nullptr ? lanes_.find(fresh->lane) : nullptr;
  if (fresh != nullptr ? lane == nullptr || !lane->wants(*fresh) : !later_.wants(*later)) return;
  for (const Record& record : page.records) apply(Put{record});
  if (fresh != nullptr) {
    lane->supplied(page.records, decision.now, record_.retention());
    ++pages_in_vain_;
  } else {
    later_.supplied(page);
  }
  tick(decision);
}

void StandardQueue::undeliver(const std::vector<Delivery>& deliveries, Decision& decision) {
  for (const Delivery& delivery : deliveries) {
    const auto found = find(delivery.handle);
    if (!found || !*found) continue;
    TouchedRecord record = **found;
    const bool untouched_since =
        record.receive_count == delivery.receive_count && record.last_received == delivery.handle.received;
    if (!untouched_since || record.receive_count == 0) continue;
    --record.receive_count;
    record.hidden_until = delivery.hidden_before;
    put(record, decision);
  }
  serve(decision);
}

}  // namespace penstock
