#include "broker/waiting_receivers.h"

#include "base/require.h"

namespace penstock {

void WaitingReceivers::add(ReceiverLine& line, const Receiver& receiver) {
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(waiting_.size());
    waiting_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  require(by_ticket_.emplace(receiver.ticket, slot).second, "a ticket waits once");
  waiting_[slot] = {receiver, line.last, kNone};
  (line.last == kNone ? line.first : waiting_[line.last].next) = slot;
  line.last = slot;
  deadlines_.place(slot, sooner());
}

void WaitingReceivers::remove_front(ReceiverLine& line) { remove_slot(line, line.first); }

std::vector<WaitingReceivers::Receiver> WaitingReceivers::take_overdue(ReceiverLine& line, Time now) {
  std::vector<Receiver> overdue;
  for (Slot slot = line.first; slot != kNone;) {
    const Slot next = waiting_[slot].next;
    if (waiting_[slot].receiver.deadline <= now) {
      overdue.push_back(waiting_[slot].receiver);
      remove_slot(line, slot);
    }
    slot = next;
  }
  return overdue;
}

std::vector<WaitingReceivers::Receiver> WaitingReceivers::take_all(ReceiverLine& line) {
  return take_overdue(line, kNever);
}

std::optional<QueueId> WaitingReceivers::queue_of(const Ticket& ticket) const {
  const auto found = by_ticket_.find(ticket);
  if (found == by_ticket_.end()) return std::nullopt;
  return waiting_[found->second].receiver.queue;
}

void WaitingReceivers::remove(ReceiverLine& line, const Ticket& ticket) {
  const auto found = by_ticket_.find(ticket);
  if (found != by_ticket_.end()) remove_slot(line, found->second);
}

Time WaitingReceivers::next_deadline() const {
  return deadlines_.empty() ? kNever : waiting_[deadlines_.top()].receiver.deadline;
}

std::optional<WaitingReceivers::Receiver> WaitingReceivers::overdue(Time now) const {
  if (deadlines_.empty() || next_deadline() > now) return std::nullopt;
  return waiting_[deadlines_.top()].receiver;
}

void WaitingReceivers::stop_clock(const Ticket& ticket) {
  const auto found = by_ticket_.find(ticket);
  if (found != by_ticket_.end()) deadlines_.remove(found->second, sooner());
}

void WaitingReceivers::remove_slot(ReceiverLine& line, Slot slot) {
  const Waiting& waiting = waiting_[slot];
  deadlines_.remove(slot, sooner());
  by_ticket_.erase(waiting.receiver.ticket);
  (waiting.previous == kNone ? line.first : waiting_[waiting.previous].next) = waiting.next;
  (waiting.next == kNone ? line.last : waiting_[waiting.next].previous) = waiting.previous;
  free_.push_back(slot);
}

}  // namespace penstock
