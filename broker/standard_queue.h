// StandardQueue: one queue without order, and everything that is decided about its messages.
//
//                 send                      receive                    delete / expiry
//     (nothing) --------> fresh or later -----------> touched, hidden ------------------> (gone)
//                              |                       ^        | visibility ends
//                              | expiry                |receive v
//                              v                       touched, visible
//                            (gone)
//
// A receive takes turns between touched messages that are visible again (longest visible first) and the
// oldest of the rest: fresh ones by when they were sent, later ones by when they became due. A body stays
// under its key from the send to the end; receiving writes a touched record only.
//
// It holds the facts of its queue; `apply` alone alters them. The deciding methods append to the Decision's
// outcome and have applied their own changes when they return. The Broker owns it and calls it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "base/random.h"
#include "broker/broker_limits.h"
#include "broker/fresh_lane.h"
#include "broker/later_lane.h"
#include "broker/outcome.h"
#include "broker/touched_set.h"
#include "broker/waiting_receivers.h"
#include "broker/window_budget.h"

namespace penstock {

// What the queues of one broker share.
struct QueueShare {
  explicit QueueShare(const BrokerLimits& broker_limits) : limits(broker_limits) {}

  const BrokerLimits limits;
  WindowBudget budget{limits};
  WaitingReceivers receivers;
  std::size_t touched = 0;  // over all queues
  // Queues that withheld a message because `touched` is at its bound; served when it is below again.
  std::set<QueueId> queues_without_room;
};

// One decision under way.
struct Decision {
  Time now;
  Random& random;
  Outcome& outcome;

  void reply(const Ticket& ticket, Answer&& answer) {
    outcome.replies.push_back({ticket, std::move(answer)});
  }
};

class StandardQueue {
 public:
  StandardQueue(QueueRecord record, QueueShare& share);
  ~StandardQueue();
  StandardQueue(const StandardQueue&) = delete;
  StandardQueue& operator=(const StandardQueue&) = delete;

  const QueueRecord& record() const { return record_; }
  QueueAddress address() const { return record_.key.queue; }

  // Facts.
  void apply(const Change& change);
  void each_fact(const std::function<void(const Record&)>& visit) const;

  // Decisions.
  void send(const Ticket& ticket, const Send& request, Decision& decision);
  void receive(const Ticket& ticket, const Receive& request, Decision& decision);
  void remove(const Ticket& ticket, const Delete& request, Decision& decision);
  void change_visibility(const Ticket& ticket, const ChangeVisibility& request, Decision& decision);
  void purge(const Ticket& ticket, Decision& decision);
  // Erases everything the queue has but its own record; its waiting receivers are told that it is gone.
  void erase_all(Decision& decision);
  void undeliver(const std::vector<Delivery>& deliveries, Decision& decision);
  void supply(const Page& page, Decision& decision);
  // A waiting receive whose time is up.
  void overdue(const WaitingReceivers::Receiver& receiver, Decision& decision);
  // Expires, wakes, and asks for the pages that are needed.
  void tick(Decision& decision);
  void forget(const Ticket& ticket) { share_.receivers.remove(line_, ticket); }

  // View.
  // A receive is waiting.
  bool awaited() const { return !line_.empty(); }
  QueueCounts counts(Time now);
  // When tick must be called next.
  Time next_deadline(Time now) const;
  // Gives back the memory of its windows; they come back by pages.
  void evict_windows();
  // For the Broker's choice of what to evict: set by use, taken by the choice.
  bool take_recently_used();

 private:
  struct Taking;

  void change(Change&& change, Decision& decision);
  void put(Record&& record, Decision& decision) { change(Put{std::move(record)}, decision); }
  void put_touched(const TouchedRecord& record);
  void drop_touched(Lane lane, Sequence sequence);

  bool waits_for_page() const { return fresh_.waits_for_page() || later_.waits_for_page(); }
  bool at_touched_bound() const;
  void want_pages(Decision& decision);
  void expire(Decision& decision);
  void expire_touched(Decision& decision);
  void expire_later(Decision& decision);
  bool expired_oldest(Time now) const;
  bool expired(Time enqueued, Time now) const { return enqueued + record_.attributes.retention <= now; }

  std::vector<Delivery> take(std::uint32_t messages_max, Seconds visibility, Decision& decision);
  bool take_touched(Taking& taking, Decision& decision);
  bool take_untouched(Taking& taking, Decision& decision);
  void erase_message(const TouchedRecord& record, Decision& decision);
  void serve(Decision& decision);
  void serve_and_answer_overdue(Decision& decision);
  void answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision);
  Seconds visibility_of(const WaitingReceivers::Receiver& receiver) const;
  ReceiptHandle handle_of(const TouchedRecord& record) const;
  BodyKey body_of(const TouchedRecord& record) const;
  // The touched message that the handle names; nothing if there is none any more; a refusal if the handle
  // is not of this queue or does not carry the message's nonce.
  Result<std::optional<TouchedRecord>> find(const ReceiptHandle& handle) const;

  QueueRecord record_;
  QueueShare& share_;
  FreshLane fresh_;
  LaterLane later_;
  TouchedSet touched_;
  ReceiverLine line_;
  bool touched_turn_ = true;  // whether the next message of a receive is to be a touched one
  bool recently_used_ = false;
};

}  // namespace penstock
