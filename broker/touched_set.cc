#include "broker/touched_set.h"

#include <algorithm>
#include <limits>

#include "base/require.h"

namespace penstock {
namespace {

constexpr int kSequenceBits = 48;

// What is later than 49 days is of a message that ended long ago, and that somebody acts on once more before it
// is erased (after a leap of virtual time, or a start after a long pause): it is held as 49 days.
std::uint32_t after(std::int64_t enqueued, Time time) {
  const std::int64_t offset = epoch_milliseconds(time) - enqueued;
  require(offset >= 0, "nothing happens to a message before it was sent");
  return static_cast<std::uint32_t>(
      std::min<std::int64_t>(offset, std::numeric_limits<std::uint32_t>::max()));
}

Time at(std::int64_t enqueued, std::uint32_t offset) {
  return from_epoch_milliseconds(enqueued + static_cast<std::int64_t>(offset));
}

}  // namespace

TouchedSet::Place TouchedSet::place_of(Lane lane, Sequence sequence) {
  require(sequence.value >> kSequenceBits == 0, "a sequence fits 48 bits");
  return {static_cast<std::uint64_t>(lane.value) << kSequenceBits | sequence.value};
}

TouchedSet::Place TouchedSet::ByPlace::of(Slot slot) const {
  const Entry& entry = (*entries)[slot];
  return place_of(Lane{entry.lane}, Sequence{entry.sequence});
}

TouchedRecord TouchedSet::record_of(const QueueAddress& queue, const Entry& entry) const {
  TouchedRecord record;
  record.key = {queue, Lane{entry.lane}, Sequence{entry.sequence}};
  record.nonce = entry.nonce;
  record.enqueued = from_epoch_milliseconds(entry.enqueued);
  record.first_received = at(entry.enqueued, entry.first_received);
  record.last_received = at(entry.enqueued, entry.last_received);
  record.hidden_until = at(entry.enqueued, entry.hidden_until);
  record.due = record.key.lane == kLaterLane ? at(entry.enqueued, entry.due) : kEpoch;
  record.receive_count = entry.receive_count;
  record.group = GroupHash{entry.group};
  return record;
}

Time TouchedSet::hidden_until(Slot slot) const {
  return at(entries_[slot].enqueued, entries_[slot].hidden_until);
}

void TouchedSet::put(const TouchedRecord& record) {
  const auto found = index_.find(place_of(record.key.lane, record.key.sequence));
  // One that is hidden already stays where it stands until it is placed anew.
  const bool stands = found != index_.end() && !entries_[*found].visible;
  Slot slot = kNone;
  if (found != index_.end()) {
    slot = *found;
    if (stands) {
      fairness_.landed(GroupHash{entries_[slot].group}, received(entries_[slot]));
    } else {
      unlink(slot);
    }
  } else if (free_.empty()) {
    slot = static_cast<Slot>(entries_.size());
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  const std::int64_t enqueued = epoch_milliseconds(record.enqueued);
  entries_[slot] = {.sequence = record.key.sequence.value,
                    .nonce = record.nonce,
                    .enqueued = enqueued,
                    .group = record.group.value,
                    .first_received = after(enqueued, record.first_received),
                    .last_received = after(enqueued, record.last_received),
                    .hidden_until = after(enqueued, record.hidden_until),
                    .due = record.key.lane == kLaterLane ? after(enqueued, record.due) : 0,
                    .receive_count = record.receive_count,
                    .previous = stands ? entries_[slot].previous : kNone,
                    .next = stands ? entries_[slot].next : kNone,
                    .lane = record.key.lane.value,
                    .visible = false,
                    .noisy = false};
  if (found == index_.end()) index_.insert(slot);
  hidden_.place(slot, sooner());
  hidden_ages_.place(slot, older());
  fairness_.flies(record.group, record.last_received);
}

void TouchedSet::unlink(Slot slot) {
  Entry& entry = entries_[slot];
  if (!entry.visible) {
    hidden_.remove(slot, sooner());
    hidden_ages_.remove(slot, older());
    fairness_.landed(GroupHash{entry.group}, received(entry));
    return;
  }
  visible_ages_.remove(slot, older());
  leave_list(slot);
  entry.visible = false;
  --visible_count_;
}

void TouchedSet::leave_list(Slot slot) {
  const Entry& entry = entries_[slot];
  List& list = list_of(entry);
  (entry.previous == kNone ? list.first : entries_[entry.previous].next) = entry.next;
  (entry.next == kNone ? list.last : entries_[entry.next].previous) = entry.previous;
}

void TouchedSet::join_list(Slot slot, bool noisy) {
  Entry& entry = entries_[slot];
  entry.noisy = noisy;
  List& list = list_of(entry);
  entry.previous = list.last;
  entry.next = kNone;
  (list.last == kNone ? list.first : entries_[list.last].next) = slot;
  list.last = slot;
}

Time TouchedSet::received(const Entry& entry) const { return at(entry.enqueued, entry.last_received); }

void TouchedSet::erase_slot(Slot slot) {
  unlink(slot);
  index_.erase(slot);
  free_.push_back(slot);
}

void TouchedSet::erase(Lane lane, Sequence sequence) {
  const auto found = index_.find(place_of(lane, sequence));
  if (found != index_.end()) erase_slot(*found);
}

void TouchedSet::erase_range(const TouchedKey& from, const TouchedKey& to) {
  std::vector<Slot> slots;
  for (const Slot slot : index_) {
    const TouchedKey place{from.queue, Lane{entries_[slot].lane}, Sequence{entries_[slot].sequence}};
    if (!(place < from) && place < to) slots.push_back(slot);
  }
  for (const Slot slot : slots) erase_slot(slot);
}

std::optional<TouchedRecord> TouchedSet::find(const QueueAddress& queue, Lane lane, Sequence sequence) const {
  if (sequence.value >> kSequenceBits != 0) return std::nullopt;
  const auto found = index_.find(place_of(lane, sequence));
  if (found == index_.end()) return std::nullopt;
  return record_of(queue, entries_[*found]);
}

void TouchedSet::settle(Time now) {
  while (!hidden_.empty() && hidden_until(hidden_.top()) <= now) {
    const Slot slot = hidden_.top();
    hidden_.remove(slot, sooner());
    hidden_ages_.remove(slot, older());
    visible_ages_.place(slot, older());
    Entry& entry = entries_[slot];
    entry.visible = true;
    join_list(slot, false);
    ++visible_count_;
    fairness_.landed(GroupHash{entry.group}, received(entry));
    fairness_.processed(GroupHash{entry.group}, received(entry), hidden_until(slot));
  }
}

std::optional<TouchedRecord> TouchedSet::first_visible(const QueueAddress& queue) const {
  const Slot slot = quiet_.first != kNone ? quiet_.first : noisy_.first;
  if (slot == kNone) return std::nullopt;
  return record_of(queue, entries_[slot]);
}

std::optional<TouchedRecord> TouchedSet::first_visible(const QueueAddress& queue, Tenants tenants, Time now) {
  if (tenants == Tenants::kAll) return first_visible(queue);
  const auto is_noisy = [&](Slot slot) { return fairness_.noisy(GroupHash{entries_[slot].group}, now); };
  if (tenants == Tenants::kQuiet) {
    for (Slot slot = quiet_.first; slot != kNone && is_noisy(slot); slot = quiet_.first) {
      leave_list(slot);
      join_list(slot, true);
    }
    if (quiet_.first != kNone) return record_of(queue, entries_[quiet_.first]);
    if (noisy_.first == kNone || is_noisy(noisy_.first)) return std::nullopt;
  }
  if (noisy_.first == kNone) return std::nullopt;
  return record_of(queue, entries_[noisy_.first]);
}

TouchedSet::Slot TouchedSet::oldest_slot() const {
  if (hidden_ages_.empty()) return visible_ages_.empty() ? kNone : visible_ages_.top();
  if (visible_ages_.empty()) return hidden_ages_.top();
  return older()(visible_ages_.top(), hidden_ages_.top()) ? visible_ages_.top() : hidden_ages_.top();
}

std::optional<TouchedRecord> TouchedSet::oldest(const QueueAddress& queue) const {
  const Slot slot = oldest_slot();
  if (slot == kNone) return std::nullopt;
  return record_of(queue, entries_[slot]);
}

Time TouchedSet::next_visible() const { return hidden_.empty() ? kNever : hidden_until(hidden_.top()); }

Time TouchedSet::oldest_enqueued() const {
  const Slot slot = oldest_slot();
  return slot == kNone ? kNever : from_epoch_milliseconds(entries_[slot].enqueued);
}

Time TouchedSet::oldest_visible_enqueued() const {
  return visible_ages_.empty() ? kNever : from_epoch_milliseconds(entries_[visible_ages_.top()].enqueued);
}

std::optional<std::uint64_t> TouchedSet::scan(
    const QueueAddress& queue, std::uint64_t from, std::size_t places_max,
    const std::function<bool(std::uint64_t, const TouchedRecord&)>& visit) const {
  for (std::uint64_t place = from; place < entries_.size(); ++place) {
    if (place - from >= places_max) return place;
    const Entry& entry = entries_[place];
    // A place that was given back still shows whose it was.
    const auto found = index_.find(place_of(Lane{entry.lane}, Sequence{entry.sequence}));
    if (found == index_.end() || *found != place) continue;
    if (!visit(place, record_of(queue, entry))) return place;
  }
  return std::nullopt;
}

void TouchedSet::each(const QueueAddress& queue,
                      const std::function<void(const TouchedRecord&)>& visit) const {
  std::vector<Slot> slots(index_.begin(), index_.end());
  const ByPlace by_place{&entries_};
  std::sort(slots.begin(), slots.end(),
            [&](Slot a, Slot b) { return by_place.of(a).value < by_place.of(b).value; });
  for (const Slot slot : slots) visit(record_of(queue, entries_[slot]));
}

}  // namespace penstock
