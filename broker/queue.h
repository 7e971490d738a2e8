// Queue: what the Broker asks of a queue, whichever kind it is.
//
// A queue holds its own facts; `apply` alone alters them. The deciding methods append to the Decision's
// outcome and have applied their own changes when they return. A batch is one decision: its entries are
// decided in their order, and whoever waits is served once, behind the last of them. The QueueTable
// owns them; the Broker and those of its parts that decide about queues call them; nobody else does.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/require.h"
#include "broker/broker_limits.h"
#include "broker/dedup_budget.h"
#include "broker/look_up.h"
#include "broker/outcome.h"
#include "broker/move_tasks.h"
#include "broker/queue_counters.h"
#include "broker/redrive.h"
#include "broker/waiting_receivers.h"
#include "broker/window_budget.h"

namespace penstock {

// What the queues of one broker share.
struct QueueShare {
  explicit QueueShare(const BrokerLimits& broker_limits)
      : limits(broker_limits), weakness(broker_limits.weaknesses.seed) {}

  const BrokerLimits limits;
  WindowBudget budget{limits};
  DedupBudget dedup{limits.dedup_bytes_max};
  WaitingReceivers receivers;
  SeededRandom weakness;  // when AWS's weaknesses show
  std::size_t touched = 0;  // over all queues
  // Queues that withheld a message because `touched` is at its bound; served when it is below again.
  std::set<QueueId> queues_without_room;
  // Queues that have something to do because another one moved a message in, or because what they move was
  // too much for one decision.
  std::set<QueueId> woken;
  // Queues whose move task is active.
  std::set<QueueAddress> moving;
  // Whether the store has room for growth; while it has not, move tasks pause.
  bool admits_growth = true;
  Neighbours* neighbours = nullptr;  // the Broker
};

// One decision under way.
struct Decision {
  Time now;
  Random& random;
  Outcome& outcome;
  MoveAllowance moves{};
  const Recollection* recollection = nullptr;  // what was looked up for it, if anything was

  void reply(const Ticket& ticket, Answer&& answer) {
    outcome.replies.push_back({ticket, std::move(answer)});
  }
};

// What no queue has: the base of the visitors that apply a change to one.
struct NoTopics {
  void operator()(const MobileRecord&) const { require(false, "a queue has no record of mobile push"); }
  void operator()(const MobileKey&) const { require(false, "a queue has no record of mobile push"); }
  template <OfTopic Own>
  void operator()(const Own&) const {
    require(false, "a queue has no record of topics");
  }
};

class Queue {
 public:
  // Of the kind that the record says.
  static std::unique_ptr<Queue> make(QueueRecord record, QueueShare& share);

  virtual ~Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  const QueueRecord& record() const { return record_; }
  QueueAddress address() const { return record_.key.queue; }

  // Facts.
  virtual void apply(const Change& change) = 0;
  virtual void each_fact(const std::function<void(const Record&)>& visit) const = 0;

  // Decisions.
  virtual void send(const Ticket& ticket, const Send& request, Decision& decision) = 0;
  virtual void send(const Ticket& ticket, const SendBatch& batch, Decision& decision) = 0;
  // A message that nobody waits to hear of: a topic's copy.
  virtual void take_in(const Send& request, Decision& decision) = 0;
  // What has to be looked up before a message of this content can be sent here.
  virtual void each_doubt(const MessageContent&, Time, std::vector<Key>&) const {}
  virtual void receive(const Ticket& ticket, const Receive& request, Decision& decision) = 0;
  void remove(const Ticket& ticket, const Delete& request, Decision& decision);
  void remove(const Ticket& ticket, const DeleteBatch& batch, Decision& decision);
  void change_visibility(const Ticket& ticket, const ChangeVisibility& request, Decision& decision);
  void change_visibility(const Ticket& ticket, const ChangeVisibilityBatch& batch, Decision& decision);
  virtual void purge(const Ticket& ticket, Decision& decision) = 0;
  // Erases everything the queue has but its own record; its waiting receivers are told that it is gone.
  virtual void erase_all(Decision& decision) = 0;
  virtual void undeliver(const std::vector<Delivery>& deliveries, Decision& decision) = 0;
  virtual void supply(const Page& page, Decision& decision) = 0;
  // A waiting receive whose time is up.
  void overdue(const WaitingReceivers::Receiver& receiver, Decision& decision);
  // Expires, wakes, and asks for the pages that are needed.
  virtual void tick(Decision& decision) = 0;
  void forget(const Ticket& ticket) { share_.receivers.remove(line_, ticket); }
  // A message from another queue, or from this one, becomes one of this; whoever waits is served later.
  virtual void accept(const Arrival& arrival, Decision& decision) = 0;

  // Whether a dead letter that was first sent then can come in. It cannot while it would count as one of those
  // that had ended before the retention was made longer.
  virtual bool admits_dead_letter(Time enqueued, Decision& decision) = 0;

  // Move tasks, of which this queue is the source. MoveTaskAdmission has checked what concerns others.
  void start_move_task(const Ticket& ticket, const StartMoveTask& request, Decision& decision);
  void list_move_tasks(const Ticket& ticket, const ListMoveTasks& request, Decision& decision) const;
  void cancel_move_task(const Ticket& ticket, const CancelMoveTask& request, Decision& decision);

  // Peeking (broker/peeks.h): what to read next for somebody who has looked at everything before that
  // position, at most so many messages; nothing: there is no more.
  virtual std::optional<PeekStretch> next_stretch(const PeekPosition& from, const PeekStates& states,
                                                  std::size_t messages_max, Time now) const = 0;
  // How the message of a body stands; nothing: it is over.
  virtual std::optional<PeekedMessage> sight_of(const Record& body, Time now) const = 0;

  // View.
  // A receive is waiting.
  bool awaited() const { return !line_.empty(); }
  virtual QueueCounts counts(Time now) = 0;
  // When time alone will change the counts next, as far as it is known; kNever: not at all. Right behind
  // counts(now).
  virtual Time next_turn(Time now) const = 0;
  // When the oldest visible message was sent; kNever if none is visible.
  virtual Time oldest_visible(Time now) = 0;
  const QueueCounters& counters() const { return counters_; }
  // When tick must be called next.
  virtual Time next_deadline(Time now) const = 0;
  // Gives back the memory of its windows; they come back by pages.
  virtual void evict_windows() = 0;
  // For the QueueTable's choice of what to evict: set by use, taken by the choice.
  bool take_recently_used() { return std::exchange(recently_used_, false); }

 protected:
  // A message may be hidden for so long after it was received.
  static constexpr Seconds kHiddenTotalMax{43200};

  // Each decides one request, alone or of a batch; whoever waits is served behind it.
  virtual Result<Done> decide(const Delete& request, Decision& decision) = 0;
  virtual Result<Done> decide(const ChangeVisibility& request, Decision& decision) = 0;
  // Answers receives that wait, as long as there are messages for them.
  virtual void serve(Decision& decision) = 0;
  virtual void answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) = 0;
  void serve_and_answer_overdue(Decision& decision);
  // A receive that finds nothing is not answered yet: something is to come.
  bool unfinished() const;

  // What a move task asks of its queue: the oldest visible message, nothing if there is none or it is not at
  // hand (waits_for_page()); and to let go of it.
  virtual std::optional<Departure> next_departure(Decision& decision) = 0;
  virtual void let_go(const Departure& departure, Decision& decision) = 0;
  virtual bool waits_for_page() const = 0;

  // Where this queue's messages go that were received too often; null if it says nothing of that, or names
  // a queue that does not exist: then they stay.
  Queue* dead_letter_queue() const;
  bool exhausted(std::uint32_t receive_count) const;
  std::string arn() const;

  // Time for the running move task, if there is one.
  void redrive(Decision& decision);
  // When that wants to be called next.
  Time next_redrive() const;
  // Takes a page that the move task has asked for; false if it is none.
  bool supply_departure(const Page& page);
  void erase_move_tasks(Decision& decision);

  // Facts of move tasks.
  void put_task(const MoveTaskRecord& record);
  void erase_task(const MoveTaskKey& key);
  void note_activity();

  Queue(QueueRecord record, QueueShare& share) : record_(std::move(record)), share_(share) {}

  void change(Change&& change, Decision& decision) {
    apply(change);
    decision.outcome.changes.push_back(std::move(change));
  }
  void put(Record&& record, Decision& decision) { change(Put{std::move(record)}, decision); }
  bool ended(Time enqueued, Time now) const { return record_.retention().has_ended(enqueued, now); }

  QueueRecord record_;
  QueueShare& share_;
  ReceiverLine line_;
  QueueCounters counters_;
  MoveTasks tasks_;
  bool moves_left_ = false;  // more was to be moved away than one decision may
  bool recently_used_ = false;

 private:
  template <class Request>
  void act(const Ticket& ticket, const Request& request, Decision& decision);
  template <class Batch>
  void act_on_each(const Ticket& ticket, const Batch& batch, Decision& decision);

  // The queue that the task's next message goes to; what is wrong with it otherwise.
  tl::expected<Queue*, std::string> destination_of(const MoveTaskRecord& task, const Departure& departure);
  bool knows_origin(const Departure& departure) const;
  void want_origin(const Departure& departure, Decision& decision);

  // The dead letter whose content was read to learn where it came from.
  struct Origin {
    BodyKey body;
    std::string source_arn;
  };
  std::optional<Origin> origin_;
  // The page with that content is on its way.
  std::optional<PageWant> wanted_origin_;
};

}  // namespace penstock
