#include "broker/broker.h"

#include <algorithm>
#include <string>
#include <utility>

#include "broker/expectations.h"
#include "broker/move_task_admission.h"
#include "broker/outboxes.h"
#include "broker/parked_commands.h"
#include "broker/peeks.h"
#include "broker/queue.h"
#include "broker/queue_access.h"
#include "broker/queue_administration.h"
#include "broker/queue_table.h"
#include "broker/refusals.h"
#include "broker/resets.h"
#include "broker/standard_queue.h"
#include "broker/topics.h"

namespace penstock {

namespace {

bool of_move_tasks(const Command& command) {
  if (!command.operation) return false;
  return std::holds_alternative<StartMoveTask>(*command.operation) ||
         std::holds_alternative<ListMoveTasks>(*command.operation) ||
         std::holds_alternative<CancelMoveTask>(*command.operation);
}

template <class Request>
concept OfAdministration = requires(QueueAdministration administration, Queue& queue, const Ticket& ticket,
                                    const Request& request, Decision& decision) {
  administration.act(queue, ticket, request, decision);
};

}  // namespace

// The facts and the view of one partition, each part of which is a noun of its own. What one needs of another it
// holds; what it asks of the whole it asks by its surroundings, which are this. What is decided here is who is asked,
// in which order.
struct Broker::State final : Neighbours,
                             TopicSurroundings,
                             OutboxSurroundings,
                             QueueAdministrationSurroundings {
  State(PartitionId partition_id, const BrokerLimits& limits)
      : share(limits),
        queues(share),
        access(queues),
        administration(partition_id, limits, queues, *this),
        move_tasks(share, queues, access),
        topics(partition_id, limits, share.dedup, *this),
        outboxes(limits, *this),
        resets(queues, administration, topics) {
    partition.key.partition = partition_id;
    share.neighbours = this;
  }
  Queue* neighbour(const World& world, std::string_view name) override { return queues.find(world, name); }

  QueueId take_id(Decision& decision) override {
    PartitionRecord next = partition;
    const QueueId id = next.next_queue;
    next.next_queue = next.next_queue.next();
    change(Put{next}, decision);
    return id;
  }
  void change(Change&& change, Decision& decision) override {
    apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }

  std::optional<QueueAddress> find_queue(const QueueName& name) const override {
    const std::optional<QueueId> id = queues.names().find(name.world, name.name);
    if (!id) return std::nullopt;
    return QueueAddress{partition.key.partition, name.world, *id};
  }
  bool is_fifo(const QueueAddress& address) const override {
    const Queue* queue = queues.find(address.id);
    return queue != nullptr && queue->record().attributes.fifo;
  }
  bool admits(const QueueAddress& address, const TopicAddress& topic, const std::string& topic_arn) override {
    if (!share.limits.queues_ask_topics) return true;
    const Queue* queue = queues.find(address.id);
    return queue == nullptr || access.admits(*queue, topic, topic_arn);
  }
  void deliver(const QueueAddress& address, const Send& copy, Decision& decision) override {
    Queue* queue = queues.find(address.id);
    if (queue == nullptr) return;
    queue->take_in(copy, decision);
    outboxes.notice(address.id);
    queues.reschedule_unless_due(address.id, decision.now);
  }
  QueueAddress open_outbox(const SubscriptionKey& of, Decision& decision) override {
    return administration.open_outbox(of, decision);
  }
  bool is_outbox(const QueueAddress& queue) const override { return outboxes.contains(queue.id); }
  void each_doubt(const QueueAddress& address, const MessageContent& content, Time now,
                  std::vector<Key>& keys) const override {
    if (const Queue* queue = queues.find(address.id)) queue->each_doubt(content, now, keys);
  }

  StandardQueue* outbox(QueueId id) override {
    // Queue::make gives every queue that is not FIFO this kind, and an outbox never is.
    return static_cast<StandardQueue*>(queues.find(id));
  }
  const Subscription* subscription_of(const SubscriptionKey& key, QueueId outbox_id) override {
    const Subscription* subscription = topics.directory().find_subscription(key);
    return subscription == nullptr || subscription->record.outbox != outbox_id ? nullptr : subscription;
  }
  DeliveryPolicy delivery_policy_of(const Subscription& subscription) override {
    return topics.subscriptions().delivery_policy_of(subscription);
  }
  Queue* dead_letters_of(const Subscription& subscription) override {
    const auto target = topics.subscriptions().dead_letters_of(subscription);
    return target ? queues.find(target->id) : nullptr;
  }
  void close_outbox(const QueueAddress& outbox, Decision& decision) override {
    administration.erase(outbox, decision);
  }
  // Those of subscriptions that have changed or are gone.
  void notice_outboxes() {
    for (const QueueId id : topics.directory().take_concerned_outboxes()) outboxes.notice(id);
  }

  void apply(const Change& change);

  void execute(Command&& command, Decision& decision);
  // Whether it waits from now on until something was looked up, or is refused because too many do.
  bool parks(Command& command, Decision& decision);
  // Why the caller may not have this done; nothing: it may.
  std::optional<Error> refuse_access(const Command& command) {
    return access.refuse(*command.access, command.world, command.queue_name);
  }
  struct Act;
  void act(Queue& queue, const Command& command, Decision& decision);
  // False: it is none of those that name no queue.
  bool control(const Command& command, Decision& decision);
  void advance_time(const Ticket& ticket, const AdvanceTime& request, Decision& decision);
  // Last of each decision.
  void look_at_expectations(Decision& decision) {
    if (expectations.size() != 0) expectations.look([this](QueueId id) { return queues.find(id); }, decision);
  }
  void serve_queues_without_room(Decision& decision);
  bool copies() const { return may_copy && share.admits_growth; }

  PartitionRecord partition;
  QueueShare share;
  QueueTable queues;
  QueueAccess access;
  QueueAdministration administration;
  MoveTaskAdmission move_tasks;
  Topics topics;
  Outboxes outboxes;
  ParkedCommands parked;
  Peeks peeks;
  Expectations expectations;
  Resets resets;
  bool may_copy = true;  // as the caller says
};

Broker::Broker(PartitionId partition, const BrokerLimits& limits)
    : state_(std::make_unique<State>(partition, limits)) {}
Broker::~Broker() = default;
Broker::Broker(Broker&&) noexcept = default;
Broker& Broker::operator=(Broker&&) noexcept = default;

// ---- facts

void Broker::apply(const Change& change) {
  state_->apply(change);
  state_->share.dedup.make_room();
}

void Broker::State::apply(const Change& change) {
  if (MobileDirectory::concerns(change)) {
    topics.mobile().apply(change);
    return;
  }
  if (TopicDirectory::concerns(change)) {
    topics.directory().apply(change);
    notice_outboxes();
    return;
  }
  if (const auto* put = std::get_if<Put>(&change)) {
    if (const auto* record = std::get_if<PartitionRecord>(&put->record)) {
      partition = *record;
      return;
    }
    if (const auto* record = std::get_if<DeletedNameRecord>(&put->record)) {
      administration.deleted_names().put(*record);
      return;
    }
    if (const auto* record = std::get_if<QueueRecord>(&put->record)) {
      const QueueId id = record->key.queue.id;
      access.forget(id);
      if (record->outbox_of && !outboxes.contains(id)) outboxes.add(id, *record->outbox_of);
    }
  } else if (const auto* erase = std::get_if<Erase>(&change)) {
    if (const auto* key = std::get_if<DeletedNameKey>(&erase->key)) {
      administration.deleted_names().erase(*key);
      return;
    }
    if (const auto* key = std::get_if<QueueKey>(&erase->key)) {
      access.forget(key->queue.id);
      outboxes.remove(key->queue.id);
    }
  }
  queues.apply(change);
}

void Broker::each_fact(const std::function<void(const Record&)>& visit) const {
  visit(state_->partition);
  state_->administration.deleted_names().each([&visit](const DeletedNameRecord& record) { visit(record); });
  state_->topics.mobile().each_fact(visit);
  state_->queues.each_fact(visit);
  state_->topics.directory().each_fact(visit);
}

// ---- decisions

void Broker::execute(Command&& command, Time now, Random& random, Outcome& outcome) {
  state_->share.dedup.make_room();
  Decision decision{now, random, outcome};
  state_->execute(std::move(command), decision);
  state_->look_at_expectations(decision);
}

void Broker::recall(LookedUp&& found, Time now, Random& random, Outcome& outcome) {
  if (found.token == Topics::kDrain) {
    state_->topics.recall(std::move(found));
    return;
  }
  std::optional<ParkedCommands::Parked> parked = state_->parked.take(std::move(found));
  if (!parked) return;
  state_->share.dedup.make_room();
  Decision decision{.now = now, .random = random, .outcome = outcome, .recollection = &parked->recollection};
  state_->execute(std::move(parked->command), decision);
  state_->look_at_expectations(decision);
}

bool Broker::State::parks(Command& command, Decision& decision) {
  // What was found says nothing any more if ids were given up or forgotten since.
  if (decision.recollection != nullptr && decision.recollection->epoch != share.dedup.epoch()) {
    decision.recollection = nullptr;
  }
  if (!share.dedup.any_on_disk() || !command.operation) return false;
  std::vector<Key> keys;
  if (command.about_topic) {
    topics.each_doubt(command, decision.now, keys);
  } else if (const Queue* queue = queues.find(command.world, command.queue_name)) {
    // Who is refused has nothing looked up.
    if (command.access && refuse_access(command)) return false;
    if (const auto* send = std::get_if<Send>(&*command.operation)) {
      queue->each_doubt(*send->content, decision.now, keys);
    } else if (const auto* batch = std::get_if<SendBatch>(&*command.operation)) {
      for (const Result<Send>& entry : batch->entries) {
        if (entry) queue->each_doubt(*entry->content, decision.now, keys);
      }
    }
  }
  return !keys.empty() && parked.parks(command, std::move(keys), share.dedup.epoch(), decision);
}

void Broker::State::execute(Command&& command, Decision& decision) {
  if (parks(command, decision)) return;
  if (command.about_topic) {
    topics.execute(std::move(command), decision);
    notice_outboxes();
    serve_queues_without_room(decision);
    return;
  }
  if (command.access) {
    if (std::optional<Error> refusal = refuse_access(command)) {
      decision.reply(command.ticket, *std::move(refusal));
      return;
    }
  }
  if (command.operation) {
    if (const auto* request = std::get_if<CreateQueue>(&*command.operation)) {
      administration.create(command, *request, decision);
      return;
    }
    if (const auto* request = std::get_if<ListQueues>(&*command.operation)) {
      administration.list(command, *request, decision);
      return;
    }
    if (control(command, decision)) return;
  }
  Queue* queue = queues.find(command.world, command.queue_name);
  if (queue == nullptr) {
    decision.reply(command.ticket, of_move_tasks(command) ? no_resource("SourceArn")
                                                          : Error{ErrorCode::kQueueDoesNotExist, {}});
    return;
  }
  if (!command.operation) {
    decision.reply(command.ticket, std::move(command.operation.error()));
    return;
  }
  const QueueId id = queue->address().id;
  act(*queue, command, decision);
  queues.go_on(decision);
  serve_queues_without_room(decision);
  queues.reschedule_unless_due(id, decision.now);
}

bool Broker::State::control(const Command& command, Decision& decision) {
  if (const auto* reset = std::get_if<Reset>(&*command.operation)) {
    resets.begin(command.ticket, *reset, decision);
    notice_outboxes();
    serve_queues_without_room(decision);
    return true;
  }
  if (const auto* leap = std::get_if<AdvanceTime>(&*command.operation)) {
    advance_time(command.ticket, *leap, decision);
    return true;
  }
  return false;
}

// The owner of the clock does the leap, once it has seen what time_ahead() says now.
void Broker::State::advance_time(const Ticket& ticket, const AdvanceTime& request, Decision& decision) {
  PartitionRecord next = partition;
  next.time_ahead += request.by;
  if (request.by < Milliseconds{0} || request.by > kTimeLeapMax || next.time_ahead > kTimeAheadMax) {
    decision.reply(ticket, Error{ErrorCode::kInvalidParameterValue,
                                 "Time can be advanced by at most 15 days at once, and by 20 years in all."});
    return;
  }
  if (next != partition) change(Put{next}, decision);
  expectations.leap(request.by);
  decision.reply(ticket, TimeAdvanced{decision.now + request.by, next.time_ahead});
}

struct Broker::State::Act {
  State& state;
  Queue& queue;
  const Command& command;
  Decision& decision;

  void operator()(const CreateQueue&) const {}  // QueueAdministration::create
  void operator()(const ListQueues&) const {}   // QueueAdministration::list
  void operator()(const AboutTopic&) const {}   // Topics
  void operator()(const Reset&) const {}        // control()
  void operator()(const AdvanceTime&) const {}  // control()
  void operator()(const Peek& request) const { state.peeks.begin(queue, command.ticket, request, decision); }
  void operator()(const Expect& request) const {
    state.expectations.begin(queue, command.ticket, request, decision);
  }
  void operator()(const OfAdministration auto& request) const {
    state.administration.act(queue, command.ticket, request, decision);
  }
  void operator()(const StartMoveTask& request) const {
    if (std::optional<Error> refusal = state.move_tasks.refuse(queue, request, command.access.get())) {
      decision.reply(command.ticket, *std::move(refusal));
    } else {
      queue.start_move_task(command.ticket, request, decision);
    }
  }
  void operator()(const ListMoveTasks& request) const {
    queue.list_move_tasks(command.ticket, request, decision);
  }
  void operator()(const CancelMoveTask& request) const {
    queue.cancel_move_task(command.ticket, request, decision);
  }
  void operator()(const Send& request) const { queue.send(command.ticket, request, decision); }
  void operator()(const Receive& request) const { queue.receive(command.ticket, request, decision); }
  void operator()(const Delete& request) const { queue.remove(command.ticket, request, decision); }
  void operator()(const ChangeVisibility& request) const {
    queue.change_visibility(command.ticket, request, decision);
  }
  void operator()(const SendBatch& batch) const { queue.send(command.ticket, batch, decision); }
  void operator()(const DeleteBatch& batch) const { queue.remove(command.ticket, batch, decision); }
  void operator()(const ChangeVisibilityBatch& batch) const {
    queue.change_visibility(command.ticket, batch, decision);
  }
};

void Broker::State::act(Queue& queue, const Command& command, Decision& decision) {
  std::visit(Act{*this, queue, command, decision}, *command.operation);
}

void Broker::supply(Page&& page, Time now, Random& random, Outcome& outcome) {
  const QueueId id = page.want.queue.id;
  Queue* queue = state_->queues.find(id);
  Decision decision{now, random, outcome};
  if (page.want.peek != 0) {
    state_->peeks.supply(queue, page, decision);
    return;
  }
  if (queue == nullptr) return;  // deleted meanwhile
  state_->queues.make_room(page.want.bytes_max, id);
  queue->supply(page, decision);
  state_->outboxes.notice(id);
  state_->queues.go_on(decision);
  state_->serve_queues_without_room(decision);
  // A page that nobody wants any more was no tick.
  state_->queues.reschedule_unless_due(id, now);
  state_->look_at_expectations(decision);
}

void Broker::forget(const Ticket& ticket) {
  state_->expectations.forget(ticket);
  const std::optional<QueueId> id = state_->share.receivers.queue_of(ticket);
  if (id) state_->queues.find(*id)->forget(ticket);
}

void Broker::undeliver(const Received& received, Time now, Random& random, Outcome& outcome) {
  Queue* queue = state_->queues.find(received.queue.id);
  if (queue == nullptr) return;
  Decision decision{now, random, outcome};
  queue->undeliver(received.deliveries, decision);
  state_->outboxes.taken_back(received.queue.id, received.deliveries.size());
  state_->queues.go_on(decision);
  state_->queues.reschedule_unless_due(received.queue.id, now);
  state_->look_at_expectations(decision);
}

void Broker::tick(Time now, Random& random, Outcome& outcome) {
  state_->share.dedup.make_room();
  Decision decision{now, random, outcome};
  state_->queues.go_on(decision);
  state_->queues.tick(decision);
  while (const auto receiver = state_->share.receivers.overdue(now)) {
    state_->queues.find(receiver->queue)->overdue(*receiver, decision);
    state_->queues.reschedule_unless_due(receiver->queue, now);
  }
  state_->queues.go_on(decision);
  if (state_->copies()) state_->topics.drain(decision);
  state_->topics.expire(decision);
  state_->notice_outboxes();
  state_->outboxes.look(decision);
  state_->serve_queues_without_room(decision);
  state_->administration.free_names(decision);
  if (state_->resets.under_way()) {
    state_->resets.go_on(decision);
    state_->notice_outboxes();
  }
  state_->look_at_expectations(decision);
}

void Broker::admit_growth(bool admit) {
  if (admit && !state_->share.admits_growth) {
    for (const QueueAddress& queue : state_->share.moving) state_->share.woken.insert(queue.id);
  }
  state_->share.admits_growth = admit;
}

void Broker::admit_copies(bool admit) { state_->may_copy = admit; }

void Broker::serve_outboxes(bool serve) { state_->outboxes.serve(serve); }

AttemptEnd Broker::end_attempt(const AttemptReport& report, Time now, Random& random, Outcome& outcome) {
  Decision decision{now, random, outcome};
  const AttemptEnd end = state_->outboxes.end_attempt(report, decision);
  state_->queues.go_on(decision);
  state_->serve_queues_without_room(decision);
  state_->queues.reschedule_unless_due(report.outbox.id, now);
  state_->look_at_expectations(decision);
  return end;
}

std::optional<OutgoingDestination> Broker::destination_of(const QueueAddress& outbox) const {
  const Queue* queue = state_->queues.find(outbox.id);
  if (queue == nullptr || !queue->record().outbox_of) return std::nullopt;
  const Subscription* subscription = state_->subscription_of(*queue->record().outbox_of, outbox.id);
  if (subscription == nullptr) return std::nullopt;
  return state_->topics.subscriptions().destination_of(*subscription);
}

Time Broker::next_deadline() const {
  if (!state_->share.woken.empty() || state_->resets.under_way()) return kEpoch;
  if (state_->copies() && !state_->topics.directory().all_delivered()) return kEpoch;
  return std::min({state_->queues.next_deadline(), state_->share.receivers.next_deadline(),
                   state_->administration.next_free_name(), state_->topics.directory().next_expiry(),
                   state_->outboxes.next_deadline(), state_->expectations.next_deadline()});
}

// While there is room, the queues that had to withhold messages are served, each at most once.
void Broker::State::serve_queues_without_room(Decision& decision) {
  if (share.queues_without_room.empty() || share.touched >= share.limits.touched_max) return;
  for (const QueueId id : std::exchange(share.queues_without_room, {})) {
    if (share.touched >= share.limits.touched_max) {
      share.queues_without_room.insert(id);
      continue;
    }
    queues.find(id)->tick(decision);
    outboxes.notice(id);
    queues.reschedule(id, decision.now);
  }
}

Milliseconds Broker::time_ahead() const { return state_->partition.time_ahead; }

Broker::Totals Broker::totals() const {
  return {.queues = state_->queues.size() - state_->outboxes.size(),
          .topics = state_->topics.directory().topics(),
          .subscriptions = state_->topics.directory().subscriptions(),
          .touched = state_->share.touched,
          .waiting_receivers = state_->share.receivers.size(),
          .window_bytes = state_->share.budget.bytes(),
          .outgoing = state_->outboxes.under_way(),
          .dedup_bytes = state_->share.dedup.bytes(),
          .dedup_on_disk = state_->share.dedup.any_on_disk(),
          .parked = state_->parked.size()};
}

void Broker::each_queue(Time now, const std::function<void(const QueueView&)>& visit) const {
  state_->queues.each_view(now, visit);
}

void Broker::each_resource(const std::function<void(const Record&)>& visit) const {
  visit(state_->partition);
  state_->administration.deleted_names().each([&visit](const DeletedNameRecord& record) { visit(record); });
  state_->queues.each([&visit](const Queue& queue) { visit(queue.record()); });
  // Subscriptions name endpoints of mobile push.
  state_->topics.mobile().each_fact(visit);
  state_->topics.directory().each_resource(visit);
}

std::vector<World> Broker::worlds_of(std::string_view queue_name, std::size_t worlds_max) const {
  return state_->queues.worlds_of(queue_name, worlds_max);
}

}  // namespace penstock
