#include "broker/broker.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <string>
#include <utility>

#include "base/require.h"
#include "broker/access_decision.h"
#include "broker/access_policy.h"
#include "broker/dead_letter_sources.h"
#include "broker/deleted_names.h"
#include "broker/expectations.h"
#include "broker/indexed_heap.h"
#include "broker/outboxes.h"
#include "broker/parked_commands.h"
#include "broker/peeks.h"
#include "broker/queue.h"
#include "broker/queue_arn.h"
#include "broker/queue_directory.h"
#include "broker/refusals.h"
#include "broker/resets.h"
#include "broker/standard_queue.h"
#include "broker/topics.h"

namespace penstock {

namespace {

// How many names one tick makes free; the rest follow in the next commits.
constexpr int kFreedNamesChunk = 1000;

constexpr Seconds kRetentionMax{1'209'600};

// What KmsDataKeyReusePeriodSeconds is for a queue that was never given one.
constexpr Seconds kKmsReuse{300};

QueueAttributes with(QueueAttributes attributes, const SuppliedAttributes& supplied) {
  attributes.delay = supplied.delay.value_or(attributes.delay);
  attributes.message_bytes_max = supplied.message_bytes_max.value_or(attributes.message_bytes_max);
  attributes.retention = supplied.retention.value_or(attributes.retention);
  attributes.receive_wait = supplied.receive_wait.value_or(attributes.receive_wait);
  attributes.visibility_timeout = supplied.visibility_timeout.value_or(attributes.visibility_timeout);
  // Of the two encryptions the one that was asked for last is in force.
  if (supplied.managed_encryption) {
    attributes.managed_encryption = *supplied.managed_encryption;
    if (attributes.managed_encryption) attributes.kms_key.clear();
  }
  if (supplied.kms_key) {
    attributes.kms_key = *supplied.kms_key;
    if (!attributes.kms_key.empty()) attributes.managed_encryption = false;
  }
  if (supplied.policy) attributes.policy = *supplied.policy;
  if (supplied.kms_reuse) attributes.kms_reuse = supplied.kms_reuse;
  attributes.fifo = attributes.fifo || supplied.fifo;
  attributes.content_based_deduplication =
      supplied.content_based_deduplication.value_or(attributes.content_based_deduplication);
  attributes.deduplication_scope = supplied.deduplication_scope.value_or(attributes.deduplication_scope);
  attributes.throughput_limit = supplied.throughput_limit.value_or(attributes.throughput_limit);
  if (supplied.redrive) attributes.redrive_policy = supplied.redrive->policy;
  if (supplied.redrive_allow) attributes.redrive_allow_policy = *supplied.redrive_allow;
  return attributes;
}

bool contradict(const QueueAttributes& attributes) {
  return attributes.throughput_limit == FifoThroughputLimit::kPerMessageGroup &&
         attributes.deduplication_scope != DeduplicationScope::kMessageGroup;
}

// The first attribute that was supplied and differs; null if none does. Attributes that were not supplied
// say nothing, even if a supplied one would change them.
const char* first_difference(const QueueAttributes& present, const SuppliedAttributes& supplied) {
  const auto differs = [](const auto& wanted, const auto& stands) { return wanted && *wanted != stands; };
  if (differs(supplied.content_based_deduplication, present.content_based_deduplication)) {
    return "ContentBasedDeduplication";
  }
  if (differs(supplied.deduplication_scope, present.deduplication_scope)) return "DeduplicationScope";
  if (differs(supplied.delay, present.delay)) return "DelaySeconds";
  if (differs(supplied.throughput_limit, present.throughput_limit)) return "FifoThroughputLimit";
  if (differs(supplied.kms_reuse, present.kms_reuse.value_or(kKmsReuse))) {
    return "KmsDataKeyReusePeriodSeconds";
  }
  if (differs(supplied.kms_key, present.kms_key)) return "KmsMasterKeyId";
  if (differs(supplied.message_bytes_max, present.message_bytes_max)) return "MaximumMessageSize";
  if (differs(supplied.retention, present.retention)) return "MessageRetentionPeriod";
  if (differs(supplied.policy, present.policy)) return "Policy";
  if (differs(supplied.receive_wait, present.receive_wait)) return "ReceiveMessageWaitTimeSeconds";
  if (differs(supplied.redrive_allow, present.redrive_allow_policy)) return "RedriveAllowPolicy";
  if (supplied.redrive && supplied.redrive->policy != present.redrive_policy) return "RedrivePolicy";
  if (differs(supplied.managed_encryption, present.managed_encryption)) return "SqsManagedSseEnabled";
  if (differs(supplied.visibility_timeout, present.visibility_timeout)) return "VisibilityTimeout";
  return nullptr;
}

// Whether the queue lets `source` have it as its dead-letter queue.
bool allows(const QueueAttributes& attributes, const std::string& source_arn) {
  const auto& policy = attributes.redrive_allow_policy;
  if (!policy || policy->permission == RedrivePermission::kAllowAll) return true;
  return policy->permission == RedrivePermission::kByQueue &&
         std::find(policy->source_arns.begin(), policy->source_arns.end(), source_arn) !=
             policy->source_arns.end();
}

void put_tag(std::vector<Tag>& tags, const Tag& tag) {
  const auto place =
      std::lower_bound(tags.begin(), tags.end(), tag.key,
                       [](const Tag& present, const std::string& key) { return present.key < key; });
  if (place != tags.end() && place->key == tag.key) {
    place->value = tag.value;
  } else {
    tags.insert(place, tag);
  }
}

bool of_move_tasks(const Command& command) {
  if (!command.operation) return false;
  return std::holds_alternative<StartMoveTask>(*command.operation) ||
         std::holds_alternative<ListMoveTasks>(*command.operation) ||
         std::holds_alternative<CancelMoveTask>(*command.operation);
}

// The policy of a queue as it was accepted once. If this build can't read it any more, nobody is let in by
// it, and only the queue's owner can replace it: a Deny that is not understood is one all the same.
struct CompiledPolicy {
  explicit CompiledPolicy(const std::string& text) {
    if (text.empty()) return;
    auto parsed = AccessPolicy::parse(text, PolicyHolder::kQueue);
    readable = parsed.has_value();
    if (parsed) policy = *std::move(parsed);
  }

  AccessPolicy::Verdict judge(const AccessRequest& request) const {
    using Verdict = AccessPolicy::Verdict;
    if (policy) return policy->judge(request);
    return readable || !reaches_other_accounts(request.action) ? Verdict::kSilent : Verdict::kDenies;
  }

  AccessPolicyPtr policy;  // null: there is none
  bool readable = true;
};

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
struct Broker::State final : Neighbours, TopicSurroundings, OutboxSurroundings, ResetSurroundings {
  using Slot = IndexedHeap::Slot;

  struct Place {
    std::unique_ptr<Queue> queue;  // null: the slot is free
    Time deadline = kNever;
    // The queue's access policy, compiled when it is first asked; part of the view.
    std::optional<CompiledPolicy> policy;
  };

  State(PartitionId partition_id, const BrokerLimits& limits)
      : share(limits),
        topics(partition_id, limits, share.dedup, *this),
        outboxes(limits, *this),
        resets(*this) {
    partition.key.partition = partition_id;
    share.neighbours = this;
  }
  Queue* neighbour(const World& world, std::string_view name) override { return find(world, name); }

  Queue* find(QueueId id) {
    const auto found = slots.find(id);
    return found == slots.end() ? nullptr : places[found->second].queue.get();
  }
  Queue* find(const World& world, std::string_view name) {
    const std::optional<QueueId> id = directory.find(world, name);
    return id ? find(*id) : nullptr;
  }

  QueueId take_id(Decision& decision) override {
    PartitionRecord next = partition;
    const QueueId id = next.next_queue;
    next.next_queue = next.next_queue.next();
    change(Put{next}, decision);
    return id;
  }
  std::optional<QueueAddress> find_queue(const QueueName& name) const override {
    const std::optional<QueueId> id = directory.find(name.world, name.name);
    if (!id) return std::nullopt;
    return QueueAddress{partition.key.partition, name.world, *id};
  }
  bool is_fifo(const QueueAddress& address) const override {
    const auto found = slots.find(address.id);
    return found != slots.end() && places[found->second].queue->record().attributes.fifo;
  }
  bool admits(const QueueAddress& queue, const TopicAddress& topic, const std::string& topic_arn) override {
    const auto found = slots.find(queue.id);
    if (!share.limits.queues_ask_topics || found == slots.end()) return true;
    Place& place = places[found->second];
    const QueueRecord& record = place.queue->record();
    AccessRequest request{AccessCaller::service("sns.amazonaws.com"), policy_action("sqs", "SendMessage"),
                          queue_arn(queue.world, record.name), {}};
    request.context.set("aws:SourceArn", topic_arn);
    request.context.set("aws:SourceAccount", topic.world.account.text());
    if (!place.policy) place.policy.emplace(record.attributes.policy);
    return place.policy->judge(request) == AccessPolicy::Verdict::kAllows;
  }
  void deliver(const QueueAddress& address, const Send& copy, Decision& decision) override {
    Queue* queue = find(address.id);
    if (queue == nullptr) return;
    queue->take_in(copy, decision);
    outboxes.notice(address.id);
    reschedule_unless_due(address.id, decision.now);
  }
  QueueAddress open_outbox(const SubscriptionKey& of, Decision& decision) override;
  bool is_outbox(const QueueAddress& queue) const override { return outboxes.contains(queue.id); }
  void each_doubt(const QueueAddress& address, const MessageContent& content, Time now,
                  std::vector<Key>& keys) const override {
    const auto found = slots.find(address.id);
    if (found != slots.end()) places[found->second].queue->each_doubt(content, now, keys);
  }

  StandardQueue* outbox(QueueId id) override {
    // Queue::make gives every queue that is not FIFO this kind, and an outbox never is.
    return static_cast<StandardQueue*>(find(id));
  }
  const Subscription* subscription_of(const SubscriptionKey& key, QueueId outbox_id) override {
    const Subscription* subscription = topics.directory().find_subscription(key);
    return subscription == nullptr || subscription->record.outbox != outbox_id ? nullptr : subscription;
  }
  DeliveryPolicy delivery_policy_of(const Subscription& subscription) override {
    return topics.delivery_policy_of(subscription);
  }
  Queue* dead_letters_of(const Subscription& subscription) override {
    const auto target = topics.dead_letters_of(subscription);
    return target ? find(target->id) : nullptr;
  }
  void close_outbox(StandardQueue& outbox, Decision& decision) override;
  // Those of subscriptions that have changed or are gone.
  void notice_outboxes() {
    for (const QueueId id : topics.directory().take_concerned_outboxes()) outboxes.notice(id);
  }

  std::vector<QueueAddress> queues_of(const Reset& reset) const override;
  std::vector<TopicAddress> topics_of(const Reset& reset) const override {
    return topics.directory().addresses([&reset](const TopicAddress& topic) { return reset.means(topic.world); });
  }
  std::vector<DeletedNameKey> deleted_names_of(const Reset& reset) const override;
  bool erase_queue(const QueueAddress& address, Decision& decision) override;
  bool erase_topic(const TopicAddress& topic, Decision& decision) override {
    return topics.erase(topic, decision);
  }
  void erase_deleted_name(const DeletedNameKey& name, Decision& decision) override {
    if (deleted_names.deleted(name)) change(Erase{name}, decision);
  }
  std::vector<MobileKey> mobile_of(const Reset& reset) const override;
  void erase_mobile(const MobileKey& key, Decision& decision) override {
    if (topics.mobile().holds(key)) change(Erase{key}, decision);
  }

  void apply(const Change& change);
  void add(const QueueRecord& record);
  void drop(const QueueAddress& address);

  void change(Change&& change, Decision& decision) {
    apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }
  // Why the caller may not have this done; nothing: it may.
  std::optional<Error> refuse_access(const Command& command);
  std::optional<Error> refuse_access(const AccessQuestion& question, const AccessRequest& request,
                                     AccessPolicy::Verdict by_identity, std::optional<QueueId> id);
  void create(const Command& command, const CreateQueue& request, Decision& decision);
  void list(const Command& command, const ListQueues& request, Decision& decision);
  void set(Queue& queue, const Ticket& ticket, const SetQueueAttributes& request, Decision& decision);
  // What is wrong with the redrive policy that a queue of that name is to have.
  std::optional<Error> wrong_with(const SuppliedAttributes& supplied, const World& world,
                                  const std::string& name, bool fifo);
  void list_sources(Queue& queue, const Ticket& ticket, const ListDeadLetterSources& request,
                    Decision& decision);
  void start_move_task(Queue& queue, const Command& command, const StartMoveTask& request,
                       Decision& decision);
  // Whoever starts a move task must be allowed to do himself what it does.
  std::optional<Error> refuse_move(const AccessQuestion& question, const Queue& source,
                                   const StartMoveTask& request);
  std::size_t active_move_tasks(const World& world) const;
  void tag(Queue& queue, const Ticket& ticket, const TagQueue& request, Decision& decision);
  void untag(Queue& queue, const Ticket& ticket, const UntagQueue& request, Decision& decision);
  void edit_policy(Queue& queue, const Ticket& ticket, EditedPolicy&& edited, Decision& decision);
  void purge(Queue& queue, const Ticket& ticket, Decision& decision);
  void erase(Queue& queue, const Ticket& ticket, Decision& decision);
  // The names whose time is over may be used again.
  void free_names(Decision& decision);
  Time next_free_name() const;
  void execute(Command&& command, Decision& decision);
  bool parks(Command& command, Decision& decision);
  void act(Queue& queue, const Command& command, Decision& decision);
  // False: it is none of those that name no queue.
  bool control(const Command& command, Decision& decision);
  void advance_time(const Ticket& ticket, const AdvanceTime& request, Decision& decision);
  // Last of each decision.
  void look_at_expectations(Decision& decision) {
    if (expectations.size() != 0) expectations.look([this](QueueId id) { return find(id); }, decision);
  }
  // After a tick of the queue: its next deadline is in force.
  void reschedule(QueueId id, Time now);
  // After another decision: likewise, unless a deadline has passed; only the tick may move that one, because
  // what a queue says of its next deadline looks ahead.
  void reschedule_unless_due(QueueId id, Time now);
  void serve_queues_without_room(Decision& decision);
  bool copies() const { return may_copy && share.admits_growth; }
  // Those go on for which another queue has done something.
  void go_on(Decision& decision);
  void make_room(std::size_t bytes, QueueId for_queue);

  auto sooner() const {
    return [this](Slot a, Slot b) { return places[a].deadline < places[b].deadline; };
  }

  PartitionRecord partition;
  QueueShare share;
  QueueDirectory directory;
  DeletedNames deleted_names;
  DeadLetterSources dead_letter_sources;
  std::deque<Place> places;
  std::vector<Slot> free_slots;
  boost::unordered_flat_map<QueueId, Slot, std::hash<QueueId>> slots;
  IndexedHeap deadlines;
  Slot eviction_hand = 0;
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
      deleted_names.put(*record);
      return;
    }
    if (const auto* record = std::get_if<QueueRecord>(&put->record); record != nullptr) {
      const auto found = slots.find(record->key.queue.id);
      if (found == slots.end()) {
        add(*record);
        return;
      }
      places[found->second].policy.reset();
    }
  }
  if (const auto* erase = std::get_if<Erase>(&change)) {
    if (const auto* key = std::get_if<QueueKey>(&erase->key)) {
      drop(key->queue);
      return;
    }
    if (const auto* key = std::get_if<DeletedNameKey>(&erase->key)) {
      deleted_names.erase(*key);
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
  Queue* queue = address == nullptr ? nullptr : find(address->id);
  require(queue != nullptr, "a change of a queue follows the queue's record");
  const auto* put = std::get_if<Put>(&change);
  const auto* record = put == nullptr ? nullptr : std::get_if<QueueRecord>(&put->record);
  if (record != nullptr) {
    dead_letter_sources.remove(queue->record());
    dead_letter_sources.add(*record);
  }
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
  places[slot].queue = Queue::make(record, share);
  // What is due with it, and when, is found out by the next tick, which knows the time.
  places[slot].deadline = kEpoch;
  slots.emplace(record.key.queue.id, slot);
  deadlines.place(slot, sooner());
  if (record.outbox_of) {
    outboxes.add(record.key.queue.id, *record.outbox_of);
    return;
  }
  directory.add(record.key.queue.world, record.name, record.key.queue.id);
  dead_letter_sources.add(record);
}

void Broker::State::drop(const QueueAddress& address) {
  const auto found = slots.find(address.id);
  require(found != slots.end(), "a queue that is erased exists");
  const Slot slot = found->second;
  if (outboxes.contains(address.id)) {
    outboxes.remove(address.id);
  } else {
    directory.remove(address.world, places[slot].queue->record().name);
    dead_letter_sources.remove(places[slot].queue->record());
  }
  share.queues_without_room.erase(address.id);
  share.woken.erase(address.id);
  share.moving.erase(address);
  deadlines.remove(slot, sooner());
  places[slot] = Place{};
  slots.erase(found);
  free_slots.push_back(slot);
}

void Broker::each_fact(const std::function<void(const Record&)>& visit) const {
  visit(state_->partition);
  state_->deleted_names.each([&visit](const DeletedNameRecord& record) { visit(record); });
  state_->topics.mobile().each_fact(visit);
  std::vector<const Queue*> queues;
  for (const State::Place& place : state_->places) {
    if (place.queue) queues.push_back(place.queue.get());
  }
  std::sort(queues.begin(), queues.end(),
            [](const Queue* a, const Queue* b) { return a->address() < b->address(); });
  for (const Queue* queue : queues) queue->each_fact(visit);
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

// Whether it waits from now on until something was looked up, or is refused because too many do.
bool Broker::State::parks(Command& command, Decision& decision) {
  // What was found says nothing any more if ids were given up or forgotten since.
  if (decision.recollection != nullptr && decision.recollection->epoch != share.dedup.epoch()) {
    decision.recollection = nullptr;
  }
  if (!share.dedup.any_on_disk() || !command.operation) return false;
  std::vector<Key> keys;
  if (command.about_topic) {
    topics.each_doubt(command, decision.now, keys);
  } else if (const Queue* queue = find(command.world, command.queue_name)) {
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
  if (keys.empty()) return false;
  std::sort(keys.begin(), keys.end());
  if (decision.recollection != nullptr && decision.recollection->covers(keys)) return false;
  // The keys are held here and on their way.
  const std::size_t bytes = message_bytes(command) + 2 * keys.size() * sizeof(Key);
  if (!parked.admits(bytes)) {
    decision.reply(command.ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return true;
  }
  decision.outcome.look_ups.push_back(parked.park(std::move(command), std::move(keys), share.dedup.epoch(), bytes));
  return true;
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
      create(command, *request, decision);
      return;
    }
    if (const auto* request = std::get_if<ListQueues>(&*command.operation)) {
      list(command, *request, decision);
      return;
    }
    if (control(command, decision)) return;
  }
  Queue* queue = find(command.world, command.queue_name);
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
  go_on(decision);
  serve_queues_without_room(decision);
  reschedule_unless_due(id, decision.now);
}

std::optional<Error> Broker::State::refuse_access(const Command& command) {
  const AccessQuestion& question = *command.access;
  return refuse_access(question, question.request, question.by_identity,
                       directory.find(command.world, command.queue_name));
}

std::optional<Error> Broker::State::refuse_access(const AccessQuestion& question, const AccessRequest& request,
                                                  AccessPolicy::Verdict by_identity,
                                                  std::optional<QueueId> id) {
  AccessPolicy::Verdict by_queue = AccessPolicy::Verdict::kSilent;
  if (id) {
    Place& place = places[slots.at(*id)];
    if (!place.policy) place.policy.emplace(place.queue->record().attributes.policy);
    by_queue = place.policy->judge(request);
  }
  const AccessGround ground = decide_access(request, by_identity, by_queue);
  if (allowed(ground)) return std::nullopt;
  if (!question.refusal.empty()) return Error{ErrorCode::kAccessDenied, question.refusal};
  // Whose own side has allowed it learns no more than that it is not let in.
  if (!id && ground == AccessGround::kNoResourceAllows) return no_queue_or_no_access();
  return Error{ErrorCode::kAccessDenied, denial_text(request, ground)};
}

void Broker::State::create(const Command& command, const CreateQueue& request, Decision& decision) {
  if (const Queue* present = find(command.world, command.queue_name)) {
    if (const char* name = first_difference(present->record().attributes, request.attributes)) {
      decision.reply(command.ticket, other_value_of(name));
    } else {
      decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
    }
    return;
  }
  if (contradict(with({}, request.attributes))) {
    decision.reply(command.ticket, limit_needs_group_scope());
    return;
  }
  if (std::optional<Error> wrong = wrong_with(request.attributes, command.world, command.queue_name,
                                              request.attributes.fifo)) {
    decision.reply(command.ticket, std::move(*wrong));
    return;
  }
  const DeletedNameKey name{partition.key.partition, command.world, command.queue_name};
  if (const std::optional<Time> deleted = deleted_names.deleted(name)) {
    if (decision.now < *deleted + share.limits.recreate_wait) {
      decision.reply(command.ticket, Error{ErrorCode::kQueueDeletedRecently, {}});
      return;
    }
    change(Erase{name}, decision);
  }
  const QueueAddress address{partition.key.partition, command.world, take_id(decision)};
  change(Put{QueueRecord{.key = {address},
                         .name = command.queue_name,
                         .attributes = with({}, request.attributes),
                         .tags = request.tags,
                         .generation = {},
                         .created = decision.now,
                         .modified = decision.now,
                         .purged = kEpoch,
                         .ended = kEpoch}},
         decision);
  reschedule(address.id, decision.now);
  decision.reply(command.ticket, QueueFound{command.world, command.queue_name});
}

void Broker::State::list(const Command& command, const ListQueues& request, Decision& decision) {
  QueuesListed listed{command.world, {}, false};
  // One more than was asked for tells whether there are more.
  listed.names =
      directory.list(command.world, request.prefix, request.after, std::size_t{request.names_max} + 1);
  if (listed.names.size() > request.names_max) {
    listed.names.pop_back();
    listed.more = request.pages;
  }
  decision.reply(command.ticket, std::move(listed));
}

void Broker::State::set(Queue& queue, const Ticket& ticket, const SetQueueAttributes& request,
                        Decision& decision) {
  QueueRecord record = queue.record();
  record.attributes = with(record.attributes, request.attributes);
  if (contradict(record.attributes)) {
    decision.reply(ticket, limit_needs_group_scope());
    return;
  }
  if (std::optional<Error> wrong = wrong_with(request.attributes, record.key.queue.world, record.name,
                                              record.attributes.fifo)) {
    decision.reply(ticket, std::move(*wrong));
    return;
  }
  record.ended = queue.record().retention().changed(record.attributes.retention, decision.now).ended;
  record.modified = decision.now;
  change(Put{std::move(record)}, decision);
  decision.reply(ticket, Done{});
  queue.tick(decision);  // another retention or delay may have changed what is there
}

std::optional<Error> Broker::State::wrong_with(const SuppliedAttributes& supplied, const World& world,
                                               const std::string& name, bool fifo) {
  if (!supplied.redrive || !supplied.redrive->policy) return std::nullopt;
  const auto refused = [&](std::string_view reason) {
    return redrive_policy_is_invalid(supplied.redrive->text, reason);
  };
  const std::optional<QueueArn> arn = QueueArn::parse(supplied.redrive->policy->target_arn);
  if (!arn) return refused("Dead-letter target ARN should be fully qualified ARN.");
  if (arn->world.account != world.account) {
    return refused("Dead-letter target owner should be same as the source.");
  }
  if (arn->world.region != world.region) return refused("Dead letter target does not exist.");
  const std::string& target_name = arn->name;
  const Queue* target = find(world, target_name);
  if (target == nullptr) return refused("Dead letter target does not exist.");
  if (target->record().attributes.fifo != fifo) {
    return refused("Dead-letter queue must be same type of queue as the source.");
  }
  // What the same request says of the queue itself holds already.
  QueueAttributes attributes = target->record().attributes;
  if (target_name == name && supplied.redrive_allow) attributes.redrive_allow_policy = *supplied.redrive_allow;
  if (!allows(attributes, queue_arn(world, name))) {
    return refused("The dead-letter queue's redrive allow policy does not permit this source queue.");
  }
  return std::nullopt;
}

void Broker::State::list_sources(Queue& queue, const Ticket& ticket, const ListDeadLetterSources& request,
                                 Decision& decision) {
  const World& world = queue.address().world;
  QueuesListed listed{world, {}, false};
  // One more than was asked for tells whether there are more.
  listed.names = dead_letter_sources.list(world, queue.record().name, request.after,
                                          std::size_t{request.names_max} + 1);
  if (listed.names.size() > request.names_max) {
    listed.names.pop_back();
    listed.more = request.pages;
  }
  decision.reply(ticket, std::move(listed));
}

std::optional<Error> Broker::State::refuse_move(const AccessQuestion& question, const Queue& source,
                                                const StartMoveTask& request) {
  const World& world = source.address().world;
  const auto refused = [&](const char* operation, const std::string& name) {
    AccessRequest asked = question.request;
    asked.action = policy_action("sqs", operation);
    asked.resource = queue_arn(world, name);
    const auto by_identity =
        question.judge_identity ? question.judge_identity(asked) : AccessPolicy::Verdict::kSilent;
    return refuse_access(question, asked, by_identity, directory.find(world, name));
  };
  const std::string& name = source.record().name;
  for (const char* operation : {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}) {
    if (auto refusal = refused(operation, name)) return refusal;
  }
  if (!request.destination.empty()) return refused("SendMessage", request.destination);
  // Where the messages came from is not known yet: it can be any of the queues that name this one.
  for (const std::string& origin : dead_letter_sources.list(world, name, {}, ~std::size_t{0})) {
    if (auto refusal = refused("SendMessage", origin)) return refusal;
  }
  return std::nullopt;
}

std::size_t Broker::State::active_move_tasks(const World& world) const {
  const auto begin = share.moving.lower_bound({partition.key.partition, world, QueueId{}});
  std::size_t count = 0;
  for (auto queue = begin; queue != share.moving.end() && queue->world == world; ++queue) ++count;
  return count;
}

void Broker::State::start_move_task(Queue& queue, const Command& command, const StartMoveTask& request,
                                    Decision& decision) {
  const Ticket& ticket = command.ticket;
  const World& world = queue.address().world;
  const std::string& name = queue.record().name;
  if (command.access) {
    if (std::optional<Error> refusal = refuse_move(*command.access, queue, request)) {
      decision.reply(ticket, *std::move(refusal));
      return;
    }
  }
  if (!request.destination.empty()) {
    const Queue* destination = find(world, request.destination);
    if (destination == nullptr) {
      decision.reply(ticket, no_resource("DestinationArn"));
      return;
    }
    if (destination == &queue) {
      decision.reply(ticket, Error{ErrorCode::kInvalidParameterValue,
                                   "Source queue arn and destination queue arn cannot be the same."});
      return;
    }
    if (destination->record().attributes.fifo != queue.record().attributes.fifo) {
      decision.reply(ticket, Error{ErrorCode::kInvalidParameterValue,
                                   "The source queue and destination queue must be of the same queue type."});
      return;
    }
  }
  if (!dead_letter_sources.any(world, name)) {
    decision.reply(ticket, source_is_no_dead_letter_queue());
    return;
  }
  if (!share.moving.contains(queue.address()) && active_move_tasks(world) >= share.limits.move_tasks_active_max) {
    decision.reply(ticket, too_many_move_tasks());
    return;
  }
  queue.start_move_task(ticket, request, decision);
}

void Broker::State::tag(Queue& queue, const Ticket& ticket, const TagQueue& request, Decision& decision) {
  QueueRecord record = queue.record();
  for (const Tag& tag : request.tags) put_tag(record.tags, tag);
  if (record.tags.size() > kTagsMax) {
    decision.reply(ticket, too_many_tags(record.name));
    return;
  }
  if (record.tags != queue.record().tags) change(Put{std::move(record)}, decision);
  decision.reply(ticket, Done{});
}

void Broker::State::untag(Queue& queue, const Ticket& ticket, const UntagQueue& request, Decision& decision) {
  QueueRecord record = queue.record();
  std::erase_if(record.tags, [&](const Tag& tag) {
    return std::find(request.keys.begin(), request.keys.end(), tag.key) != request.keys.end();
  });
  if (record.tags != queue.record().tags) change(Put{std::move(record)}, decision);
  decision.reply(ticket, Done{});
}

void Broker::State::edit_policy(Queue& queue, const Ticket& ticket, EditedPolicy&& edited,
                                Decision& decision) {
  if (!edited) {
    decision.reply(ticket, permission_refused(std::move(edited.error())));
    return;
  }
  QueueRecord record = queue.record();
  if (*edited != record.attributes.policy) {
    record.attributes.policy = *std::move(edited);
    record.modified = decision.now;
    change(Put{std::move(record)}, decision);
  }
  decision.reply(ticket, Done{});
}

void Broker::State::purge(Queue& queue, const Ticket& ticket, Decision& decision) {
  const Time purged = queue.record().purged;
  if (purged != kEpoch && decision.now < purged + share.limits.purge_interval) {
    decision.reply(ticket, purge_in_progress(queue.record().name));
    return;
  }
  queue.purge(ticket, decision);
}

std::vector<QueueAddress> Broker::State::queues_of(const Reset& reset) const {
  std::vector<QueueAddress> queues;
  for (const Place& place : places) {
    if (!place.queue || place.queue->record().outbox_of) continue;
    if (reset.means(place.queue->address().world)) queues.push_back(place.queue->address());
  }
  return queues;
}

std::vector<DeletedNameKey> Broker::State::deleted_names_of(const Reset& reset) const {
  std::vector<DeletedNameKey> names;
  deleted_names.each([&](const DeletedNameRecord& record) {
    if (reset.means(record.key.world)) names.push_back(record.key);
  });
  return names;
}

std::vector<MobileKey> Broker::State::mobile_of(const Reset& reset) const {
  std::vector<MobileKey> keys;
  topics.mobile().each_fact([&](const Record& record) {
    const MobileKey& key = std::get<MobileRecord>(record).key;
    if (reset.means(key.world)) keys.push_back(key);
  });
  return keys;
}

bool Broker::State::erase_queue(const QueueAddress& address, Decision& decision) {
  Queue* const queue = find(address.id);
  if (queue == nullptr) return false;
  queue->erase_all(decision);
  change(Erase{QueueKey{address}}, decision);
  return true;
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

void Broker::State::erase(Queue& queue, const Ticket& ticket, Decision& decision) {
  const QueueKey key{queue.address()};
  const DeletedNameRecord name{{partition.key.partition, key.queue.world, queue.record().name}, decision.now};
  erase_queue(key.queue, decision);
  if (share.limits.recreate_wait > Seconds{0}) {
    if (deleted_names.size() >= share.limits.deleted_names_max) {
      change(Erase{DeletedNameKey(deleted_names.oldest()->second)}, decision);
    }
    change(Put{name}, decision);
  }
  decision.reply(ticket, Done{});
}

Time Broker::State::next_free_name() const {
  const auto* oldest = deleted_names.oldest();
  return oldest == nullptr ? kNever : oldest->first + share.limits.recreate_wait;
}

void Broker::State::free_names(Decision& decision) {
  for (int left = kFreedNamesChunk; left > 0 && next_free_name() <= decision.now; --left) {
    change(Erase{DeletedNameKey(deleted_names.oldest()->second)}, decision);
  }
}

// Its name is nobody's: no directory knows it.
QueueAddress Broker::State::open_outbox(const SubscriptionKey& of, Decision& decision) {
  const QueueAddress address{partition.key.partition, of.topic.world, take_id(decision)};
  QueueRecord record;
  record.key = {address};
  record.name = of.id.text();
  record.attributes.retention = kRetentionMax;
  record.created = record.modified = decision.now;
  record.outbox_of = of;
  change(Put{std::move(record)}, decision);
  reschedule(address.id, decision.now);
  return address;
}

void Broker::State::close_outbox(StandardQueue& outbox, Decision& decision) {
  const QueueKey key{outbox.address()};
  outbox.erase_all(decision);
  change(Erase{key}, decision);
}

void Broker::State::act(Queue& queue, const Command& command, Decision& decision) {
  struct Act {
    State& state;
    Queue& queue;
    const Command& command;
    Decision& decision;

    void operator()(const CreateQueue&) const {}  // create()
    void operator()(const ListQueues&) const {}   // list()
    void operator()(const AboutTopic&) const {}   // Topics
    void operator()(const Reset&) const {}        // control()
    void operator()(const AdvanceTime&) const {}  // control()
    void operator()(const Peek& request) const {
      state.peeks.begin(queue, command.ticket, request, decision);
    }
    void operator()(const Expect& request) const {
      state.expectations.begin(queue, command.ticket, request, decision);
    }
    void operator()(const SetQueueAttributes& request) const {
      state.set(queue, command.ticket, request, decision);
    }
    void operator()(const TagQueue& request) const { state.tag(queue, command.ticket, request, decision); }
    void operator()(const UntagQueue& request) const {
      state.untag(queue, command.ticket, request, decision);
    }
    void operator()(const FindTags&) const {
      decision.reply(command.ticket, QueueTagged{queue.record().tags});
    }
    void operator()(const ListDeadLetterSources& request) const {
      state.list_sources(queue, command.ticket, request, decision);
    }
    void operator()(const StartMoveTask& request) const {
      state.start_move_task(queue, command, request, decision);
    }
    void operator()(const ListMoveTasks& request) const {
      queue.list_move_tasks(command.ticket, request, decision);
    }
    void operator()(const CancelMoveTask& request) const {
      queue.cancel_move_task(command.ticket, request, decision);
    }
    void operator()(const AddPermission& request) const {
      const QueueRecord& record = queue.record();
      const std::string arn = queue_arn(record.key.queue.world, record.name);
      state.edit_policy(queue, command.ticket,
                        add_queue_permission(record.attributes.policy, arn, request.grant), decision);
    }
    void operator()(const RemovePermission& request) const {
      state.edit_policy(queue, command.ticket,
                        remove_queue_permission(queue.record().attributes.policy, request.label), decision);
    }
    void operator()(const FindQueue&) const {
      decision.reply(command.ticket, QueueFound{command.world, queue.record().name});
    }
    void operator()(const DescribeQueue&) const {
      decision.reply(command.ticket, QueueDescribed{queue.record(), queue.counts(decision.now)});
    }
    void operator()(const DeleteQueue&) const { state.erase(queue, command.ticket, decision); }
    void operator()(const PurgeQueue&) const { state.purge(queue, command.ticket, decision); }
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
  std::visit(Act{*this, queue, command, decision}, *command.operation);
}

void Broker::supply(Page&& page, Time now, Random& random, Outcome& outcome) {
  const QueueId id = page.want.queue.id;
  Queue* queue = state_->find(id);
  Decision decision{now, random, outcome};
  if (page.want.peek != 0) {
    state_->peeks.supply(queue, page, decision);
    return;
  }
  if (queue == nullptr) return;  // deleted meanwhile
  state_->make_room(page.want.bytes_max, id);
  queue->supply(page, decision);
  state_->outboxes.notice(id);
  state_->go_on(decision);
  state_->serve_queues_without_room(decision);
  // A page that nobody wants any more was no tick.
  state_->reschedule_unless_due(id, now);
  state_->look_at_expectations(decision);
}

void Broker::forget(const Ticket& ticket) {
  state_->expectations.forget(ticket);
  const std::optional<QueueId> id = state_->share.receivers.queue_of(ticket);
  if (id) state_->find(*id)->forget(ticket);
}

void Broker::undeliver(const Received& received, Time now, Random& random, Outcome& outcome) {
  Queue* queue = state_->find(received.queue.id);
  if (queue == nullptr) return;
  Decision decision{now, random, outcome};
  queue->undeliver(received.deliveries, decision);
  state_->outboxes.taken_back(received.queue.id, received.deliveries.size());
  state_->go_on(decision);
  state_->reschedule_unless_due(received.queue.id, now);
  state_->look_at_expectations(decision);
}

void Broker::tick(Time now, Random& random, Outcome& outcome) {
  state_->share.dedup.make_room();
  Decision decision{now, random, outcome};
  state_->go_on(decision);
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
  state_->go_on(decision);
  if (state_->copies()) state_->topics.drain(decision);
  state_->topics.expire(decision);
  state_->notice_outboxes();
  state_->outboxes.look(decision);
  state_->serve_queues_without_room(decision);
  state_->free_names(decision);
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
  state_->go_on(decision);
  state_->serve_queues_without_room(decision);
  state_->reschedule_unless_due(report.outbox.id, now);
  state_->look_at_expectations(decision);
  return end;
}

std::optional<OutgoingDestination> Broker::destination_of(const QueueAddress& outbox) const {
  const Queue* queue = state_->find(outbox.id);
  if (queue == nullptr || !queue->record().outbox_of) return std::nullopt;
  const Subscription* subscription = state_->subscription_of(*queue->record().outbox_of, outbox.id);
  if (subscription == nullptr) return std::nullopt;
  return state_->topics.destination_of(*subscription);
}

Time Broker::next_deadline() const {
  if (!state_->share.woken.empty() || state_->resets.under_way()) return kEpoch;
  if (state_->copies() && !state_->topics.directory().all_delivered()) return kEpoch;
  const Time other = std::min({state_->share.receivers.next_deadline(), state_->next_free_name(),
                               state_->topics.directory().next_expiry(), state_->outboxes.next_deadline(),
                               state_->expectations.next_deadline()});
  if (state_->deadlines.empty()) return other;
  return std::min(other, state_->places[state_->deadlines.top()].deadline);
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

// Each once: what they bring about in others, or leave over themselves, is for the next tick.
void Broker::State::go_on(Decision& decision) {
  if (share.woken.empty()) return;
  for (const QueueId id : std::exchange(share.woken, {})) {
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

// While there is room, the queues that had to withhold messages are served, each at most once.
void Broker::State::serve_queues_without_room(Decision& decision) {
  if (share.queues_without_room.empty() || share.touched >= share.limits.touched_max) return;
  for (const QueueId id : std::exchange(share.queues_without_room, {})) {
    if (share.touched >= share.limits.touched_max) {
      share.queues_without_room.insert(id);
      continue;
    }
    find(id)->tick(decision);
    outboxes.notice(id);
    reschedule(id, decision.now);
  }
}

// Takes windows that were not used since the hand passed last, until the page that comes fits.
void Broker::State::make_room(std::size_t bytes, QueueId for_queue) {
  for (std::size_t step = 0; share.budget.over(bytes) && step < 2 * places.size(); ++step) {
    eviction_hand = (eviction_hand + 1) % static_cast<Slot>(places.size());
    Queue* queue = places[eviction_hand].queue.get();
    if (queue == nullptr || queue->address().id == for_queue || queue->take_recently_used()) continue;
    // Somebody waits for what becomes visible here next, and nothing would ask for it anew.
    if (queue->awaited()) continue;
    queue->evict_windows();
  }
}

Milliseconds Broker::time_ahead() const { return state_->partition.time_ahead; }

Broker::Totals Broker::totals() const {
  return {.queues = state_->slots.size() - state_->outboxes.size(),
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
  std::vector<Queue*> queues;
  for (const State::Place& place : state_->places) {
    if (place.queue && !place.queue->record().outbox_of) queues.push_back(place.queue.get());
  }
  std::sort(queues.begin(), queues.end(),
            [](const Queue* a, const Queue* b) { return a->address().id < b->address().id; });
  for (Queue* const queue : queues) {
    visit({.record = queue->record(),
           .counts = queue->counts(now),
           .oldest_visible = queue->oldest_visible(now),
           .counters = queue->counters()});
  }
}

void Broker::each_resource(const std::function<void(const Record&)>& visit) const {
  visit(state_->partition);
  state_->deleted_names.each([&visit](const DeletedNameRecord& record) { visit(record); });
  for (const State::Place& place : state_->places) {
    if (place.queue) visit(place.queue->record());
  }
  // Subscriptions name endpoints of mobile push.
  state_->topics.mobile().each_fact(visit);
  state_->topics.directory().each_resource(visit);
}

std::vector<World> Broker::worlds_of(std::string_view queue_name, std::size_t worlds_max) const {
  std::vector<World> worlds;
  for (const State::Place& place : state_->places) {
    if (worlds.size() == worlds_max) break;
    if (!place.queue || place.queue->record().outbox_of) continue;
    if (place.queue->record().name == queue_name) worlds.push_back(place.queue->address().world);
  }
  return worlds;
}

}  // namespace penstock
