// Broker: the whole of one partition's queues and topics as a deterministic state machine.
//
// Facts are the durable records (broker/record.h); the view (windows, heaps, waiting receivers, counts)
// can be rebuilt from the facts and the time at any instant. It knows no thread, clock, chance, socket or
// file: time and chance are handed in, and what it decides leaves as an Outcome.
//
// The laws it keeps:
//   1. Facts change only in `apply`, and `apply` never looks at time.
//   2. A change states the new value, never a difference.
//   3. Time alone never needs a change to make something visible: a delivery records until when it is
//      hidden. What time does need a record for (expiry) are changes that `tick` decides. A tick costs
//      what fell due, never the number of queues.
//   4. A receive is never answered "empty" while a page of its queue is on its way.
//
// One thread owns it. execute, supply, undeliver and tick decide: they append to the outcome, having
// applied their own changes already. `apply` alone is for those who replay: recovery and followers.
// The `now` of successive calls never decreases.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "broker/broker_limits.h"
#include "broker/change.h"
#include "broker/command.h"
#include "broker/outcome.h"
#include "broker/outgoing.h"
#include "broker/page.h"
#include "broker/queue_counters.h"

namespace penstock {

class Broker {
 public:
  Broker(PartitionId partition, const BrokerLimits& limits);
  ~Broker();
  Broker(Broker&&) noexcept;
  Broker& operator=(Broker&&) noexcept;

  // Decides what the command asks for. Its reply is in this outcome, or in a later one if it is a receive
  // that waits (for a message or for a page) or a send that has to look something up.
  void execute(Command&& command, Time now, Random& random, Outcome& outcome);

  // Takes a page that an earlier outcome wanted.
  void supply(Page&& page, Time now, Random& random, Outcome& outcome);

  // Takes what an earlier outcome wanted to look up.
  void recall(LookedUp&& found, Time now, Random& random, Outcome& outcome);

  // The client behind the ticket is gone: its waiting receive, if there is one, ends without an answer
  // and takes no message. To be called before anything else is decided for that client's queue.
  void forget(const Ticket& ticket);

  // Not one byte of this answer left: each of its deliveries is undone, if nothing happened to the
  // message since. It is visible again now, with its previous receive count.
  void undeliver(const Received& received, Time now, Random& random, Outcome& outcome);

  // Lets time pass: expires messages, ends waiting receives, wakes those that something became visible
  // for. Nothing happens between now and next_deadline() unless somebody calls.
  void tick(Time now, Random& random, Outcome& outcome);
  Time next_deadline() const;

  // While the store has no room for growth, publications that were stored wait with their copies, and move
  // tasks pause.
  void admit_growth(bool admit);
  // While they are not admitted, publications that were stored wait with their copies. A tick makes so many as a
  // commit may have; with more ticks than commits, whoever calls sees to it that a commit has them once.
  void admit_copies(bool admit);

  // Somebody delivers what outboxes hold, from now on or no more: what is to be attempted leaves as replies
  // to kOutgoingSession. For each delivery in them that is not undelivered `end_attempt` is called once.
  void serve_outboxes(bool serve);
  AttemptEnd end_attempt(const AttemptReport& report, Time now, Random& random, Outcome& outcome);
  // Where to; nothing: its subscription is gone.
  std::optional<OutgoingDestination> destination_of(const QueueAddress& outbox) const;

  // How far virtual time is ahead of the wall clock: a fact, which AdvanceTime raises. Whoever owns the clock has
  // it leap when this has grown, before the next decision.
  Milliseconds time_ahead() const;

  // Alters the facts; trusts the change. A change of a queue that does not exist is our own mistake and
  // aborts.
  void apply(const Change& change);

  // Every resident fact (all records but the bodies, and but deduplication ids that are on disk only): the partition's, then queue by queue, each
  // ascending by kind and key.
  void each_fact(const std::function<void(const Record&)>& visit) const;

  struct Totals {
    std::size_t queues = 0;
    std::size_t topics = 0;
    std::size_t subscriptions = 0;
    std::size_t touched = 0;
    std::size_t waiting_receivers = 0;
    std::size_t window_bytes = 0;
    std::size_t outgoing = 0;  // deliveries under way
    std::size_t dedup_bytes = 0;
    bool dedup_on_disk = false;  // some deduplication ids are on disk only
    std::size_t parked = 0;      // commands that wait for a look at the disk
  };
  Totals totals() const;

  // Every queue that a request can name, in the order in which they were created. Costs the number of queues.
  void each_queue(Time now, const std::function<void(const QueueView&)>& visit) const;

  // The facts that say what there is, and nothing of messages: the partition, the names of deleted queues,
  // queues, topics, subscriptions; in an order in which they can be applied. Costs their number.
  void each_resource(const std::function<void(const Record&)>& visit) const;

  // Where there are queues of that name, at most `worlds_max` of them. Costs the number of queues.
  std::vector<World> worlds_of(std::string_view queue_name, std::size_t worlds_max) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace penstock
