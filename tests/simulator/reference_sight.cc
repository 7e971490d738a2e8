#include "tests/simulator/reference_sight.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "broker/queue_arn.h"

namespace penstock {
namespace {

constexpr Seconds kHiddenTotalMax{43200};
constexpr Seconds kTaskRunsMax{36 * 3600};

template <class T>
bool contains(const std::vector<T>& sorted, const T& value) {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

Lane lane_of(const BodyKey& body) {
  const auto* fresh = std::get_if<FreshKey>(&body);
  return fresh != nullptr ? fresh->lane : kLaterLane;
}

bool is_error(const Answer& answer, ErrorCode code) {
  const auto* error = std::get_if<Error>(&answer);
  return error != nullptr && error->code == code;
}

Time end_of_second(Time now) { return from_epoch_milliseconds(epoch_milliseconds(now) / 1000 * 1000 + 999); }

// The attributes that are asked for, on top of what stands.
QueueAttributes with(QueueAttributes stands, const SuppliedAttributes& asked) {
  if (asked.delay) stands.delay = *asked.delay;
  if (asked.message_bytes_max) stands.message_bytes_max = *asked.message_bytes_max;
  if (asked.retention) stands.retention = *asked.retention;
  if (asked.receive_wait) stands.receive_wait = *asked.receive_wait;
  if (asked.visibility_timeout) stands.visibility_timeout = *asked.visibility_timeout;
  if (asked.policy) stands.policy = *asked.policy;
  if (asked.kms_reuse) stands.kms_reuse = *asked.kms_reuse;
  if (asked.managed_encryption == true) stands.kms_key = "";
  if (asked.managed_encryption) stands.managed_encryption = *asked.managed_encryption;
  if (asked.kms_key) stands.kms_key = *asked.kms_key;
  if (asked.redrive) stands.redrive_policy = asked.redrive->policy;
  if (asked.redrive_allow) stands.redrive_allow_policy = *asked.redrive_allow;
  if (!stands.kms_key.empty()) stands.managed_encryption = false;
  return stands;
}

// Whether each attribute that is asked for stands already.
bool agrees(const QueueAttributes& stands, const SuppliedAttributes& asked) {
  const auto same = [](const auto& one, const auto& other) { return !one || *one == other; };
  return same(asked.delay, stands.delay) && same(asked.message_bytes_max, stands.message_bytes_max) &&
         same(asked.retention, stands.retention) && same(asked.receive_wait, stands.receive_wait) &&
         same(asked.visibility_timeout, stands.visibility_timeout) &&
         same(asked.managed_encryption, stands.managed_encryption) && same(asked.kms_key, stands.kms_key) &&
         same(asked.redrive_allow, stands.redrive_allow_policy) &&
         (!asked.redrive || asked.redrive->policy == stands.redrive_policy) &&
         same(asked.policy, stands.policy) && same(asked.kms_reuse, stands.kms_reuse.value_or(Seconds{300}));
}

void tag(std::map<std::string, std::string>& tags, const std::vector<Tag>& more) {
  for (const Tag& one : more) tags[one.key] = one.value;
}

bool same_tags(const std::vector<Tag>& given, const std::map<std::string, std::string>& tags) {
  return std::equal(
      given.begin(), given.end(), tags.begin(), tags.end(),
      [](const Tag& one, const auto& other) { return one.key == other.first && one.value == other.second; });
}

template <class Entry>
Answer answer_of(const Result<Entry>& entry) {
  return entry ? Answer(*entry) : Answer(entry.error());
}

}  // namespace

void ReferenceModel::Sight::judge() {
  const auto* command = std::get_if<Command>(&deed_.act);
  const Operation* operation = command != nullptr && command->operation ? &*command->operation : nullptr;
  if (operation != nullptr && std::holds_alternative<DeleteQueue>(*operation)) {
    // Those who wait on it hear of its end before its deleter does.
    if (const Queue* queue = model_.find(command->world, command->queue_name)) ended_ = queue->address.id;
  }
  if (const auto* undelivered = std::get_if<Undelivered>(&deed_.act)) undo(undelivered->received);

  std::size_t own_answers = 0;
  for (const Reply& reply : seen_.replies) {
    // What is asked is decided first, and only then goes on what others have left over. A receive moves what it
    // meets on its way.
    const bool own = command != nullptr && reply.ticket == command->ticket;
    const bool before_moves = own && (operation == nullptr || !std::holds_alternative<Receive>(*operation));
    if (!before_moves) follow_moves();
    if (own) {
      ++own_answers;
      answer_own(*command, reply.answer);
      continue;
    }
    const auto waiting = model_.waiting_.find(reply.ticket);
    expect(waiting != model_.waiting_.end(), "an answer goes to somebody who waits for it, and goes once");
    if (!verdict_.holds()) return;
    const Waiting receive = waiting->second;
    model_.waiting_.erase(waiting);
    answer_receive(receive, reply.answer);
  }
  if (!verdict_.holds()) return;
  follow_moves();
  expect(moves_seen_ == seen_.moves.size(),
         "what moves is visible, and was received too often or is moved by a task");
  for (const auto& [id, count] : redriven_) {
    Task& task = model_.find(id)->tasks.back();
    const auto pause = task.rate == 0 ? 1 : (count * 1000 + task.rate - 1) / task.rate;
    task.next = now_ + Milliseconds{static_cast<std::int64_t>(pause)};
    expect(task.rate == 0 || count <= std::max<std::size_t>(1, task.rate / 10), "a task keeps to its rate");
  }
  expect(seen_.moves.size() <= 64, "what one decision moves is bounded");

  if (command != nullptr && own_answers == 0) {
    const auto* receive = operation == nullptr ? nullptr : std::get_if<Receive>(operation);
    const Queue* queue = model_.find(command->world, command->queue_name);
    expect(receive != nullptr && queue != nullptr, "only a receive waits for its answer");
    if (!verdict_.holds()) return;
    const Seconds wait = receive->wait.value_or(queue->attributes.receive_wait);
    expect(wait > Seconds{0} || contains(seen_.waiting_for_pages, queue->address.id) ||
               model_.perhaps_moves_something(*queue, now_),
           "a short poll waits for nothing but a page, or for what is to be moved");
    expect(model_.waiting_.size() < model_.limits_.waiting_receivers_max, "waiting receives are bounded");
    model_.waiting_[command->ticket] = {queue->address.id, receive->messages_max, receive->visibility_timeout,
                                        now_ + wait, wait == Seconds{0}};
  }
  expect(own_answers <= 1, "a command is answered once");
  expect(bodies_seen_ == seen_.bodies.size(), "nothing is stored that was not accepted");
  if (ended_) {
    for (const auto& [ticket, waiting] : model_.waiting_) {
      expect(waiting.queue != *ended_, "the end of a queue answers everybody who waits on it");
    }
  }
  nothing_is_overdue();
}

void ReferenceModel::Sight::nothing_is_overdue() {
  if (!seen_.settled) return;
  for (const auto& [ticket, waiting] : model_.waiting_) {
    if (contains(seen_.waiting_for_pages, waiting.queue)) continue;
    const Queue* queue = model_.find(waiting.queue);
    expect(queue == nullptr || !model_.deliverable(*queue, now_),
           "a waiting receive is answered as soon as a message is visible");
    expect(queue == nullptr || !model_.moves_something(*queue, now_),
           "what was received too often moves on when somebody asks");
    expect(waiting.deadline > now_, "a waiting receive is answered when its time is up");
  }
}

// ---- commands

void ReferenceModel::Sight::answer_own(const Command& command, const Answer& answer) {
  Queue* queue = model_.find(command.world, command.queue_name);
  const bool needs_none = command.operation && (std::holds_alternative<CreateQueue>(*command.operation) ||
                                                std::holds_alternative<ListQueues>(*command.operation));
  if (queue == nullptr && !needs_none) {
    const bool of_tasks = command.operation && (std::holds_alternative<StartMoveTask>(*command.operation) ||
                                                std::holds_alternative<ListMoveTasks>(*command.operation) ||
                                                std::holds_alternative<CancelMoveTask>(*command.operation));
    expect(is_error(answer, of_tasks ? ErrorCode::kResourceNotFound : ErrorCode::kQueueDoesNotExist),
           "a queue that does not exist is reported missing");
    return;
  }
  if (!command.operation) {
    expect(is_error(answer, command.operation.error().code), "a refusal surfaces once its queue is found");
    return;
  }
  std::visit([&](const auto& request) { own(request, queue, answer); }, *command.operation);
}

// Histories of topics are searched on their own (topics_test.cc).
void ReferenceModel::Sight::own(const AboutTopic&, Queue*, const Answer&) {
  expect(false, "these clients ask nothing of topics");
}

void ReferenceModel::Sight::own(const CreateQueue& request, Queue* queue, const Answer& answer) {
  if (queue != nullptr) {
    if (agrees(queue->attributes, request.attributes)) {
      expect(std::holds_alternative<QueueFound>(answer),
             "creating a queue again with its attributes finds it");
    } else {
      expect(is_error(answer, ErrorCode::kQueueNameExists),
             "creating a queue again with other attributes is refused");
    }
    return;
  }
  const Command& command = std::get<Command>(deed_.act);
  if (!policy_is_good(request.attributes, command.world, command.queue_name)) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue),
           "a dead-letter queue exists and permits its sources");
    return;
  }
  const auto deleted = model_.deleted_names_.find({command.world, command.queue_name});
  if (deleted != model_.deleted_names_.end()) {
    if (now_ < deleted->second + model_.limits_.recreate_wait) {
      expect(is_error(answer, ErrorCode::kQueueDeletedRecently),
             "the name of a deleted queue is not used again before its time");
      return;
    }
    model_.deleted_names_.erase(deleted);
  }
  expect(std::holds_alternative<QueueFound>(answer) && seen_.created.has_value(),
         "creating a queue that does not exist creates it");
  if (!verdict_.holds()) return;
  expect(model_.ids_given_.insert(seen_.created->id).second, "the id of a queue is never used again");
  Queue created{.world = command.world,
                .name = command.queue_name,
                .attributes = with({}, request.attributes),
                .address = *seen_.created,
                .created = now_,
                .modified = now_};
  tag(created.tags, request.tags);
  model_.queues_.push_back(std::move(created));
}

void ReferenceModel::Sight::own(const SetQueueAttributes& request, Queue* queue, const Answer& answer) {
  if (!policy_is_good(request.attributes, queue->world, queue->name)) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue),
           "a dead-letter queue exists and permits its sources");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "the attributes of a queue that exists can be set");
  for (Message& message : queue->messages) message.ended = !alive(*queue, message, now_);
  if (request.attributes.retention && *request.attributes.retention > queue->attributes.retention) {
    queue->lengthened = std::max(queue->lengthened, now_ - queue->attributes.retention);
  }
  queue->attributes = with(queue->attributes, request.attributes);
  queue->modified = now_;
}

void ReferenceModel::Sight::own(const ListQueues& request, Queue*, const Answer& answer) {
  const World& world = std::get<Command>(deed_.act).world;
  std::set<std::string> names;
  for (const Queue& queue : model_.queues_) {
    if (queue.world == world && queue.name.starts_with(request.prefix) && queue.name > request.after) {
      names.insert(queue.name);
    }
  }
  const auto* listed = std::get_if<QueuesListed>(&answer);
  expect(listed != nullptr &&
             listed->names.size() == std::min<std::size_t>(names.size(), request.names_max) &&
             std::equal(listed->names.begin(), listed->names.end(), names.begin()),
         "queues are listed by name, those that begin as asked");
  if (!verdict_.holds()) return;
  expect(listed->more == (names.size() > request.names_max), "a list says whether there is more");
}

void ReferenceModel::Sight::own(const TagQueue& request, Queue* queue, const Answer& answer) {
  auto tags = queue->tags;
  tag(tags, request.tags);
  if (tags.size() > 50) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue), "a queue has at most fifty tags");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "a queue that exists can be tagged");
  queue->tags = std::move(tags);
}

void ReferenceModel::Sight::own(const UntagQueue& request, Queue* queue, const Answer& answer) {
  expect(std::holds_alternative<Done>(answer), "tags can be taken away, also those that are not there");
  for (const std::string& key : request.keys) queue->tags.erase(key);
}

void ReferenceModel::Sight::own(const FindTags&, Queue* queue, const Answer& answer) {
  const auto* tagged = std::get_if<QueueTagged>(&answer);
  expect(tagged != nullptr && same_tags(tagged->tags, queue->tags), "a queue has the tags that it was given");
}

void ReferenceModel::Sight::own(const ListDeadLetterSources& request, Queue* queue, const Answer& answer) {
  std::set<std::string> names;
  for (const Queue& any : model_.queues_) {
    const auto& policy = any.attributes.redrive_policy;
    if (policy && any.world == queue->world && policy->target() == queue->name && any.name > request.after) {
      names.insert(any.name);
    }
  }
  const auto* listed = std::get_if<QueuesListed>(&answer);
  expect(listed != nullptr &&
             listed->names.size() == std::min<std::size_t>(names.size(), request.names_max) &&
             std::equal(listed->names.begin(), listed->names.end(), names.begin()),
         "the sources of a dead-letter queue are those that name it");
}

void ReferenceModel::Sight::own(const StartMoveTask& request, Queue* queue, const Answer& answer) {
  const Queue* destination = model_.find(queue->world, request.destination);
  if (!request.destination.empty() && destination == nullptr) {
    expect(is_error(answer, ErrorCode::kResourceNotFound), "the destination of a move task exists");
    return;
  }
  const bool has_source =
      std::any_of(model_.queues_.begin(), model_.queues_.end(), [&](const Queue& any) {
        const auto& policy = any.attributes.redrive_policy;
        return policy && any.world == queue->world && policy->target() == queue->name;
      });
  if (destination == queue || !has_source) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue), "a move task moves out of a dead-letter queue");
    return;
  }
  const auto* started = std::get_if<MoveTaskStarted>(&answer);
  if (started == nullptr) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue) && !queue->tasks.empty(),
           "a move task is refused only while another one runs");
    return;
  }
  queue->tasks.push_back({.id = started->task,
                          .destination = request.destination,
                          .rate = request.rate_max,
                          .most = queue->messages.size(),
                          .started = now_,
                          .next = now_});
}

void ReferenceModel::Sight::own(const ListMoveTasks& request, Queue* queue, const Answer& answer) {
  const auto* listed = std::get_if<MoveTasksListed>(&answer);
  const std::size_t known = std::min<std::size_t>(queue->tasks.size(), 10);
  expect(listed != nullptr && listed->tasks.size() == std::min<std::size_t>(known, request.tasks_max),
         "the newest move tasks are listed");
  if (!verdict_.holds()) return;
  for (std::size_t i = 0; i < listed->tasks.size(); ++i) {
    const Task& task = queue->tasks[queue->tasks.size() - 1 - i];
    const MoveTaskRecord& told = listed->tasks[i];
    const bool stopped =
        told.status == MoveTaskStatus::kCancelling || told.status == MoveTaskStatus::kCancelled;
    expect(stopped == task.cancelled, "a cancelled move task says so, and no other one does");
    expect(told.id == task.id && told.moved == task.moved && told.rate_max == task.rate &&
               told.destination == task.destination,
           "a move task tells what it has moved");
    expect(i == 0 || told.status != MoveTaskStatus::kRunning, "one move task of a queue is active at a time");
    expect((told.status == MoveTaskStatus::kFailed) == !told.failure.empty(), "who fails says why");
    expect(told.status != MoveTaskStatus::kCompleted || told.moved == told.to_move || i != 0 ||
               now_ > told.started || told.to_move == 0,
           "a move task ends when it has moved everything");
  }
}

void ReferenceModel::Sight::own(const CancelMoveTask& request, Queue* queue, const Answer& answer) {
  const auto* cancelled = std::get_if<MoveTaskCancelled>(&answer);
  const auto& all = queue->tasks;
  const auto from = all.size() - std::min<std::size_t>(all.size(), 10);
  const auto known = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
                                  [&](const Task& task) { return task.id == request.task; });
  if (known == all.end()) {
    expect(is_error(answer, ErrorCode::kResourceNotFound), "a move task that is not there is reported missing");
    return;
  }
  if (cancelled == nullptr) {
    // Whether a task that could go on has found nothing left is not known here; one that has not been given
    // the time to is not over.
    expect(is_error(answer, ErrorCode::kInvalidParameterValue), "a move task that is over is not cancelled");
    return;
  }
  expect(!queue->tasks.empty() && queue->tasks.back().id == request.task &&
             queue->tasks.back().moved == cancelled->moved && !queue->tasks.back().cancelled,
         "the task that runs is cancelled, with what it has moved");
  if (verdict_.holds()) queue->tasks.back().cancelled = true;
}

bool ReferenceModel::Sight::policy_is_good(const SuppliedAttributes& asked, const World& world,
                                           const std::string& name) const {
  if (!asked.redrive || !asked.redrive->policy) return true;
  const std::string target_name(asked.redrive->policy->target());
  const Queue* target = model_.find(world, target_name);
  if (target == nullptr) return false;
  auto allowed = target->attributes.redrive_allow_policy;
  if (target_name == name && asked.redrive_allow) allowed = *asked.redrive_allow;
  if (!allowed || allowed->permission == RedrivePermission::kAllowAll) return true;
  const auto& arns = allowed->source_arns;
  return std::find(arns.begin(), arns.end(), queue_arn(world, name)) != arns.end();
}

// ---- moves

void ReferenceModel::Sight::follow_moves() {
  while (moves_seen_ < seen_.moves.size() && verdict_.holds() && follow(seen_.moves[moves_seen_])) {
    ++moves_seen_;
  }
}

bool ReferenceModel::Sight::follow(const Copy& move) {
  const auto queue_of = [this](const BodyKey& key) {
    return model_.find(std::visit([](const auto& own) { return own.queue.id; }, key));
  };
  Queue* const source = queue_of(move.from);
  Queue* const target = queue_of(move.to);
  if (source == nullptr || target == nullptr) return false;
  const auto found = std::find_if(source->messages.begin(), source->messages.end(),
                                  [&](const Message& message) { return message.body == move.from; });
  if (found == source->messages.end()) return false;
  if (!alive(*source, *found, now_) || !visible(*found, now_)) return false;
  const Message message = *found;
  const bool allowed = move.keeps_id ? follow_dead_letter(move, *source, message, *target)
                                     : follow_redrive(move, *source, message, *target);
  if (!allowed) return false;
  source->messages.erase(found);
  came_.insert(move.to);
  target->messages.push_back({.order = model_.next_order_++,
                              .id = move.keeps_id ? message.id : move.head.id,
                              .body = move.to,
                              .sent = move.head.sent,
                              .due = move.head.sent,
                              .source = move.dead_letter.source_arn,
                              .count_before = move.dead_letter.receive_count,
                              .touch = std::nullopt});
  return true;
}

bool ReferenceModel::Sight::follow_dead_letter(const Copy& move, Queue& source, const Message& message,
                                               Queue& target) {
  if (!model_.exhausted(source, message)) return false;
  if (source.world != target.world || source.attributes.redrive_policy->target() != target.name) return false;
  expect(move.head.sent == message.sent, "a dead letter keeps the time at which it was sent");
  expect(move.dead_letter.source_arn == queue_arn(source.world, source.name) &&
             move.dead_letter.receive_count == message.touch->count,
         "a dead letter says where it comes from and how often it was received");
  return verdict_.holds();
}

bool ReferenceModel::Sight::follow_redrive(const Copy& move, Queue& source, const Message& message,
                                           Queue& target) {
  if (source.tasks.empty()) return false;
  Task& task = source.tasks.back();
  if (task.cancelled || now_ < task.next || task.moved >= task.most || seen_.disk_full) return false;
  expect(now_ < task.started + kTaskRunsMax, "a move task ends after thirty-six hours");
  const std::string destination =
      task.destination.empty() ? message.source.substr(message.source.rfind(':') + 1) : task.destination;
  if (destination != target.name || source.world != target.world) return false;
  expect(move.head.sent == now_ && move.dead_letter == DeadLetter{}, "what a task moves is sent anew");
  ++task.moved;
  ++redriven_[source.address.id];
  return verdict_.holds();
}

void ReferenceModel::Sight::own(const AddPermission& request, Queue* queue, const Answer& answer) {
  const std::string arn = "arn:aws:sqs:" + std::string(queue->world.region.text()) + ":" +
                          queue->world.account.text() + ":" + queue->name;
  policy_edited(add_queue_permission(queue->attributes.policy, arn, request.grant), *queue, answer);
}

void ReferenceModel::Sight::own(const RemovePermission& request, Queue* queue, const Answer& answer) {
  policy_edited(remove_queue_permission(queue->attributes.policy, request.label), *queue, answer);
}

// What an edit makes of a text is not asked here (tests/policies); that it is made of the text that stands
// is.
void ReferenceModel::Sight::policy_edited(const EditedPolicy& edited, Queue& queue, const Answer& answer) {
  if (!edited) {
    const auto* error = std::get_if<Error>(&answer);
    expect(error != nullptr && error->text == edited.error().text, "a permission that cannot be is refused");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "a permission of a queue that exists is given and taken");
  if (*edited != queue.attributes.policy) queue.modified = now_;
  queue.attributes.policy = *edited;
}

void ReferenceModel::Sight::own(const FindQueue&, Queue* queue, const Answer& answer) {
  const auto* found = std::get_if<QueueFound>(&answer);
  expect(found != nullptr && found->name == queue->name && found->world == queue->world,
         "a queue that exists is found under its name");
}

void ReferenceModel::Sight::own(const DescribeQueue&, Queue* queue, const Answer& answer) {
  const auto* described = std::get_if<QueueDescribed>(&answer);
  expect(described != nullptr && described->record.attributes == queue->attributes &&
             described->record.key.queue == queue->address && described->record.name == queue->name,
         "a queue is described by the attributes it was created with, or given since");
  expect(described == nullptr ||
             (same_tags(described->record.tags, queue->tags) && described->record.created == queue->created &&
              described->record.modified == queue->modified),
         "a queue says when it was created and when its attributes were set");
  if (!verdict_.holds()) return;
  QueueCounts least;
  Lag lag;
  for (const Message& message : queue->messages) {
    if (!alive(*queue, message, now_)) {
      ++(message.touch ? lag.touched : lag.untouched);
    } else if (visible(message, now_)) {
      ++least.visible;
    } else if (message.touch) {
      ++least.not_visible;
    } else {
      ++least.delayed;
      if (message.due <= end_of_second(now_)) ++lag.due_this_second;
    }
  }
  const QueueCounts& counts = described->counts;
  expect(counts.visible >= least.visible &&
             counts.visible <= least.visible + lag.untouched + lag.touched + lag.due_this_second,
         "the count of visible messages is right");
  expect(counts.not_visible >= least.not_visible && counts.not_visible <= least.not_visible + lag.touched,
         "the count of messages in flight is right");
  expect(counts.delayed + lag.due_this_second >= least.delayed &&
             counts.delayed <= least.delayed + lag.untouched,
         "the count of delayed messages is right");
  const std::uint64_t total = counts.visible + counts.not_visible + counts.delayed;
  const std::uint64_t total_least = least.visible + least.not_visible + least.delayed;
  expect(total >= total_least && total <= total_least + lag.untouched + lag.touched,
         "the counts leave no message out and count none twice");
}

void ReferenceModel::Sight::own(const DeleteQueue&, Queue* queue, const Answer& answer) {
  expect(std::holds_alternative<Done>(answer), "a queue that exists can be deleted");
  auto& names = model_.deleted_names_;
  std::erase_if(names,
                [this](const auto& name) { return now_ >= name.second + model_.limits_.recreate_wait; });
  if (model_.limits_.recreate_wait > Seconds{0}) {
    if (names.size() >= model_.limits_.deleted_names_max) {
      names.erase(std::min_element(names.begin(), names.end(), [](const auto& a, const auto& b) {
        return std::tie(a.second, a.first) < std::tie(b.second, b.first);
      }));
    }
    names[{queue->world, queue->name}] = now_;
  }
  std::erase_if(model_.queues_, [queue](const Queue& other) { return other.address == queue->address; });
}

void ReferenceModel::Sight::own(const PurgeQueue&, Queue* queue, const Answer& answer) {
  if (queue->purged && now_ < *queue->purged + model_.limits_.purge_interval) {
    expect(is_error(answer, ErrorCode::kPurgeQueueInProgress), "a second purge is refused before its time");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "a queue that exists can be purged");
  queue->purged = now_;
  queue->messages.clear();
}

void ReferenceModel::Sight::own(const Send& request, Queue* queue, const Answer& answer) {
  sent(request, *queue, answer);
}

void ReferenceModel::Sight::sent(const Send& request, Queue& queue, const Answer& answer) {
  if (request.size > queue.attributes.message_bytes_max) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue),
           "a message above the queue's size is refused");
    return;
  }
  const auto* accepted = std::get_if<Sent>(&answer);
  expect(accepted != nullptr && accepted->content == request.content && bodies_seen_ < seen_.bodies.size() &&
             seen_.bodies[bodies_seen_].id == accepted->id,
         "a message that is accepted is stored once, under the id it is acknowledged by");
  if (!verdict_.holds()) return;
  if (const auto* fresh = std::get_if<FreshKey>(&seen_.bodies[bodies_seen_].key)) {
    expect((fresh->lane == kFirstLane) == request.content->group_id.empty(),
           "in the first lane are the messages without a group, and no others");
  }
  queue.messages.push_back({.order = model_.next_order_++,
                            .id = accepted->id,
                            .body = seen_.bodies[bodies_seen_++].key,
                            .sent = now_,
                            .due = now_ + request.delay.value_or(queue.attributes.delay),
                            .touch = std::nullopt});
}

// An entry that was refused before keeps its place and its refusal; the others are judged as if alone.
template <class Batch, class Done, class Judge>
void ReferenceModel::Sight::each_entry(const Batch& request, const Done* done, const Judge& judge) {
  expect(done != nullptr && done->entries.size() == request.entries.size(),
         "a batch is answered entry by entry");
  if (!verdict_.holds()) return;
  for (std::size_t i = 0; i < request.entries.size() && verdict_.holds(); ++i) {
    const auto& entry = request.entries[i];
    const auto& result = done->entries[i];
    if (entry) {
      judge(*entry, answer_of(result));
    } else {
      expect(!result && result.error() == entry.error(), "an entry that was refused keeps its refusal");
    }
  }
}

void ReferenceModel::Sight::own(const SendBatch& request, Queue* queue, const Answer& answer) {
  each_entry(request, std::get_if<SentBatch>(&answer),
             [&](const Send& entry, const Answer& result) { sent(entry, *queue, result); });
}

void ReferenceModel::Sight::own(const DeleteBatch& request, Queue* queue, const Answer& answer) {
  each_entry(request, std::get_if<DoneBatch>(&answer),
             [&](const Delete& entry, const Answer& result) { deleted(entry, *queue, result); });
}

void ReferenceModel::Sight::own(const ChangeVisibilityBatch& request, Queue* queue, const Answer& answer) {
  each_entry(request, std::get_if<DoneBatch>(&answer),
             [&](const ChangeVisibility& entry, const Answer& result) {
               visibility_changed(entry, *queue, result);
             });
}

void ReferenceModel::Sight::own(const Receive& request, Queue* queue, const Answer& answer) {
  const Seconds wait = request.wait.value_or(queue->attributes.receive_wait);
  answer_receive(
      {queue->address.id, request.messages_max, request.visibility_timeout, now_ + wait, wait == Seconds{0}},
      answer);
}

ReferenceModel::Sight::Found ReferenceModel::Sight::find(Queue& queue, const ReceiptHandle& handle) {
  if (handle.queue != queue.address.id || handle.partition != queue.address.partition) {
    return {.refused = true};
  }
  for (Message& message : queue.messages) {
    if (!message.touch || message.touch->lane != handle.lane || message.touch->sequence != handle.sequence) {
      continue;
    }
    const bool forged = message.touch->nonce != handle.nonce;
    if (!alive(queue, message, now_)) return {.perhaps_refused = forged};
    if (forged) return {.refused = true};
    return {.message = &message};
  }
  return {};
}

void ReferenceModel::Sight::own(const Delete& request, Queue* queue, const Answer& answer) {
  deleted(request, *queue, answer);
}

void ReferenceModel::Sight::deleted(const Delete& request, Queue& queue, const Answer& answer) {
  const Found found = find(queue, request.handle);
  const bool refused = is_error(answer, ErrorCode::kReceiptHandleIsInvalid);
  if (found.refused || (found.perhaps_refused && refused)) {
    expect(refused, "a delete by a handle that is not of this queue's message is refused");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "a delete succeeds, also of what is gone already");
  if (found.message == nullptr) return;
  queue.messages.erase(queue.messages.begin() + (found.message - queue.messages.data()));
}

void ReferenceModel::Sight::own(const ChangeVisibility& request, Queue* queue, const Answer& answer) {
  visibility_changed(request, *queue, answer);
}

void ReferenceModel::Sight::visibility_changed(const ChangeVisibility& request, Queue& queue,
                                               const Answer& answer) {
  const Found found = find(queue, request.handle);
  const bool refused = is_error(answer, ErrorCode::kReceiptHandleIsInvalid);
  if (found.refused || (found.perhaps_refused && refused)) {
    expect(refused, "a visibility change by a handle that is not of this queue's message is refused");
    return;
  }
  Message* const message = found.message;
  if (message == nullptr || now_ + request.timeout > request.handle.received + kHiddenTotalMax) {
    expect(is_error(answer, ErrorCode::kInvalidParameterValue),
           "a visibility change of a message that is gone, or beyond twelve hours, is refused");
    return;
  }
  expect(std::holds_alternative<Done>(answer), "the visibility of a received message can be changed");
  message->touch->hidden_until = now_ + request.timeout;
}

// ---- deliveries

void ReferenceModel::Sight::answer_receive(const Waiting& receive, const Answer& answer) {
  Queue* const queue = model_.find(receive.queue);
  if (is_error(answer, ErrorCode::kQueueDoesNotExist)) {
    expect(ended_ == receive.queue, "a waiting receive hears that its queue is missing only when it is");
    return;
  }
  expect(queue != nullptr, "nobody waits on a queue that is gone");
  if (!verdict_.holds()) return;
  if (is_error(answer, ErrorCode::kOverLimit)) {
    expect(receive.short_poll && model_.possibly_at_bound(*queue, came_.size()) && !model_.touched_visible(*queue, now_),
           "only a short poll at the bound of messages in flight is refused, if none of those is visible");
    return;
  }
  const auto* received = std::get_if<Received>(&answer);
  expect(received != nullptr, "a receive is answered with what it received");
  if (!verdict_.holds()) return;
  expect(received->deliveries.size() <= receive.messages_max, "a receive gets no more than it asked for");
  const Seconds visibility = receive.visibility.value_or(queue->attributes.visibility_timeout);
  expect(received->deliveries.empty() || received->queue == queue->address,
         "what is received says its queue");
  for (const Delivery& delivery : received->deliveries) {
    deliver(*queue, delivery, visibility);
    if (!verdict_.holds()) return;
  }
  if (received->deliveries.empty()) {
    const bool could_not_wait = model_.waiting_.size() >= model_.limits_.waiting_receivers_max;
    expect(could_not_wait || !model_.deliverable(*queue, now_, came_),
           "a receive is not answered empty while a message is visible");
    expect(could_not_wait || receive.short_poll || receive.deadline <= now_,
           "a long poll is not answered empty before its time is up");
    expect(could_not_wait || !model_.moves_something(*queue, now_),
           "a receive is not answered empty before what was received too often has moved on");
    expect(!receive.short_poll || !model_.certainly_at_bound(*queue, now_),
           "a short poll at the bound of messages in flight is refused");
  } else if (received->deliveries.size() < receive.messages_max) {
    // One that was handed out with a visibility timeout of 0 is visible again, but not for this receive.
    const bool perhaps_its_own = visibility == Seconds{0};
    expect(perhaps_its_own || !model_.deliverable(*queue, now_, came_) ||
               contains(seen_.waiting_for_pages, receive.queue) ||
               model_.perhaps_moves_something(*queue, now_),
           "a receive gets what is visible, up to what it asked for, unless a page is on its way");
  }
}

void ReferenceModel::Sight::deliver(Queue& queue, const Delivery& delivery, Seconds visibility) {
  const auto found = std::find_if(queue.messages.begin(), queue.messages.end(),
                                  [&](const Message& message) { return message.body == delivery.body; });
  expect(found != queue.messages.end(),
         "what is delivered was sent to this queue and not deleted, purged or expired");
  if (!verdict_.holds()) return;
  Message& message = *found;
  expect(alive(queue, message, now_), "no message is delivered after its retention");
  if (delivery.content) {
    expect(delivery.head.id == message.id && delivery.head.sent == message.sent,
           "a delivery names the message by its id and the time it was sent");
  }
  const bool first = !message.touch;
  if (first) {
    deliver_first(queue, message, delivery);
    expect(!delivery.content || delivery.content->dead_letter.source_arn == message.source,
           "a message says where it was moved from");
    message.touch = Touch{.lane = delivery.handle.lane,
                          .sequence = delivery.handle.sequence,
                          .nonce = delivery.handle.nonce,
                          .count = message.count_before,
                          .first_received = now_,
                          .last_received = now_,
                          .hidden_until = delivery.hidden_before};
  }
  Touch& touch = *message.touch;
  expect(!model_.exhausted(queue, message) || first || model_.may_stay(queue, message), "what was received too often is not delivered");
  expect(touch.hidden_until <= now_, "a message in flight is hidden until its visibility timeout ends");
  expect(delivery.receive_count == touch.count + 1, "the receive count is exact");
  if (touch.count == 0) touch.first_received = now_;
  expect(delivery.first_received == touch.first_received, "the time of the first receive is kept");
  expect(delivery.hidden_before == touch.hidden_until,
         "a delivery remembers until when it was hidden before");
  const ReceiptHandle handle{.partition = queue.address.partition,
                             .queue = queue.address.id,
                             .lane = touch.lane,
                             .sequence = touch.sequence,
                             .attempt = touch.count + 1,
                             .received = now_,
                             .nonce = touch.nonce};
  expect(delivery.handle == handle, "a receipt handle names the message and its attempt");
  ++touch.count;
  touch.last_received = now_;
  touch.hidden_until = now_ + visibility;
}

void ReferenceModel::Sight::deliver_first(Queue& queue, const Message& message, const Delivery& delivery) {
  expect(message.due <= now_, "no message is delivered before its delay is over");
  expect(!model_.certainly_at_bound(queue, now_),
         "at the bound of messages in flight no further one is delivered");
  for (const Message& other : queue.messages) {
    if (other.touch || !alive(queue, other, now_) || lane_of(other.body) != lane_of(message.body)) continue;
    const bool earlier = delayed(message)
                             ? std::pair(other.due, other.order) < std::pair(message.due, message.order)
                             : other.order < message.order;
    expect(!earlier, "messages of one lane are first delivered in their order");
  }
  for (const Queue& any : model_.queues_) {
    for (const Message& other : any.messages) {
      expect(!other.touch || any.address != queue.address || other.touch->lane != delivery.handle.lane ||
                 other.touch->sequence != delivery.handle.sequence,
             "no two messages share a place");
    }
  }
}

void ReferenceModel::Sight::undo(const Received& received) {
  Queue* const queue = model_.find(received.queue.id);
  if (queue == nullptr) return;
  for (const Delivery& delivery : received.deliveries) {
    Message* const message = find(*queue, delivery.handle).message;
    if (message == nullptr || message->touch->count != delivery.receive_count ||
        message->touch->last_received != delivery.handle.received) {
      continue;
    }
    --message->touch->count;
    message->touch->hidden_until = delivery.hidden_before;
  }
}

}  // namespace penstock
