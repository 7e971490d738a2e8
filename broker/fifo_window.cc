#include "broker/fifo_window.h"

#include <algorithm>
#include <utility>

#include "base/require.h"

namespace penstock {

void FifoWindow::add(const FifoRecord& record, Time hidden_until) {
  require(record.key.sequence >= frontier_, "a window grows at its frontier");
  Slot slot;
  if (free_messages_.empty()) {
    slot = static_cast<Slot>(messages_.size());
    messages_.emplace_back();
  } else {
    slot = free_messages_.back();
    free_messages_.pop_back();
  }
  Place& place = messages_[slot];
  place.sequence = record.key.sequence;
  place.head = record.head;
  place.hidden_until = hidden_until;
  place.received_before = record.content->dead_letter.receive_count;
  const bool joins_run = warm_to_ == frontier_ && charge(place, record.content);
  by_sequence_.emplace(record.key.sequence.value, slot);
  place.earlier = last_;
  (last_ == kNone ? first_ : messages_[last_].later) = slot;
  last_ = slot;
  frontier_ = record.key.sequence.next();
  if (joins_run) warm_to_ = frontier_;

  const Slot group = group_of(record.content->group_id);
  place.group = group;
  place.before = groups_[group].last;
  const bool heads = place.before == kNone;
  (heads ? groups_[group].first : messages_[place.before].behind) = slot;
  groups_[group].last = slot;
  if (heads) arrange(group);
}

void FifoWindow::hide(Sequence sequence, Time hidden_until) {
  const auto found = by_sequence_.find(sequence.value);
  if (found == by_sequence_.end()) return;
  Place& place = messages_[found->second];
  place.hidden_until = hidden_until;
  uncharge(place);
  if (place.before == kNone) arrange(place.group);
}

void FifoWindow::erase(Sequence sequence) {
  const auto found = by_sequence_.find(sequence.value);
  if (found == by_sequence_.end()) return;
  const Slot slot = found->second;
  by_sequence_.erase(found);
  Place& place = messages_[slot];
  (place.earlier == kNone ? first_ : messages_[place.earlier].later) = place.later;
  (place.later == kNone ? last_ : messages_[place.later].earlier) = place.earlier;

  Group& group = groups_[place.group];
  const bool headed = place.before == kNone;
  const bool alone = headed && place.behind == kNone;
  // The heap compares heads, so a group leaves it while it still has one.
  if (headed) {
    blocked_.remove(place.group, sooner());
    if (alone) leave_line(place.group);
  }
  (headed ? group.first : messages_[place.before].behind) = place.behind;
  (place.behind == kNone ? group.last : messages_[place.behind].before) = place.before;
  if (alone) {
    by_id_.erase(group.id);
    free_groups_.push_back(place.group);
    group = Group{};
  } else if (headed) {
    arrange(place.group);
  }
  uncharge(place);
  place = Place{};
  free_messages_.push_back(slot);
}

std::optional<Time> FifoWindow::oldest_visible(Time now) const {
  for (Slot slot = first_; slot != kNone; slot = messages_[slot].later) {
    if (messages_[slot].hidden_until <= now) return messages_[slot].head.sent;
  }
  return std::nullopt;
}

void FifoWindow::settle(Time now) {
  settled_ = std::max(settled_, now);
  while (!blocked_.empty() && visible(groups_[blocked_.top()].first)) arrange(blocked_.top());
}

Time FifoWindow::next_free() const {
  return blocked_.empty() ? kNever : messages_[groups_[blocked_.top()].first].hidden_until;
}

void FifoWindow::clear(Sequence frontier) {
  budget_.subtract(bytes_);
  bytes_ = warm_ = 0;
  frontier_ = warm_to_ = frontier;
  messages_.clear();
  free_messages_.clear();
  by_sequence_.clear();
  groups_.clear();
  free_groups_.clear();
  by_id_.clear();
  blocked_ = IndexedHeap();
  first_ = last_ = line_first_ = line_last_ = kNone;
}

void FifoWindow::drop_contents() {
  for (Slot slot = first_; slot != kNone; slot = messages_[slot].later) uncharge(messages_[slot]);
  if (first_ != kNone) warm_to_ = messages_[first_].sequence;
}

bool FifoWindow::warm(const FifoRecord& record) {
  const Sequence sequence = record.key.sequence;
  if (sequence < warm_to_ || sequence >= frontier_) return true;
  const auto found = by_sequence_.find(sequence.value);
  if (found != by_sequence_.end() && !charge(messages_[found->second], record.content)) return false;
  warm_to_ = sequence.next();
  return true;
}

FifoWindow::Slot FifoWindow::group_of(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) return found->second;
  Slot group;
  if (free_groups_.empty()) {
    group = static_cast<Slot>(groups_.size());
    groups_.emplace_back();
  } else {
    group = free_groups_.back();
    free_groups_.pop_back();
  }
  groups_[group].id = id;
  by_id_.emplace(id, group);
  return group;
}

void FifoWindow::arrange(Slot group) {
  if (visible(groups_[group].first)) {
    blocked_.remove(group, sooner());
    if (!groups_[group].ready) join_line(group);
  } else {
    leave_line(group);
    blocked_.place(group, sooner());
  }
}

void FifoWindow::join_line(Slot group) {
  groups_[group].ready = true;
  groups_[group].ahead = line_last_;
  groups_[group].next = kNone;
  (line_last_ == kNone ? line_first_ : groups_[line_last_].next) = group;
  line_last_ = group;
}

void FifoWindow::leave_line(Slot slot) {
  Group& group = groups_[slot];
  if (!group.ready) return;
  group.ready = false;
  (group.ahead == kNone ? line_first_ : groups_[group.ahead].next) = group.next;
  (group.next == kNone ? line_last_ : groups_[group.next].ahead) = group.ahead;
  group.ahead = group.next = kNone;
}

bool FifoWindow::charge(Place& place, const ContentPtr& content) {
  const std::size_t bytes = memory_bytes(*content);
  if (!budget_.admits(bytes_, bytes)) return false;
  uncharge(place);
  place.content = content;
  place.bytes = bytes;
  bytes_ += bytes;
  ++warm_;
  budget_.add(bytes);
  return true;
}

void FifoWindow::uncharge(Place& place) {
  if (place.content) --warm_;
  bytes_ -= place.bytes;
  budget_.subtract(place.bytes);
  place.bytes = 0;
  place.content.reset();
}

}  // namespace penstock
