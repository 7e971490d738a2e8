#include "broker/queue_table.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/require.h"

namespace penstock {
namespace {

// The queue that a key, or a record, lies in; null: in none.
const QueueAddress* queue_of(const Key& key) {
  return std::visit(
      [](const auto& k) -> const QueueAddress* {
        if constexpr (requires { k.queue; }) {
          return &k.queue;
        } else {
          return nullptr;
        }
      },
      key);
}

const QueueAddress* queue_of(const Record& record) {
  return std::visit(
      [](const auto& r) -> const QueueAddress* {
        if constexpr (requires { r.key.queue; }) {
          return &r.key.queue;
        } else {
          return nullptr;
        }
      },
      record);
}

const QueueAddress* queue_of(const Change& change) {
  struct Address {
    const QueueAddress* operator()(const Put& put) const { return queue_of(put.record); }
    const QueueAddress* operator()(const Erase& erase) const { return queue_of(erase.key); }
    const QueueAddress* operator()(const EraseRange& range) const { return queue_of(range.from); }
    const QueueAddress* operator()(const Copy& copy) const {
      return std::visit([](const auto& key) { return &key.queue; }, copy.to);
    }
  };
  return std::visit(Address{}, change);
}

bool can_be_named(const Queue& queue) { return !queue.record().outbox_of; }

}  // namespace

// ---- facts

void QueueTable::apply(const Change& change) {
  if (const auto* erase = std::get_if<Erase>(&change)) {
    if (const auto* key = std::get_if<QueueKey>(&erase->key)) {
      drop(key->queue);
      return;
    }
  }
  const QueueAddress* address = queue_of(change);
  Queue* queue = address == nullptr ? nullptr : find(address->id);
  const auto* put = std::get_if<Put>(&change);
  const auto* record = put == nullptr ? nullptr : std::get_if<QueueRecord>(&put->record);
  if (record != nullptr && queue == nullptr) {
    add(*record);
    return;
  }
  require(queue != nullptr, "a change of a queue follows the queue's record");
  if (record != nullptr) {
    sources_.remove(queue->record());
    sources_.add(*record);
  }
  queue->apply(change);
}

void QueueTable::add(const QueueRecord& record) {
  Slot slot;
  if (free_slots_.empty()) {
    slot = static_cast<Slot>(places_.size());
    places_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  places_[slot].queue = Queue::make(record, share_);
  // What is due with it, and when, is found out by the next tick, which knows the time.
  places_[slot].deadline = kEpoch;
  slots_.emplace(record.key.queue.id, slot);
  deadlines_.place(slot, sooner());
  if (record.outbox_of) return;
  names_.add(record.key.queue.world, record.name, record.key.queue.id);
  sources_.add(record);
}

void QueueTable::drop(const QueueAddress& address) {
  const auto found = slots_.find(address.id);
  require(found != slots_.end(), "a queue that is erased exists");
  const Slot slot = found->second;
  const Queue& queue = *places_[slot].queue;
  if (can_be_named(queue)) {
    names_.remove(address.world, queue.record().name);
    sources_.remove(queue.record());
  }
  share_.queues_without_room.erase(address.id);
  share_.woken.erase(address.id);
  share_.moving.erase(address);
  deadlines_.remove(slot, sooner());
  places_[slot] = Place{};
  slots_.erase(found);
  free_slots_.push_back(slot);
}

void QueueTable::each_fact(const std::function<void(const Record&)>& visit) const {
  std::vector<const Queue*> queues;
  each([&queues](const Queue& queue) { queues.push_back(&queue); });
  std::sort(queues.begin(), queues.end(),
            [](const Queue* a, const Queue* b) { return a->address() < b->address(); });
  for (const Queue* queue : queues) queue->each_fact(visit);
}

// ---- which there are

void QueueTable::each_view(Time now, const std::function<void(const QueueView&)>& visit) const {
  std::vector<Queue*> queues;
  each([&queues](Queue& queue) {
    if (can_be_named(queue)) queues.push_back(&queue);
  });
  std::sort(queues.begin(), queues.end(),
            [](const Queue* a, const Queue* b) { return a->address().id < b->address().id; });
  for (Queue* const queue : queues) {
    visit({.record = queue->record(),
           .counts = queue->counts(now),
           .oldest_visible = queue->oldest_visible(now),
           .counters = queue->counters()});
  }
}

std::vector<World> QueueTable::worlds_of(std::string_view name, std::size_t worlds_max) const {
  std::vector<World> worlds;
  for (const Place& place : places_) {
    if (worlds.size() == worlds_max) break;
    if (!place.queue || !can_be_named(*place.queue)) continue;
    if (place.queue->record().name == name) worlds.push_back(place.queue->address().world);
  }
  return worlds;
}

// ---- when they are called

void QueueTable::tick(Decision& decision) {
  while (!deadlines_.empty()) {
    const Place& place = places_[deadlines_.top()];
    if (place.deadline > decision.now) break;
    const QueueId id = place.queue->address().id;
    // A queue just recovered is only asked when it has something to do: its windows load on first use.
    if (place.deadline != kEpoch || place.queue->awaited()) place.queue->tick(decision);
    reschedule(id, decision.now);
    // What a queue leaves for the next tick (a long run of expired messages) must not be taken up in this.
    if (place.deadline <= decision.now && place.deadline != kEpoch) break;
  }
}

// Each once: what they bring about in others, or leave over themselves, is for the next tick.
void QueueTable::wake(Decision& decision) {
  for (const QueueId id : std::exchange(share_.woken, {})) {
    Queue* queue = find(id);
    if (queue == nullptr) continue;
    if (queue->awaited()) {
      queue->tick(decision);
      reschedule(id, decision.now);
    } else {
      reschedule_unless_due(id, decision.now);
    }
  }
}

void QueueTable::reschedule(QueueId id, Time now) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return;
  Place& place = places_[found->second];
  const Time deadline = place.queue->next_deadline(now);
  if (deadline == place.deadline && deadlines_.contains(found->second)) return;
  place.deadline = deadline;
  deadlines_.place(found->second, sooner());
}

void QueueTable::reschedule_unless_due(QueueId id, Time now) {
  const auto found = slots_.find(id);
  if (found != slots_.end() && places_[found->second].deadline > now) reschedule(id, now);
}

// ---- what they hold

void QueueTable::make_room(std::size_t bytes, QueueId for_queue) {
  for (std::size_t step = 0; share_.budget.over(bytes) && step < 2 * places_.size(); ++step) {
    eviction_hand_ = (eviction_hand_ + 1) % static_cast<Slot>(places_.size());
    Queue* queue = places_[eviction_hand_].queue.get();
    if (queue == nullptr || queue->address().id == for_queue || queue->take_recently_used()) continue;
    // Somebody waits for what becomes visible here next, and nothing would ask for it anew.
    if (queue->awaited()) continue;
    queue->evict_windows();
  }
}

}  // namespace penstock
