// FifoQueue: handing messages out, to those who ask and to those who wait, and the pages that this needs.
#include <algorithm>
#include <utility>

#include "broker/fifo_queue.h"
#include "broker/fingerprint.h"

namespace penstock {
namespace {

// A window with fewer messages that may be handed out than this asks for a page ahead of need.
constexpr std::size_t kWindowLow = 250;

}  // namespace

std::size_t FifoQueue::room_for_touched() const {
  const auto room = [](std::size_t max, std::size_t used) { return max > used ? max - used : 0; };
  return std::min(room(share_.limits.touched_queue_max, touched_.size()),
                  room(share_.limits.touched_max, share_.touched));
}

void FifoQueue::receive(const Ticket& ticket, const Receive& request, Decision& decision) {
  recently_used_ = true;
  if (!request.attempt_id.empty()) {
    if (auto again = repeat(request, decision)) {
      decision.reply(ticket, Received{address(), std::move(*again), true});
      return;
    }
  }
  const Seconds wait = request.wait.value_or(record_.attributes.receive_wait);
  const WaitingReceivers::Receiver receiver{.ticket = ticket,
                                            .queue = address().id,
                                            .messages_max = request.messages_max,
                                            .visibility_timeout = request.visibility_timeout,
                                            .deadline = decision.now + wait,
                                            .short_poll = wait == Seconds{0},
                                            .attempt_id = request.attempt_id};
  if (!line_.empty()) serve(decision);
  if (line_.empty()) {
    std::vector<Delivery> deliveries = take(receiver, decision);
    if (!deliveries.empty()) {
      decision.reply(ticket, Received{address(), std::move(deliveries), true});
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

// At the bound of messages in flight too: AWS says nothing of it for FIFO queues.
void FifoQueue::answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  ++counters_.empty_receives;
  decision.reply(receiver.ticket, Received{address(), {}, true});
}

std::vector<Delivery> FifoQueue::take(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  expire(decision);
  window_.settle(decision.now);
  moves_left_ = false;
  // More has ended than one decision erases; the rest must not be handed out meanwhile.
  if (!window_.empty() && ended(window_.front().head.sent, decision.now)) {
    moves_left_ = true;
    share_.woken.insert(address().id);
    return {};
  }
  Queue* const dead_letters = dead_letter_queue();
  if (dead_letters != nullptr) move_exhausted(*dead_letters, receiver.messages_max, decision);
  std::vector<Delivery> deliveries;
  ReceiveAttempts::Attempt attempt{decision.now, {}};
  const Time hidden_until = decision.now + visibility_of(receiver.visibility_timeout);
  std::size_t room = room_for_touched();
  const auto admits = [&](Sequence sequence) {
    if (const auto record = touched_.find(address(), kFirstLane, sequence)) {
      return dead_letters == nullptr || !exhausted(record->receive_count);
    }
    return room != 0 && room-- != 0;
  };
  for (FifoWindow::Message& message : window_.choose(receiver.messages_max, admits)) {
    const std::optional<TouchedRecord> before = touched_.find(address(), kFirstLane, message.sequence);
    TouchedRecord record = before.value_or(TouchedRecord{});
    if (!before) {
      record.key = {address(), kFirstLane, message.sequence};
      record.nonce = decision.random.next();
      record.enqueued = message.head.sent;
      record.receive_count = message.received_before;
      record.first_received = decision.now;
    }
    if (record.receive_count == 0) record.first_received = decision.now;
    ++record.receive_count;
    record.last_received = decision.now;
    record.hidden_until = hidden_until;
    deliveries.push_back({.handle = handle_of(record),
                          .head = message.head,
                          .content = std::move(message.content),
                          .body = FifoKey{address(), message.sequence},
                          .first_received = record.first_received,
                          .hidden_before = before ? before->hidden_until : message.head.sent,
                          .receive_count = record.receive_count});
    attempt.messages.push_back({message.sequence, record.receive_count, record.hidden_until});
    put(record, decision);
    ++counters_.received;
  }
  if (!deliveries.empty() && !receiver.attempt_id.empty()) {
    forget_minutes(decision);
    const Fingerprint print = fingerprint({receiver.attempt_id});
    const std::int64_t minute = minute_of(decision.now);
    if (const auto* earlier = attempts_.find(print); earlier != nullptr && earlier->minute != minute) {
      change(Erase{AttemptKey{address(), earlier->minute, print}}, decision);
    }
    put(AttemptRecord{{address(), minute, print}, attempt.received, std::move(attempt.messages)}, decision);
    forget_attempts(decision);
  }
  if (deliveries.empty() && window_.ready() && share_.touched >= share_.limits.touched_max) {
    share_.queues_without_room.insert(address().id);
  }
  want_page(decision);
  return deliveries;
}

bool FifoQueue::stands(const ReceiveAttempts::Attempt& attempt, Time now) const {
  return std::all_of(attempt.messages.begin(), attempt.messages.end(), [&](const AttemptedMessage& message) {
    const auto record = touched_.find(address(), kFirstLane, message.sequence);
    return record && record->receive_count == message.receive_count &&
           record->hidden_until == message.hidden_until && record->hidden_until > now &&
           !ended(record->enqueued, now);
  });
}

// Each new attempt looks at two older ones, so those that stand for nothing are never much more than the
// others; and of the others there are no more than messages in flight.
void FifoQueue::forget_attempts(Decision& decision) {
  attempts_.look_through(
      2, [&](const ReceiveAttempts::Attempt& attempt) { return stands(attempt, decision.now); },
      [&](std::int64_t minute, const Fingerprint& print) {
        change(Erase{AttemptKey{address(), minute, print}}, decision);
      });
}

std::optional<std::vector<Delivery>> FifoQueue::repeat(const Receive& request, Decision& decision) {
  const Fingerprint print = fingerprint({request.attempt_id});
  const auto* found = attempts_.find(print);
  if (found == nullptr || found->value.received + kRemembered <= decision.now) return std::nullopt;
  const std::int64_t minute = found->minute;
  ReceiveAttempts::Attempt attempt = found->value;
  if (!stands(attempt, decision.now)) return std::nullopt;
  std::vector<TouchedRecord> records;
  for (const AttemptedMessage& message : attempt.messages) {
    records.push_back(*touched_.find(address(), kFirstLane, message.sequence));
  }

  const Time hidden_until = decision.now + visibility_of(request.visibility_timeout);
  std::vector<Delivery> deliveries;
  for (std::size_t at = 0; at < records.size(); ++at) {
    TouchedRecord& record = records[at];
    // Its content is read from the store, wherever the window has got to since.
    deliveries.push_back({.handle = handle_of(record),
                          .head = {},
                          .content = nullptr,
                          .body = FifoKey{address(), record.key.sequence},
                          .first_received = record.first_received,
                          .hidden_before = record.hidden_until,
                          .receive_count = record.receive_count,
                          .repeated = true});
    record.hidden_until = hidden_until;
    attempt.messages[at].hidden_until = hidden_until;
    put(record, decision);
  }
  put(AttemptRecord{{address(), minute, print}, attempt.received, std::move(attempt.messages)}, decision);
  return deliveries;
}

// First come, first served, until nothing more is there to give.
void FifoQueue::serve(Decision& decision) {
  while (!line_.empty()) {
    const WaitingReceivers::Receiver receiver = share_.receivers.front(line_);
    std::vector<Delivery> deliveries = take(receiver, decision);
    if (deliveries.empty()) return;
    decision.reply(receiver.ticket, Received{address(), std::move(deliveries), true});
    share_.receivers.remove_front(line_);
  }
}

// ---- the window

// Grown only while nothing is left to hand out, or little and nothing blocks.
void FifoQueue::want_page(Decision& decision) {
  want_contents(decision);
  if (wanted_ || complete() || window_.full()) return;
  if (window_.ready() && window_.size() >= kWindowLow) return;
  wanted_ = FifoRange{window_.frontier(), tally_.high};
  decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *wanted_});
}

// Nobody waits for these: without them messages are read one by one as they are delivered.
void FifoQueue::want_contents(Decision& decision) {
  if (warming_) return;
  warming_ = window_.cold_run();
  if (!warming_) return;
  decision.outcome.wants.push_back(
      {.queue = address(), .generation = record_.generation, .range = *warming_});
}

void FifoQueue::warm(const Page& page, const FifoRange& range) {
  warming_.reset();
  for (const Record& record : page.records) {
    if (!window_.warm(std::get<FifoRecord>(record))) return;
  }
  if (page.complete) window_.warmed_to(range.to);
}

void FifoQueue::supply(const Page& page, Decision& decision) {
  const auto* range = std::get_if<FifoRange>(&page.want.range);
  if (supply_departure(page)) {
    tick(decision);
    return;
  }
  if (page.want.generation != record_.generation || range == nullptr) return;
  if (warming_ == *range) return warm(page, *range);
  if (wanted_ != *range) return;
  wanted_.reset();
  const auto erased = std::exchange(erased_meanwhile_, {});
  bool all = page.complete;
  for (const Record& record : page.records) {
    const Sequence sequence = std::get<FifoRecord>(record).key.sequence;
    if (window_.full()) {
      all = false;
      break;
    }
    if (erased.contains(sequence.value)) {
      window_.extend(sequence.next());
    } else {
      apply(Put{record});
    }
  }
  if (all) window_.extend(range->to);
  if (!window_.empty()) oldest_not_before_ = std::max(oldest_not_before_, window_.front().head.sent);
  tick(decision);
}

Time FifoQueue::oldest_not_before() const {
  return window_.empty() ? std::max(tally_.passed, oldest_not_before_) : window_.front().head.sent;
}

void FifoQueue::evict_windows() {
  if (wanted_ || touched_.size() != 0) {
    window_.drop_contents();
  } else {
    window_.clear(tally_.cursor);
  }
}

}  // namespace penstock
