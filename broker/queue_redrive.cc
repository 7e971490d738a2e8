// Queue: its move tasks, and where its dead letters go. The same for every kind of queue; what differs is
// which message is the next and how to let go of it (next_departure, let_go).
#include <algorithm>
#include <utility>
#include <vector>

#include "base/require.h"
#include "broker/queue.h"
#include "broker/queue_arn.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

// With a given rate of ten a second or more, messages move every tenth of a second; below, one by one.
constexpr std::uint32_t kStepsPerSecond = 10;

constexpr const char* kQueueIsGone = "AWS.SimpleQueueService.NonExistentQueue";
constexpr const char* kNoSource = "CouldNotDetermineMessageSource";
constexpr const char* kTimeIsUp = "TaskTimedOut";

// Without a given rate as much as one decision may move, a millisecond after the other.
Milliseconds pause_after(std::uint64_t moved, std::uint32_t rate_max) {
  if (rate_max == 0) return Milliseconds{1};
  return Milliseconds{static_cast<std::int64_t>((moved * 1000 + rate_max - 1) / rate_max)};
}

PageWant page_of(const Departure& departure, const QueueRecord& record) {
  PageWant want{.queue = record.key.queue, .generation = record.generation, .range = FifoRange{}};
  if (const auto* fifo = std::get_if<FifoKey>(&departure.body)) {
    want.range = FifoRange{fifo->sequence, fifo->sequence.next()};
  } else {
    const auto& fresh = std::get<FreshKey>(departure.body);
    want.range = FreshRange{fresh.lane, fresh.sequence, fresh.sequence.next()};
  }
  return want;
}

}  // namespace

std::string Queue::arn() const { return queue_arn(address().world, record_.name); }

bool Queue::exhausted(std::uint32_t receive_count) const {
  return record_.attributes.redrive_policy &&
         receive_count >= record_.attributes.redrive_policy->receive_count;
}

Queue* Queue::dead_letter_queue() const {
  const auto& policy = record_.attributes.redrive_policy;
  if (!policy) return nullptr;
  Queue* target = share_.neighbours->neighbour(address().world, policy->target());
  const bool fits = target != nullptr && target->record().attributes.fifo == record_.attributes.fifo;
  return fits ? target : nullptr;
}

// ---- facts

void Queue::put_task(const MoveTaskRecord& record) {
  tasks_.put(record);
  note_activity();
}

void Queue::erase_task(const MoveTaskKey& key) {
  tasks_.erase(key.number);
  note_activity();
}

void Queue::note_activity() {
  if (tasks_.active() != nullptr) {
    share_.moving.insert(address());
  } else {
    share_.moving.erase(address());
  }
}

// ---- what is asked

void Queue::start_move_task(const Ticket& ticket, const StartMoveTask& request, Decision& decision) {
  if (tasks_.active() != nullptr) {
    decision.reply(ticket, move_task_is_running());
    return;
  }
  MoveTaskRecord task;
  task.key = {address(), tasks_.next_number()};
  task.id = MessageId::draw(decision.random);
  task.destination = request.destination;
  task.rate_max = request.rate_max;
  task.started = decision.now;
  task.next = decision.now;
  task.to_move = counts(decision.now).visible;
  if (tasks_.size() >= MoveTasks::kKeptMax) {
    change(Erase{MoveTaskKey{address(), tasks_.oldest_number()}}, decision);
  }
  decision.reply(ticket, MoveTaskStarted{task.id, address().world, record_.name});
  put(std::move(task), decision);
}

void Queue::list_move_tasks(const Ticket& ticket, const ListMoveTasks& request, Decision& decision) const {
  MoveTasksListed listed{address().world, record_.name, {}};
  const auto& all = tasks_.all();
  for (auto task = all.rbegin(); task != all.rend() && listed.tasks.size() < request.tasks_max; ++task) {
    listed.tasks.push_back(task->second);
  }
  decision.reply(ticket, std::move(listed));
}

void Queue::cancel_move_task(const Ticket& ticket, const CancelMoveTask& request, Decision& decision) {
  const MoveTaskRecord* task = tasks_.find(request.task);
  if (task == nullptr) {
    decision.reply(ticket, no_such_move_task());
    return;
  }
  if (task->status != MoveTaskStatus::kRunning) {
    decision.reply(ticket, move_task_is_over());
    return;
  }
  MoveTaskRecord cancelled = *task;
  cancelled.status = MoveTaskStatus::kCancelling;
  decision.reply(ticket, MoveTaskCancelled{cancelled.moved});
  put(std::move(cancelled), decision);
}

void Queue::erase_move_tasks(Decision& decision) {
  while (tasks_.size() != 0) change(Erase{MoveTaskKey{address(), tasks_.oldest_number()}}, decision);
}

// ---- what time does

Time Queue::next_redrive() const {
  const MoveTaskRecord* task = tasks_.active();
  if (task == nullptr) return kNever;
  if (task->status == MoveTaskStatus::kCancelling) return task->started;
  const Time end = MoveTasks::end_of(*task);
  const bool waits = wanted_origin_ || waits_for_page() || !share_.admits_growth;
  return waits ? end : std::min(task->next, end);
}

void Queue::redrive(Decision& decision) {
  const MoveTaskRecord* active = tasks_.active();
  if (active == nullptr) return;
  MoveTaskRecord task = *active;
  if (task.status == MoveTaskStatus::kCancelling) {
    task.status = MoveTaskStatus::kCancelled;
    put(std::move(task), decision);
    return;
  }
  if (decision.now >= MoveTasks::end_of(task)) {
    task.status = MoveTaskStatus::kFailed;
    task.failure = kTimeIsUp;
    put(std::move(task), decision);
    return;
  }
  if (decision.now < task.next || wanted_origin_ || !share_.admits_growth) return;

  std::uint64_t left = task.to_move - task.moved;
  if (task.rate_max != 0) left = std::min<std::uint64_t>(left, std::max(1U, task.rate_max / kStepsPerSecond));
  std::uint64_t moved = 0;
  while (moved < left) {
    const std::optional<Departure> departure = next_departure(decision);
    if (!departure) {
      if (!waits_for_page()) task.status = MoveTaskStatus::kCompleted;
      break;
    }
    const std::size_t bytes = bytes_max(departure->content);
    if (!decision.moves.admits(bytes)) break;
    if (task.destination.empty() && !knows_origin(*departure)) {
      want_origin(*departure, decision);
      break;
    }
    const auto destination = destination_of(task, *departure);
    if (!destination) {
      task.status = MoveTaskStatus::kFailed;
      task.failure = destination.error();
      break;
    }
    decision.moves.spend(bytes);
    (*destination)
        ->accept({.from = departure->body,
                  .head = {MessageId::draw(decision.random), decision.now},
                  .keeps_id = false,
                  .dead_letter = {},
                  .deduplication_id = {},
                  .bytes_max = bytes},
                 decision);
    let_go(*departure, decision);
    ++moved;
  }
  task.moved += moved;
  if (task.status == MoveTaskStatus::kRunning && task.moved >= task.to_move) {
    task.status = MoveTaskStatus::kCompleted;
  }
  if (moved != 0) task.next = decision.now + pause_after(moved, task.rate_max);
  if (task != *active) put(std::move(task), decision);
}

bool Queue::knows_origin(const Departure& departure) const {
  return departure.content || !departure.may_be_dead_letter || (origin_ && origin_->body == departure.body);
}

tl::expected<Queue*, std::string> Queue::destination_of(const MoveTaskRecord& task,
                                                        const Departure& departure) {
  std::string name = task.destination;
  if (name.empty()) {
    std::string source_arn;
    if (departure.content) {
      source_arn = departure.content->dead_letter.source_arn;
    } else if (departure.may_be_dead_letter) {
      source_arn = origin_->source_arn;
    }
    const std::optional<QueueArn> source = QueueArn::parse(source_arn);
    if (!source) return tl::unexpected<std::string>(kNoSource);
    name = source->name;
  }
  Queue* destination = share_.neighbours->neighbour(address().world, name);
  if (destination == nullptr) return tl::unexpected<std::string>(kQueueIsGone);
  require(destination->record().attributes.fifo == record_.attributes.fifo,
          "a queue's name says of which kind it is");
  // Who started the task was asked for permission to send to the queues that name this one, and to no other.
  if (task.destination.empty() && destination->dead_letter_queue() != this) {
    return tl::unexpected<std::string>(kNoSource);
  }
  return destination;
}

void Queue::want_origin(const Departure& departure, Decision& decision) {
  origin_.reset();
  wanted_origin_ = page_of(departure, record_);
  decision.outcome.wants.push_back(*wanted_origin_);
}

bool Queue::supply_departure(const Page& page) {
  if (wanted_origin_ != page.want) return false;
  wanted_origin_.reset();
  if (page.records.empty()) return true;  // it went meanwhile
  if (const auto* fifo = std::get_if<FifoRecord>(&page.records.front())) {
    origin_ = Origin{fifo->key, fifo->content->dead_letter.source_arn};
  } else {
    const auto& fresh = std::get<FreshRecord>(page.records.front());
    origin_ = Origin{fresh.key, fresh.content->dead_letter.source_arn};
  }
  return true;
}

}  // namespace penstock
