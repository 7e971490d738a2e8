// ReferenceModel: what the queues of a broker must look like, in the plainest way that can be written down.
//
// A queue is a flat list of the messages that exist. The model is shown every deed (what was asked, when,
// and everything that was decided then), judges the answers by its lists, and then changes the lists as the
// answers say. Where the specification leaves a choice (which visible message comes next) it follows what
// was chosen, if it was allowed. It shares no code with the core.
//
// It is a fold over deeds and knows nothing of commits or crashes: whoever wants to know what a crash left
// folds the surviving deeds once more (durable_history.h). So everything that it judges is
// exact: there is nothing in doubt within one model. What is allowed to lag is named in `Lag`.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "broker/broker_limits.h"
#include "broker/command.h"
#include "tests/simulator/simulated_process.h"
#include "tests/simulator/verdict.h"

namespace penstock {

struct TimePassed {};
struct PageSupplied {};
struct Undelivered {
  Received received;
};
struct Forgotten {
  Ticket ticket;
};
// The view was lost: nobody waits any more.
struct Reloaded {};

struct Deed {
  std::variant<Command, TimePassed, PageSupplied, Undelivered, Forgotten, Reloaded> act;
  DecisionSeen seen;  // of Forgotten and Reloaded: now and stamp only
};

class ReferenceModel {
 public:
  struct Touch {
    Lane lane;
    Sequence sequence;
    std::uint64_t nonce = 0;
    std::uint32_t count = 0;
    Time first_received;
    Time last_received;
    Time hidden_until;
  };
  struct Message {
    std::uint64_t order = 0;  // in which messages were sent
    MessageId id;
    BodyKey body;
    Time sent;
    Time due;            // visible from this moment on, if it was never received
    bool ended = false;  // its retention was over when the queue was given another one
    std::string source;  // the ARN of the queue that it was moved from
    std::uint32_t count_before = 0;
    std::optional<Touch> touch;
  };
  struct Task {
    MessageId id;
    std::string destination;
    std::uint32_t rate = 0;
    std::size_t most = 0;  // it moves no more than were there
    std::size_t moved = 0;
    Time started;
    Time next;
    bool cancelled = false;
  };
  struct Queue {
    World world;
    std::string name;
    QueueAttributes attributes;
    QueueAddress address;
    std::map<std::string, std::string> tags;
    Time created;
    Time modified;
    std::optional<Time> purged;
    std::vector<Message> messages;
    std::vector<Task> tasks;
    Time lengthened;  // what was sent by then had ended when it was given a longer retention
  };
  struct Waiting {
    QueueId queue;
    std::uint32_t messages_max = 1;
    std::optional<Seconds> visibility;
    Time deadline;
    bool short_poll = false;
  };

  explicit ReferenceModel(const BrokerLimits& limits) : limits_(limits) {}

  void see(const Deed& deed, Verdict& verdict);

  const std::vector<Queue>& queues() const { return queues_; }
  const std::map<Ticket, Waiting>& waiting() const { return waiting_; }
  // Messages that can still be delivered, now or later.
  std::size_t alive_count(Time now) const;
  // The next moment after now at which one that exists now becomes visible; kNever if there is none.
  Time next_visible(Time now) const;

 private:
  // What the core may still count although it is expired, and what it may count as visible a moment early.
  struct Lag {
    std::uint64_t untouched = 0;
    std::uint64_t touched = 0;
    std::uint64_t due_this_second = 0;
  };
  class Sight;

  Queue* find(const World& world, const std::string& name);
  Queue* find(QueueId id);
  const Queue* find(const World& world, std::string_view name) const;

  static bool alive(const Queue& queue, const Message& message, Time now) {
    return !message.ended && now < message.sent + queue.attributes.retention;
  }
  static bool visible(const Message& message, Time now) {
    return now >= (message.touch ? message.touch->hidden_until : message.due);
  }
  static bool delayed(const Message& message) { return std::holds_alternative<LaterKey>(message.body); }

  // Received too often, and there is where to go.
  bool exhausted(const Queue& queue, const Message& message) const;
  // And whether it may stay nevertheless, being older than what the dead-letter queue has let end.
  bool may_stay(const Queue& queue, const Message& message) const;
  bool moves_something(const Queue& queue, Time now) const;
  // Likewise, or something that may stay.
  bool perhaps_moves_something(const Queue& queue, Time now) const;

  // Messages received and not deleted, at least (without what has expired) and at most.
  bool certainly_at_bound(const Queue& queue, Time now) const;
  // `more` were there a moment before.
  bool possibly_at_bound(const Queue& queue, std::size_t more = 0) const;
  // Whether a receive at this moment must find something, besides these, which may have come a moment later (and
  // were received messages of another queue before).
  bool deliverable(const Queue& queue, Time now, const std::set<BodyKey>& besides = {}) const;
  bool touched_visible(const Queue& queue, Time now) const;
  // Expired messages that the core has had the occasion to drop are not remembered any more.
  void drop_expired(const DecisionSeen& seen);

  BrokerLimits limits_;
  std::vector<Queue> queues_;
  std::map<Ticket, Waiting> waiting_;
  std::set<QueueId> ids_given_;
  std::map<std::pair<World, std::string>, Time> deleted_names_;  // that may not be used again yet
  std::uint64_t next_order_ = 0;
};

}  // namespace penstock
