// StandardQueue: handing messages out, to those who ask and to those who wait.
#include <algorithm>
#include <utility>

#include "broker/refusals.h"
#include "broker/standard_queue.h"

namespace penstock {

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
  const WaitingReceivers::Receiver receiver{.ticket = ticket,
                                            .queue = address().id,
                                            .messages_max = request.messages_max,
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
  if (may_wait && (waits_for_page() || !receiver.short_poll)) {
    share_.receivers.add(line_, receiver);
  } else {
    answer_empty(receiver, decision);
  }
}

void StandardQueue::answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  if (receiver.short_poll && at_touched_bound()) {
    decision.reply(receiver.ticket, too_many_in_flight());
  } else {
    ++counters_.empty_receives;
    decision.reply(receiver.ticket, Received{address(), {}});
  }
}

std::vector<Delivery> StandardQueue::take(std::uint32_t messages_max, Seconds visibility,
                                          Decision& decision) {
  expire(decision);
  touched_.settle(decision.now);
  Taking taking{visibility, {}};
  while (taking.deliveries.size() < messages_max) {
    const bool took = touched_turn_ ? take_touched(taking, decision) || take_untouched(taking, decision)
                                    : take_untouched(taking, decision) || take_touched(taking, decision);
    if (!took) break;
    touched_turn_ = !touched_turn_;
  }
  want_pages(decision);
  counters_.received += taking.deliveries.size();
  return std::move(taking.deliveries);
}

bool StandardQueue::take_touched(Taking& taking, Decision& decision) {
  std::optional<TouchedRecord> visible = touched_.first_visible(address());
  while (visible && ended(visible->enqueued, decision.now)) {
    erase_message(*visible, decision);
    visible = touched_.first_visible(address());
  }
  if (!visible) return false;
  TouchedRecord record = *visible;
  if (record.receive_count == 0) record.first_received = decision.now;
  ++record.receive_count;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
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

bool StandardQueue::take_untouched(Taking& taking, Decision& decision) {
  if (at_touched_bound()) {
    if (share_.touched >= share_.limits.touched_max) share_.queues_without_room.insert(address().id);
    return false;
  }
  const Retention retention = record_.retention();
  expire_later(decision);  // sent earlier, an expired message may stand behind one that is not expired
  const FreshLane::Entry* fresh = fresh_.next(decision.now, retention);
  const LaterLane::Entry* later = later_.next(decision.now);
  if (later != nullptr && ended(later->head.sent, decision.now))
    later = nullptr;  // more than a chunk of them
  if (fresh == nullptr && later == nullptr) return false;
  const bool from_later = fresh == nullptr || (later != nullptr && later->due < fresh->head.sent);

  TallyRecord tally = from_later ? later_.tally() : fresh_.tally();
  const MessageHead head = from_later ? later->head : fresh->head;
  const ContentPtr content = from_later ? later->content : fresh->content;
  TouchedRecord record;
  record.key = {address(), from_later ? kLaterLane : kFirstLane, from_later ? later->sequence : tally.cursor};
  record.enqueued = head.sent;
  record.due = from_later ? later->due : kEpoch;
  if (from_later) {
    tally.cursor_due = later->due;
    tally.cursor = later->sequence.next();
    --tally.waiting;
  } else {
    tally.cursor = tally.cursor.next();
    tally.passed = head.sent;
  }
  put(tally, decision);

  record.nonce = decision.random.next();
  record.first_received = decision.now;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
  record.receive_count = 1;
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = head,
                               .content = content,
                               .body = body_of(record),
                               .first_received = decision.now,
                               .hidden_before = from_later ? record.due : head.sent,
                               .receive_count = 1});
  put(record, decision);
  return true;
}

void StandardQueue::want_pages(Decision& decision) {
  if (const auto range = fresh_.decide_page()) {
    fresh_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
  if (const auto range = later_.decide_page(decision.now)) {
    later_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
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

void StandardQueue::serve_and_answer_overdue(Decision& decision) {
  serve(decision);
  if (line_.empty() || waits_for_page()) return;
  for (const auto& receiver : share_.receivers.take_overdue(line_, decision.now)) {
    answer_empty(receiver, decision);
  }
}

void StandardQueue::overdue(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  serve(decision);
  if (share_.receivers.queue_of(receiver.ticket) == std::nullopt) return;  // served just now
  if (waits_for_page()) {
    share_.receivers.stop_clock(receiver.ticket);
  } else {
    forget(receiver.ticket);
    answer_empty(receiver, decision);
  }
}

void StandardQueue::supply(const Page& page, Decision& decision) {
  if (page.want.generation != record_.generation) return;
  const auto* fresh = std::get_if<FreshRange>(&page.want.range);
  const auto* later = std::get_if<LaterRange>(&page.want.range);
  if (fresh != nullptr ? !fresh_.wants(*fresh) : !later_.wants(*later)) return;
  for (const Record& record : page.records) apply(Put{record});
  if (fresh != nullptr) {
    fresh_.supplied(page.records, decision.now, record_.retention());
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
