#include "broker/broker.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <string>
#include <utility>

#include "base/require.h"
#include "broker/indexed_heap.h"
#include "broker/queue_directory.h"
#include "broker/standard_queue.h"

namespace penstock {

namespace {

QueueAttributes with(QueueAttributes attributes, const SuppliedAttributes& supplied) {
  attributes.delay = supplied.delay.value_or(attributes.delay);
  attributes.message_bytes_max = supplied.message_bytes_max.value_or(attributes.message_bytes_max);
  attributes.retention = supplied.retention.value_or(attributes.retention);
  attributes.receive_wait = supplied.receive_wait.value_or(attributes.receive_wait);
  attributes.visibility_timeout = supplied.visibility_timeout.value_or(attributes.visibility_timeout);
  return attributes;
}

// The first attribute that was supplied and differs; null if none does.
const char* first_difference(const QueueAttributes& present, const SuppliedAttributes& supplied) {
  const QueueAttributes wanted = with(present, supplied);
  if (wanted.delay != present.delay) return "DelaySeconds";
  if (wanted.message_bytes_max != present.message_bytes_max) return "MaximumMessageSize";
  if (wanted.retention != present.retention) return "MessageRetentionPeriod";
  if (wanted.receive_wait != present.receive_wait) return "ReceiveMessageWaitTimeSeconds";
  if (wanted.visibility_timeout != present.visibility_timeout) return "VisibilityTimeout";
  return nullptr;
}

// The queue that a key belongs to; null for the partition's own record.
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

}  // namespace

// The facts and the view of one partition. A queue has a slot for as long as it lives: its place in the
// heap of deadlines.
struct Broker::State {
  using Slot = IndexedHeap::Slot;

  struct Place {
    std::unique_ptr<StandardQueue> queue;  // null: the slot is free
    Time deadline = kNever;
  };

  State(PartitionId partition_id, const BrokerLimits& limits) : share(limits) {
    partition.key.partition = partition_id;
  }

  StandardQueue* find(QueueId id) {
    const auto found = slots.find(id);
    return found == slots.end() ? nullptr : places[found->second].queue.get();
  }
  StandardQueue* find(const World& world, std::string_view name) {
    const std::optional<QueueId> id = directory.find(world, name);
    return id ? find(*id) : nullptr;
  }

  void apply(const Change& change);
  void add(const QueueRecord& record);
  void drop(const QueueAddress& address);

  void change(Change&& change, Decision& decision) {
    apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }
  void create(const Command& command, const CreateQueue& request, Decision& decision);
  void act(StandardQueue& queue, const Command& command, Decision& decision);
  // After a tick of the queue: its next deadline is in force.
  void reschedule(QueueId id, Time now);
  // After another decision: likewise, unless a deadline has passed; only the tick may move that one, because
  // what a queue says of its next deadline looks ahead.
  void reschedule_unless_due(QueueId id, Time now);
  void serve_queues_without_room(Decision& decision);
  void make_room(std::size_t bytes, QueueId for_queue);

  auto sooner() const {
    return [this](Slot a, Slot b) { return places[a].deadline < places[b].deadline; };
  }

  PartitionRecord partition;
  QueueShare share;
  QueueDirectory directory;
  std::deque<Place> places;
  std::vector<Slot> free_slots;
  boost::unordered_flat_map<QueueId, Slot, std::hash<QueueId>> slots;
  IndexedHeap deadlines;
  Slot eviction_hand = 0;
};

Broker::Broker(PartitionId partition, const BrokerLimits& limits)
    : state_(std::make_unique<State>(partition, limits)) {}
Broker::~Broker() = default;
Broker::Broker(Broker&&) noexcept = default;
Broker& Broker::operator=(Broker&&) noexcept = default;

// ---- facts

void Broker::apply(const Change& change) { state_->apply(change); }

void Broker::State::apply(const Change& change) {
  if (const auto* put = std::get_if<Put>(&change)) {
    if (const auto* record = std::get_if<PartitionRecord>(&put->record)) {
      partition = *record;
      return;
    }
    if (const auto* record = std::get_if<QueueRecord>(&put->record);
        record != nullptr && find(record->key.queue.id) == nullptr) {
      add(*record);
      return;
    }
  }
  if (const auto* erase = std::get_if<Erase>(&change)) {
    if (const auto* key = std::get_if<QueueKey>(&erase->key)) {
      drop(key->queue);
      return;
    }
  }
  struct Address {
    const QueueAddress* operator()(const Put& put) const { return queue_of(put.record); }
    const QueueAddress* operator()(const Erase& erase) const { return queue_of(erase.key); }
    const QueueAddress* operator()(const EraseRange& range) const { return queue_of(range.from); }
    const QueueAddress* operator()(const Copy& copy) const {
      return std::visit([](const auto& key) { return &key.queue; }, copy.to);
    }
  };
  const QueueAddress* address = std::visit(Address{}, change);
  StandardQueue* queue = address == nullptr ? nullptr : find(address->id);
  require(queue != nullptr, "a change of a queue follows the queue's record");
  queue->apply(change);
}

void Broker::State::add(const QueueRecord& record) {
  Slot slot;
  if (free_slots.empty()) {
    slot = static_cast<Slot>(places.size());
    places.emplace_back();
  } else {
    slot = free_slots.back();
    free_slots.pop_back();
  }
  places[slot].queue = std::make_unique<StandardQueue>(record, share);
  // What is due with it, and when, is found out by the next tick, which knows the time.
  places[slot].deadline = kEpoch;
  slots.emplace(record.key.queue.id, slot);
  deadlines.place(slot, sooner());
  directory.add(record.key.queue.world, record.name, record.key.queue.id);
}

void Broker::State::drop(const QueueAddress& address) {
  const auto found = slots.find(address.id);
  require(found != slots.end(), "a queue that is erased exists");
  const Slot slot = found->second;
  directory.remove(address.world, places[slot].queue->record().name);
  share.queues_without_room.erase(address.id);
  deadlines.remove(slot, sooner());
  places[slot] = Place{};
  slots.erase(found);
  free_slots.push_back(slot);
}

void Broker::each_fact(const std::function<void(const Record&)>& visit) const {
  visit(state_->partition);
  std::vector<const StandardQueue*> queues;
  for (const State::Place& place : state_->places) {
    if (place.queue) queues.push_back(place.queue.get());
  }
  std::sort(queues.begin(), queues.end(),
            [](const StandardQueue* a, const StandardQueue* b) { return a->address() < b->address(); });
  for (const StandardQueue* queue : queues) queue->each_fact(visit);
}

void Broker::each_queue(Time now,
                        const std::function<void(const QueueRecord&, const QueueCounts&)>& visit) const {
  std::vector<StandardQueue*> queues;
  for (const State::Place& place : state_->places) {
    if (place.queue) queues.push_back(place.queue.get());
  }
  std::sort(queues.begin(), queues.end(),
            [](const StandardQueue* a, const StandardQueue* b) { return a->address().id < b->address().id; });
  for (StandardQueue* queue : queues) visit(queue->record(), queue->counts(now));
}

// ---- decisions

void Broker::execute(Command&& command, Time now, Random& random, Outcome& outcome) {
  Decision decision{now, random, outcome};
  if (command.operation) {
    if (const auto* request = std::get_if<CreateQueue>(&*command.operation)) {
      state_->create(command, *request, decision);
      return;
    }
  }
  StandardQueue* queue = state_->find(command.world, command.queue_name);
  if (queue == nullptr) {
    decision.reply(command.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
    return;
  }
  if (!command.operation) {
    decision.reply(command.ticket, std::move(command.operation.error()));
    return;
  }
  const QueueId id = queue->address().id;
  state_->act(*queue, command, decision);
  state_->serve_queues_without_room(decision);
  state_->reschedule_unless_due(id, now);
}

void Broker::State::create(const Command& command, const CreateQueue& request, Decision& decision) {
  if (const StandardQueue* present = find(command.world, command.queue_name)) {
    if (const char* name = first_difference(present->record().attributes, request.attributes)) {
      decision.reply(command.ticket, Error{ErrorCode::kQueueNameExists,
                                           std::string("A queue already exists with the same name "
                                                       "and a different value for attribute ") +
                                               name});
    } else {
      decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
    }
    return;
  }
  PartitionRecord next = partition;
  const QueueAddress address{partition.key.partition, command.world, next.next_queue};
  next.next_queue = next.next_queue.next();
  change(Put{next}, decision);
  change(Put{QueueRecord{.key = {address},
                         .name = command.queue_name,
                         .attributes = with({}, request.attributes),
                         .generation = {},
                         .created = decision.now,
                         .modified = decision.now}},
         decision);
  reschedule(address.id, decision.now);
  decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
}

void Broker::State::act(StandardQueue& queue, const Command& command, Decision& decision) {
  struct Act {
    State& state;
    StandardQueue& queue;
    const Command& command;
    Decision& decision;

    void operator()(const CreateQueue&) const {}  // create()
    void operator()(const SetQueueAttributes&) const { not_yet(); }
    void operator()(const ListQueues&) const { not_yet(); }
    void operator()(const TagQueue&) const { not_yet(); }
    void operator()(const UntagQueue&) const { not_yet(); }
    void operator()(const FindTags&) const { not_yet(); }
    void operator()(const SendBatch&) const { not_yet(); }
    void operator()(const DeleteBatch&) const { not_yet(); }
    void operator()(const ChangeVisibilityBatch&) const { not_yet(); }
    void not_yet() const { decision.reply(command.ticket, Error{ErrorCode::kUnsupportedOperation, {}}); }
    void operator()(const FindQueue&) const {
      decision.reply(command.ticket, QueueFound{command.world, queue.record().name});
    }
    void operator()(const DescribeQueue&) const {
      decision.reply(command.ticket, QueueDescribed{queue.record(), queue.counts(decision.now)});
    }
    void operator()(const DeleteQueue&) const {
      const QueueKey key{queue.address()};
      queue.erase_all(decision);
      state.change(Erase{key}, decision);
      decision.reply(command.ticket, Done{});
    }
    void operator()(const PurgeQueue&) const { queue.purge(command.ticket, decision); }
    void operator()(const Send& request) const { queue.send(command.ticket, request, decision); }
    void operator()(const Receive& request) const { queue.receive(command.ticket, request, decision); }
    void operator()(const Delete& request) const { queue.remove(command.ticket, request, decision); }
    void operator()(const ChangeVisibility& request) const {
      queue.change_visibility(command.ticket, request, decision);
    }
  };
  std::visit(Act{*this, queue, command, decision}, *command.operation);
}

void Broker::supply(Page&& page, Time now, Random& random, Outcome& outcome) {
  const QueueId id = page.want.queue.id;
  StandardQueue* queue = state_->find(id);
  if (queue == nullptr) return;  // deleted meanwhile
  Decision decision{now, random, outcome};
  state_->make_room(page.want.bytes_max, id);
  queue->supply(page, decision);
  state_->serve_queues_without_room(decision);
  state_->reschedule(id, now);
}

void Broker::forget(const Ticket& ticket) {
  const std::optional<QueueId> id = state_->share.receivers.queue_of(ticket);
  if (id) state_->find(*id)->forget(ticket);
}

void Broker::undeliver(const Received& received, Time now, Random& random, Outcome& outcome) {
  StandardQueue* queue = state_->find(received.queue.id);
  if (queue == nullptr) return;
  Decision decision{now, random, outcome};
  queue->undeliver(received.deliveries, decision);
  state_->reschedule_unless_due(received.queue.id, now);
}

void Broker::tick(Time now, Random& random, Outcome& outcome) {
  Decision decision{now, random, outcome};
  while (!state_->deadlines.empty()) {
    const State::Place& place = state_->places[state_->deadlines.top()];
    if (place.deadline > now) break;
    const QueueId id = place.queue->address().id;
    // A queue just recovered is only asked when it has something to do: its windows load on first use.
    if (place.deadline != kEpoch || place.queue->awaited()) place.queue->tick(decision);
    state_->reschedule(id, now);
    // What a queue leaves for the next tick (a long run of expired messages) must not be taken up in this.
    if (place.deadline <= now && place.deadline != kEpoch) break;
  }
  while (const auto receiver = state_->share.receivers.overdue(now)) {
    state_->find(receiver->queue)->overdue(*receiver, decision);
    state_->reschedule_unless_due(receiver->queue, now);
  }
  state_->serve_queues_without_room(decision);
}

Time Broker::next_deadline() const {
  const Time receiver = state_->share.receivers.next_deadline();
  if (state_->deadlines.empty()) return receiver;
  return std::min(receiver, state_->places[state_->deadlines.top()].deadline);
}

void Broker::State::reschedule(QueueId id, Time now) {
  const auto found = slots.find(id);
  if (found == slots.end()) return;
  Place& place = places[found->second];
  const Time deadline = place.queue->next_deadline(now);
  if (deadline == place.deadline && deadlines.contains(found->second)) return;
  place.deadline = deadline;
  deadlines.place(found->second, sooner());
}

void Broker::State::reschedule_unless_due(QueueId id, Time now) {
  const auto found = slots.find(id);
  if (found != slots.end() && places[found->second].deadline > now) reschedule(id, now);
}

// While there is room, the queues that had to withhold messages are served, each at most once.
void Broker::State::serve_queues_without_room(Decision& decision) {
  if (share.queues_without_room.empty() || share.touched >= share.limits.touched_max) return;
  for (const QueueId id : std::exchange(share.queues_without_room, {})) {
    if (share.touched >= share.limits.touched_max) {
      share.queues_without_room.insert(id);
      continue;
    }
    find(id)->tick(decision);
    reschedule(id, decision.now);
  }
}

// Takes windows that were not used since the hand passed last, until the page that comes fits.
void Broker::State::make_room(std::size_t bytes, QueueId for_queue) {
  for (std::size_t step = 0; share.budget.over(bytes) && step < 2 * places.size(); ++step) {
    eviction_hand = (eviction_hand + 1) % static_cast<Slot>(places.size());
    StandardQueue* queue = places[eviction_hand].queue.get();
    if (queue == nullptr || queue->address().id == for_queue || queue->take_recently_used()) continue;
    queue->evict_windows();
  }
}

Broker::Totals Broker::totals() const {
  return {.queues = state_->slots.size(),
          .touched = state_->share.touched,
          .waiting_receivers = state_->share.receivers.size(),
          .window_bytes = state_->share.budget.bytes()};
}

}  // namespace penstock
