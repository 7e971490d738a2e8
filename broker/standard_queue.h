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
// oldest of the rest: fresh ones and those moved in by when they were sent, later ones by when they became
// due. A body stays under its key from the send to the end; receiving writes a touched record only.
//
// Once messages have groups, those of quiet tenants go first, in that order; then those of noisy ones, of
// whom the one with the fewest in flight comes first (broker/fairness.h says who is noisy,
// broker/fresh_lanes.h how they do not stand in each other's way). While it is not known what waits at the
// front of some lane, because a page of it is on its way, nothing of a noisy tenant is handed out; but after
// twice as many pages as there are lanes it is, since windows that push each other out may never all be known
// at once.
//
// AWS's weaknesses, where they are asked for, are in the handing out (broker/weaknesses.h).
//
// Seven files: standard_queue.cc has its facts, the sends and the ends (purge, deletion of the queue);
// standard_queue_receiving.cc hands messages out; standard_queue_handles.cc acts on receipt handles;
// standard_queue_expiry.cc is what time does; standard_queue_moving.cc has what comes from other queues and
// goes to them; standard_queue_outbox.cc is for the queues that the daemon consumes itself;
// standard_queue_peeking.cc shows messages to those who only look. What may be called, and when: broker/queue.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "broker/fresh_lanes.h"
#include "broker/later_lane.h"
#include "broker/moved_lane.h"
#include "broker/queue.h"
#include "broker/touched_set.h"

namespace penstock {

class StandardQueue final : public Queue {
 public:
  StandardQueue(QueueRecord record, QueueShare& share);
  ~StandardQueue() override;

  void apply(const Change& change) override;
  void each_fact(const std::function<void(const Record&)>& visit) const override;

  void send(const Ticket& ticket, const Send& request, Decision& decision) override;
  void send(const Ticket& ticket, const SendBatch& batch, Decision& decision) override;
  void take_in(const Send& request, Decision& decision) override;
  void receive(const Ticket& ticket, const Receive& request, Decision& decision) override;
  void purge(const Ticket& ticket, Decision& decision) override;
  void erase_all(Decision& decision) override;
  void undeliver(const std::vector<Delivery>& deliveries, Decision& decision) override;
  void supply(const Page& page, Decision& decision) override;
  void tick(Decision& decision) override;
  void accept(const Arrival& arrival, Decision& decision) override;
  bool admits_dead_letter(Time enqueued, Decision& decision) override;

  // As an outbox: what its consumer, the daemon, asks.
  std::vector<Delivery> take_out(std::uint32_t messages_max, Seconds lease, Decision& decision);
  // When the next of those that are hidden becomes visible; kNever: none is.
  Time next_retry() const;
  // Whether the handle is that of the message's latest attempt; the next three want it to be.
  bool holds(const ReceiptHandle& handle) const;
  void finish(const ReceiptHandle& handle, Decision& decision);
  // Visible again at that time; an attempt that does not count was none.
  void put_back(const ReceiptHandle& handle, Time until, bool counts, Decision& decision);
  // It becomes a new message of the other queue.
  void move_out(const ReceiptHandle& handle, Queue& target, Decision& decision);
  // What another process had under way is visible again.
  void release_leases(Seconds lease, Decision& decision);

  std::optional<PeekStretch> next_stretch(const PeekPosition& from, const PeekStates& states,
                                          std::size_t messages_max, Time now) const override;
  std::optional<PeekedMessage> sight_of(const Record& body, Time now) const override;

  QueueCounts counts(Time now) override;
  Time next_turn(Time now) const override;
  Time oldest_visible(Time now) override;
  Time next_deadline(Time now) const override;
  void evict_windows() override;

 protected:
  std::optional<Departure> next_departure(Decision& decision) override;
  void let_go(const Departure& departure, Decision& decision) override;
  bool waits_for_page() const override {
    return lanes_.waits_for_page() || later_.waits_for_page() || moved_.waits_for_page();
  }

 private:
  struct Taking;

  void put_touched(const TouchedRecord& record);
  void drop_touched(Lane lane, Sequence sequence);

  bool at_touched_bound() const;
  // `demanded`: somebody asks for messages, or waits for them.
  void want_pages(bool demanded, Decision& decision);
  void want_page(FreshLane& lane, Decision& decision);
  // The lane has just been taken from or cut: if it is empty it belongs to nobody any more.
  void give_back(const FreshLane& lane, Decision& decision);
  void expire(Decision& decision);
  void expire_touched(Decision& decision);
  void expire_later(Decision& decision);
  void expire_moved(Decision& decision);
  void supply_expired(const Page& page, Decision& decision);
  bool oldest_has_ended(Time now) const;

  std::vector<Delivery> take(std::uint32_t messages_max, Seconds visibility, Decision& decision);
  bool take_in_turn(Taking& taking, Tenants tenants, Decision& decision);
  bool take_touched(Taking& taking, Tenants tenants, Decision& decision);
  bool take_untouched(Taking& taking, Tenants tenants, Decision& decision);
  void take_moved(Taking& taking, Decision& decision);
  // False if the decision may move no more; true if it has moved it or may not be moved at all.
  bool move_to_dead_letters(const TouchedRecord& record, Queue& target, Decision& decision);
  struct Front;
  TouchedRecord pass(const Front& front, Decision& decision);
  bool weak(bool weakness, std::uint64_t one_in) { return weakness && share_.weakness.below(one_in) == 0; }
  std::uint32_t seen_by_short_poll(std::uint32_t messages_max, Time now);
  Front choose_front(Tenants tenants, Time now);
  bool front_is_unknown() const;
  // Decides one send, alone or of a batch; whoever waits is served by the caller.
  Result<Sent> accept(const Send& request, Decision& decision);
  Result<Done> decide(const Delete& request, Decision& decision) override;
  Result<Done> decide(const ChangeVisibility& request, Decision& decision) override;
  void erase_message(const TouchedRecord& record, Decision& decision);
  void serve(Decision& decision) override;
  void answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) override;
  Seconds visibility_of(const WaitingReceivers::Receiver& receiver) const;
  ReceiptHandle handle_of(const TouchedRecord& record) const;
  BodyKey body_of(const TouchedRecord& record) const;
  // The touched message that the handle names; nothing if there is none any more; a refusal if the handle
  // is not of this queue or does not carry the message's nonce.
  Result<std::optional<TouchedRecord>> find(const ReceiptHandle& handle) const;

  FreshLanes lanes_;
  LaterLane later_;
  MovedLane moved_;
  TouchedSet touched_;
  const Weaknesses weaknesses_;
  // Of fresh lanes, since a message was handed out. Windows that push each other out of the budget could go on
  // for ever to make all fronts known at once; so there is an end to waiting for that.
  std::size_t pages_in_vain_ = 0;
  bool missed_ = false;           // by the last short poll, out of weakness
  bool touched_turn_ = true;  // whether the next message of a receive is to be a touched one
};

}  // namespace penstock
