// FifoQueue: one queue that keeps the order of each message group, and takes each message once.
//
//                 send                      receive                    delete / expiry
//     (nothing) --------> waiting, delayed ---------> touched, hidden ------------------> (gone)
//         ^                    |  ^                      ^        | visibility ends
//         | duplicate          |  | delay over           |receive v
//       (told who the          '--'                     touched, visible
//        original is)
//
// Within a group messages are handed out in the order of their sequences, and nothing is handed out past a
// message that is hidden: broker/fifo_window.h has the rule. A receipt handle counts only while it is that
// of the latest receive and the message is hidden by it.
//
// A send is a duplicate if one with the same deduplication id (and, by the queue's scope, group) was
// accepted less than five minutes ago, whatever has become of that message. A receive that repeats a
// ReceiveRequestAttemptId within five minutes gets the same messages with the same handles, if nobody has
// acted on them since.
//
// A message that was received too often goes to the dead-letter queue when its turn comes again, as a new
// one there but for its id, its group and what was said; its group goes on with what stood behind it.
//
// Five files: fifo_queue.cc has its facts, the sends, the ends (expiry, purge, deletion of the queue) and the
// counts; fifo_queue_receiving.cc hands messages out; fifo_queue_handles.cc acts on receipt handles;
// fifo_queue_moving.cc has what comes from other queues and goes to them; fifo_queue_peeking.cc shows
// messages to those who only look. What may be called, and when: broker/queue.h.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/dedup_window.h"
#include "broker/fifo_window.h"
#include "broker/queue.h"
#include "broker/receive_attempts.h"
#include "broker/sent_seconds.h"
#include "broker/touched_set.h"

namespace penstock {

class FifoQueue final : public Queue {
 public:
  FifoQueue(QueueRecord record, QueueShare& share);
  ~FifoQueue() override;

  void apply(const Change& change) override;
  void each_fact(const std::function<void(const Record&)>& visit) const override;

  void send(const Ticket& ticket, const Send& request, Decision& decision) override;
  void send(const Ticket& ticket, const SendBatch& batch, Decision& decision) override;
  void take_in(const Send& request, Decision& decision) override;
  void each_doubt(const MessageContent& content, Time now, std::vector<Key>& keys) const override;
  void receive(const Ticket& ticket, const Receive& request, Decision& decision) override;
  void purge(const Ticket& ticket, Decision& decision) override;
  void erase_all(Decision& decision) override;
  void undeliver(const std::vector<Delivery>& deliveries, Decision& decision) override;
  void supply(const Page& page, Decision& decision) override;
  void tick(Decision& decision) override;
  void accept(const Arrival& arrival, Decision& decision) override;
  bool admits_dead_letter(Time, Decision&) override { return true; }  // it is sent anew

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
  bool waits_for_page() const override { return wanted_.has_value(); }

 private:
  struct Accepted {
    Time at;
    MessageId id;
    Sequence sequence;
  };
  static constexpr Seconds kRemembered{300};  // deduplication ids and receive attempts

  void put_touched(const TouchedRecord& record);
  void drop_touched(Sequence sequence);
  void count_sent(Time sent, std::int64_t difference, Decision& decision);

  Result<Sent> accept(const Send& request, Decision& decision);
  Fingerprint fingerprint_of(const MessageContent& content) const;
  // What was accepted of it last, as far as that was not yet forgotten.
  std::optional<Accepted> accepted_before(const Fingerprint& print, const Decision& decision) const;
  void forget_minutes(Decision& decision);

  std::vector<Delivery> take(const WaitingReceivers::Receiver& receiver, Decision& decision);
  // The visible messages that were received too often, of the groups that a receive is about to take from,
  // go to the dead-letter queue.
  void move_exhausted(Queue& target, std::size_t messages_max, Decision& decision);
  // Whether the attempt can still be repeated: nobody has acted on what it handed out.
  bool stands(const ReceiveAttempts::Attempt& attempt, Time now) const;
  // Forgets attempts that nobody can repeat any more, a few at a time.
  void forget_attempts(Decision& decision);
  // What the attempt handed out, once more; nothing if somebody acted on any of it.
  std::optional<std::vector<Delivery>> repeat(const Receive& request, Decision& decision);
  void serve(Decision& decision) override;
  void answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) override;
  Seconds visibility_of(const std::optional<Seconds>& asked) const {
    return asked.value_or(record_.attributes.visibility_timeout);
  }
  ReceiptHandle handle_of(const TouchedRecord& record) const;
  Result<Done> decide(const Delete& request, Decision& decision) override;
  Result<Done> decide(const ChangeVisibility& request, Decision& decision) override;
  // The touched message that the handle names; nothing if it is gone; a refusal if it is no handle of this
  // queue.
  Result<std::optional<TouchedRecord>> find(const ReceiptHandle& handle) const;
  bool open(const ReceiptHandle& handle, const TouchedRecord& record, Time now) const;
  void erase_message(Sequence sequence, Time sent, Decision& decision);

  bool complete() const { return window_.frontier() == tally_.high; }
  std::size_t room_for_touched() const;
  // The oldest message was sent then or later.
  Time oldest_not_before() const;
  Time hidden_until(Sequence sequence, Time sent) const;
  void expire(Decision& decision);
  void want_page(Decision& decision);
  void want_contents(Decision& decision);
  void warm(const Page& page, const FifoRange& range);

  TallyRecord tally_;
  SentSeconds sent_;
  TouchedSet touched_;
  DedupWindow<Accepted> accepted_;
  ReceiveAttempts attempts_;

  FifoWindow window_;
  std::optional<FifoRange> wanted_;
  std::optional<FifoRange> warming_;  // of whose contents a page is on its way
  // Erased while a page that may still show them was on its way.
  boost::unordered_flat_set<std::uint64_t> erased_meanwhile_;
  Time oldest_not_before_ = kEpoch;  // as pages have shown
};

}  // namespace penstock
