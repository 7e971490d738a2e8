// Outboxes: the queues that the daemon itself consumes, one for each subscription that is not a queue's.
//
//     publish --> outbox --look--> an attempt under way --end--> delivered: the message is gone
//                    ^                  (hidden by its lease)      |
//                    '--- hidden until the next retry <------------+ failed, and a retry is left
//                                                                  |
//        the subscription's dead-letter queue, or nothing <--------' failed for good
//
// An outbox is a standard queue that no request can name. An attempt is a receive, a retry a visibility
// timeout, what an attempt led to a change like any other: so attempts survive a restart, and counts with
// them. An attempt that was under way when the process ended counts as one, and the message is attempted
// anew at once; a message is given up only when an attempt of it was seen to fail.
//
// What is here is a view: which outboxes want to be looked at, what is under way, and when the next retry is
// due. Looking at one takes what it may: so many at once of one subscription and of all (broker/
// broker_limits.h), and no more in a second than its policy says. From half of all on, those that have
// something under way wait for those that have not: slow receivers keep each other waiting, never the quick
// ones, until there are as many slow receivers as attempts may be under way.
//
// What is taken leaves as a reply to kOutgoing. A subscription that is gone takes its outbox along, with all
// that is in it.
//
// The Broker owns it and calls it; nobody else does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/outgoing.h"
#include "broker/queue.h"
#include "broker/topic_directory.h"

namespace penstock {

class StandardQueue;

// What outboxes ask of the broker around them.
class OutboxSurroundings {
 public:
  virtual ~OutboxSurroundings() = default;

  virtual StandardQueue* outbox(QueueId id) = 0;
  // Null: there is no such subscription any more, or its outbox is another one.
  virtual const Subscription* subscription_of(const SubscriptionKey& key, QueueId outbox) = 0;
  virtual DeliveryPolicy delivery_policy_of(const Subscription& subscription) = 0;
  // Where what the subscription gives up goes; null: nowhere.
  virtual Queue* dead_letters_of(const Subscription& subscription) = 0;
  // With all that is in it.
  virtual void close_outbox(const QueueAddress& outbox, Decision& decision) = 0;
};

class Outboxes {
 public:
  // Longer than any attempt takes. What is hidden for exactly so long is under way, nothing else is.
  static constexpr Seconds kLease{60};

  Outboxes(const BrokerLimits& limits, OutboxSurroundings& surroundings)
      : limits_(limits), surroundings_(surroundings) {}

  // Whether somebody is there to deliver. Before that nothing is taken.
  void serve(bool serves);

  void add(QueueId id, const SubscriptionKey& of);
  void remove(QueueId id);
  bool contains(QueueId id) const { return boxes_.contains(id); }
  // Something about it is another than it was.
  void notice(QueueId id);

  // Looks at those that want it, some of them at a time.
  void look(Decision& decision);
  Time next_deadline() const;

  AttemptEnd end_attempt(const AttemptReport& report, Decision& decision);
  // None of these left: they are visible again, and count as not attempted.
  void taken_back(QueueId id, std::size_t count);

  std::size_t size() const { return boxes_.size(); }
  std::size_t under_way() const { return under_way_; }

 private:
  enum class Line : std::uint8_t { kNone, kLine, kPatient };
  struct Outbox {
    SubscriptionKey of;
    std::size_t under_way = 0;
    Line line = Line::kNone;
    bool is_patient = false;  // has its place there, even if it stands in the other line meanwhile
    bool known = false;     // looked at since the process began
    Time wake = kNever;     // its place in timers_
    Time free_at = kEpoch;  // when the policy's rate lets the next one go
  };

  std::size_t shared_max() const;
  void stand_in(Line line, QueueId id, Outbox& box);
  bool line_moves() const;
  void look_at(QueueId id, Outbox& box, Decision& decision);
  void wake_at(QueueId id, Outbox& box, Time when);
  AttemptEnd give_up(StandardQueue& queue, const AttemptReport& report, const Subscription& subscription,
                     Decision& decision);

  const BrokerLimits limits_;
  OutboxSurroundings& surroundings_;
  bool serves_ = false;
  std::map<QueueId, Outbox> boxes_;
  // Those to look at, and those that wait until fewer are under way; what an outbox says of itself counts.
  std::deque<QueueId> line_;
  std::deque<QueueId> patient_;
  std::set<std::pair<Time, QueueId>> timers_;
  std::size_t under_way_ = 0;
};

}  // namespace penstock
