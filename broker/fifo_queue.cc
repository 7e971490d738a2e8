#include "broker/fifo_queue.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/digest.h"
#include "base/require.h"
#include "broker/fingerprint.h"
#include "broker/later_lane.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

// How many messages one tick may expire; the rest follow in the next commits.
constexpr int kExpiredChunk = 1000;

constexpr Seconds kHiddenTotalMax{43200};
constexpr Seconds kDelayMax{900};
constexpr Seconds kRemembered{300};  // deduplication ids and receive attempts

// A window with fewer messages that may be handed out than this asks for a page ahead of need.
constexpr std::size_t kWindowLow = 250;

constexpr Sequence kLastSequence{~std::uint64_t{0}};
constexpr Fingerprint kLastFingerprint{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

}  // namespace

FifoQueue::FifoQueue(QueueRecord record, QueueShare& share)
    : Queue(std::move(record), share), accepted_(share.dedup), window_(share.budget) {
  tally_.key = {record_.key.queue, kFirstLane};
}

FifoQueue::~FifoQueue() { share_.touched -= touched_.size(); }

// ---- facts

void FifoQueue::apply(const Change& change) {
  struct Apply : NoTopics {
    using NoTopics::operator();
    FifoQueue& queue;

    void operator()(const Put& put) const { std::visit(*this, put.record); }
    void operator()(const Erase& erase) const { std::visit(*this, erase.key); }
    void operator()(const EraseRange& range) const {
      if (const auto* from = std::get_if<TouchedKey>(&range.from)) {
        const std::size_t before = queue.touched_.size();
        queue.touched_.erase_range(*from, std::get<TouchedKey>(range.to));
        queue.share_.touched -= before - queue.touched_.size();
      } else if (const auto* second = std::get_if<DelayedKey>(&range.from)) {
        queue.sent_.erase(queue.sent_.lower_bound(second->second),
                          queue.sent_.lower_bound(std::get<DelayedKey>(range.to).second));
      } else if (const auto* dedup = std::get_if<DedupKey>(&range.from)) {
        queue.accepted_.erase_minutes(dedup->minute, std::get<DedupKey>(range.to).minute);
      } else if (const auto* attempt = std::get_if<AttemptKey>(&range.from)) {
        queue.attempts_.erase_minutes(attempt->minute, std::get<AttemptKey>(range.to).minute);
      }
      // Bodies are not resident; the tally that goes with such a change moves the window on.
    }
    void operator()(const Copy&) const {}  // a body too

    void operator()(const QueueRecord& record) const {
      const bool another_delay = record.attributes.delay != queue.record_.attributes.delay;
      queue.record_ = record;
      if (another_delay) {
        queue.window_.hide_all(
            [this](Sequence sequence, Time sent) { return queue.hidden_until(sequence, sent); });
      }
    }
    void operator()(const TallyRecord& record) const {
      require(record.cursor >= queue.tally_.cursor && record.high >= queue.tally_.high &&
                  record.cursor <= record.high,
              "a queue's low and high never go back, and low stays at or below high");
      const bool was_complete = queue.complete();
      queue.tally_ = record;
      // Before anything was loaded the window is as good as at low; a window at high goes with it when the
      // body that moved high has not joined.
      if (queue.window_.empty() && (was_complete || queue.window_.frontier() < record.cursor)) {
        queue.window_.extend(record.cursor);
      }
    }
    void operator()(const DelayedRecord& record) const { queue.sent_[record.key.second] = record.count; }
    void operator()(const TouchedRecord& record) const { queue.put_touched(record); }
    void operator()(const FifoRecord& record) const {
      // A new message, if the window reaches up to it; the next of a page, if that is on its way.
      const bool sent_now = record.key.sequence == queue.tally_.high;
      const bool joins = sent_now ? queue.complete() : record.key.sequence >= queue.window_.frontier();
      if (joins && !queue.window_.full()) {
        queue.window_.add(record, queue.hidden_until(record.key.sequence, record.head.sent));
      }
    }
    void operator()(const DedupRecord& record) const {
      queue.accepted_.put(record.key.minute, record.key.fingerprint,
                          {record.accepted, record.id, record.sequence});
    }
    void operator()(const AttemptRecord& record) const {
      const auto* earlier = queue.attempts_.find(record.key.fingerprint);
      if (earlier == nullptr || earlier->minute != record.key.minute) {
        queue.attempts_order_.emplace_back(record.key.minute, record.key.fingerprint);
      }
      queue.attempts_.put(record.key.minute, record.key.fingerprint, {record.received, record.messages});
    }

    void operator()(const TouchedKey& key) const { queue.drop_touched(key.sequence); }
    void operator()(const FifoKey& key) const {
      if (queue.wanted_ && key.sequence >= queue.window_.frontier()) {
        queue.erased_meanwhile_.insert(key.sequence.value);
      }
      queue.window_.erase(key.sequence);
    }
    void operator()(const DelayedKey& key) const { queue.sent_.erase(key.second); }
    void operator()(const DedupKey& key) const { queue.accepted_.erase(key.minute, key.fingerprint); }
    void operator()(const AttemptKey& key) const { queue.attempts_.erase(key.minute, key.fingerprint); }
    // A tally goes only with its queue; the Broker drops the queue itself.
    void operator()(const TallyKey&) const {}

    void operator()(const MoveTaskRecord& record) const { queue.put_task(record); }
    void operator()(const MoveTaskKey& key) const { queue.erase_task(key); }

    void operator()(const ExpiryRecord&) const { not_mine(); }
    void operator()(const ExpiryKey&) const { not_mine(); }
    void operator()(const QueueKey&) const { not_mine(); }
    void operator()(const PartitionKey&) const { not_mine(); }
    void operator()(const PartitionRecord&) const { not_mine(); }
    void operator()(const DeletedNameRecord&) const { not_mine(); }
    void operator()(const DeletedNameKey&) const { not_mine(); }
    void operator()(const FreshRecord&) const { not_mine(); }
    void operator()(const LaterRecord&) const { not_mine(); }
    void operator()(const FreshKey&) const { not_mine(); }
    void operator()(const LaterKey&) const { not_mine(); }
    void operator()(const LaneOfRecord&) const { not_mine(); }
    void operator()(const LaneOfKey&) const { not_mine(); }
    static void not_mine() { require(false, "a FIFO queue has no such record"); }
  };
  std::visit(Apply{{}, *this}, change);
}

void FifoQueue::put_touched(const TouchedRecord& record) {
  const std::size_t before = touched_.size();
  touched_.put(record);
  share_.touched += touched_.size() - before;
  window_.hide(record.key.sequence, record.hidden_until);
}

void FifoQueue::drop_touched(Sequence sequence) {
  const std::size_t before = touched_.size();
  touched_.erase(kFirstLane, sequence);
  share_.touched -= before - touched_.size();
}

void FifoQueue::each_fact(const std::function<void(const Record&)>& visit) const {
  visit(record_);
  visit(tally_);
  for (const auto& [second, count] : sent_) visit(DelayedRecord{DelayedKey{address(), second}, count});
  touched_.each(address(), [&visit](const TouchedRecord& record) { visit(record); });
  std::vector<DedupRecord> accepted;
  accepted_.each([&](std::int64_t minute, const Fingerprint& print, const Accepted& value) {
    accepted.push_back({{address(), minute, print}, value.at, value.id, value.sequence});
  });
  std::vector<AttemptRecord> attempts;
  attempts_.each([&](std::int64_t minute, const Fingerprint& print, const Attempted& value) {
    attempts.push_back({{address(), minute, print}, value.received, value.messages});
  });
  const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
  std::sort(accepted.begin(), accepted.end(), by_key);
  std::sort(attempts.begin(), attempts.end(), by_key);
  for (const DedupRecord& record : accepted) visit(record);
  for (const AttemptRecord& record : attempts) visit(record);
  for (const auto& [number, task] : tasks_.all()) visit(task);
}

// What hides it: the receive that holds it, or the queue's delay if it was never received.
Time FifoQueue::hidden_until(Sequence sequence, Time sent) const {
  const auto record = touched_.find(address(), kFirstLane, sequence);
  return record ? record->hidden_until : sent + record_.attributes.delay;
}

// ---- send

Fingerprint FifoQueue::fingerprint_of(const MessageContent& content) const {
  if (record_.attributes.deduplication_scope == DeduplicationScope::kMessageGroup) {
    return fingerprint({"messageGroup", content.group_id, content.deduplication_id});
  }
  return fingerprint({"queue", content.deduplication_id});
}

std::optional<FifoQueue::Accepted> FifoQueue::accepted_before(const Fingerprint& print,
                                                              const Decision& decision) const {
  if (const auto* entry = accepted_.find(print)) return entry->value;
  if (decision.recollection == nullptr) return std::nullopt;
  const auto* record = decision.recollection->latest<DedupRecord>(
      DedupKey{address(), minute_of(decision.now), print}, minute_of(decision.now - kRemembered));
  if (record == nullptr) return std::nullopt;
  return Accepted{record->accepted, record->id, record->sequence};
}

void FifoQueue::each_doubt(const MessageContent& content, Time now, std::vector<Key>& keys) const {
  const Fingerprint print = fingerprint_of(content);
  accepted_.each_doubt(print, minute_of(now - kRemembered), [&](std::int64_t minute) {
    keys.push_back(DedupKey{address(), minute, print});
  });
}

void FifoQueue::send(const Ticket& ticket, const Send& request, Decision& decision) {
  Result<Sent> sent = accept(request, decision);
  if (!sent) {
    decision.reply(ticket, std::move(sent.error()));
    return;
  }
  decision.reply(ticket, std::move(*sent));
  serve(decision);
}

void FifoQueue::take_in(const Send& request, Decision& decision) {
  if (accept(request, decision)) serve(decision);
}

void FifoQueue::send(const Ticket& ticket, const SendBatch& batch, Decision& decision) {
  // What is wrong with an id of any entry refuses all of them.
  for (const Result<Send>& entry : batch.entries) {
    if (entry && entry->deduplicated_by_content && !record_.attributes.content_based_deduplication) {
      decision.reply(ticket, no_deduplication_id());
      return;
    }
  }
  SentBatch sent;
  for (const Result<Send>& entry : batch.entries) {
    sent.entries.push_back(entry ? accept(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(sent));
  serve(decision);
}

Result<Sent> FifoQueue::accept(const Send& request, Decision& decision) {
  const QueueAttributes& attributes = record_.attributes;
  if (request.deduplicated_by_content && !attributes.content_based_deduplication) {
    return tl::unexpected(no_deduplication_id());
  }
  if (!request.from_topic && request.size > attributes.message_bytes_max) {
    return tl::unexpected(message_too_long(attributes.message_bytes_max));
  }
  forget_minutes(decision);
  const Fingerprint print = fingerprint_of(*request.content);
  const std::optional<Accepted> earlier = accepted_before(print, decision);
  if (earlier && decision.now < earlier->at + kRemembered) {
    return Sent{earlier->id, request.content, earlier->sequence};
  }
  if (earlier) change(Erase{DedupKey{address(), minute_of(earlier->at), print}}, decision);

  const MessageHead head{MessageId::draw(decision.random), decision.now};
  TallyRecord tally = tally_;
  const Sequence sequence = tally.high;
  put(FifoRecord{{address(), sequence}, head, request.content}, decision);
  if (tally.waiting == 0) tally.passed = decision.now;
  ++tally.waiting;
  tally.high = tally.high.next();
  put(tally, decision);
  count_sent(LaterLane::second_of(decision.now), +1, decision);
  put(DedupRecord{{address(), minute_of(decision.now), print}, decision.now, head.id, sequence}, decision);
  ++counters_.sent;
  counters_.sent_bytes += request.size;
  return Sent{head.id, request.content, sequence};
}

// Seconds from which no delay can reach into the present mean nothing any more.
void FifoQueue::count_sent(std::int64_t second, std::int64_t difference, Decision& decision) {
  const std::int64_t oldest = LaterLane::second_of(decision.now - kDelayMax);
  if (!sent_.empty() && sent_.begin()->first < oldest) {
    change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), oldest}}, decision);
  }
  if (second < oldest) return;
  const auto counted = sent_.find(second);
  const std::int64_t before = counted == sent_.end() ? 0 : static_cast<std::int64_t>(counted->second);
  require(before + difference >= 0, "a message that is left is counted in its second");
  put(DelayedRecord{{address(), second}, static_cast<std::uint64_t>(before + difference)}, decision);
}

void FifoQueue::forget_minutes(Decision& decision) {
  const std::int64_t oldest = minute_of(decision.now - kRemembered);
  if (accepted_.has_minute_before(oldest)) {
    change(EraseRange{DedupKey{address(), 0, {}}, DedupKey{address(), oldest, {}}}, decision);
  }
  if (attempts_.has_minute_before(oldest)) {
    change(EraseRange{AttemptKey{address(), 0, {}}, AttemptKey{address(), oldest, {}}}, decision);
  }
}

// ---- receive

std::size_t FifoQueue::room_for_touched() const {
  const auto room = [](std::size_t max, std::size_t used) { return max > used ? max - used : 0; };
  return std::min(room(share_.limits.touched_queue_max, touched_.size()),
                  room(share_.limits.touched_max, share_.touched));
}

void FifoQueue::receive(const Ticket& ticket, const Receive& request, Decision& decision) {
  recently_used_ = true;
  if (!request.attempt_id.empty()) {
    if (auto again = repeat(request, decision)) {
      decision.reply(ticket, Received{address(), std::move(*again), true});
      return;
    }
  }
  const Seconds wait = request.wait.value_or(record_.attributes.receive_wait);
  const WaitingReceivers::Receiver receiver{.ticket = ticket,
                                            .queue = address().id,
                                            .messages_max = request.messages_max,
                                            .visibility_timeout = request.visibility_timeout,
                                            .deadline = decision.now + wait,
                                            .short_poll = wait == Seconds{0},
                                            .attempt_id = request.attempt_id};
  if (!line_.empty()) serve(decision);
  if (line_.empty()) {
    std::vector<Delivery> deliveries = take(receiver, decision);
    if (!deliveries.empty()) {
      decision.reply(ticket, Received{address(), std::move(deliveries), true});
      return;
    }
  }
  const bool may_wait = share_.receivers.size() < share_.limits.waiting_receivers_max;
  if (may_wait && (unfinished() || !receiver.short_poll)) {
    share_.receivers.add(line_, receiver);
  } else {
    answer_empty(receiver, decision);
  }
}

// At the bound of messages in flight too: AWS says nothing of it for FIFO queues.
void FifoQueue::answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  ++counters_.empty_receives;
  decision.reply(receiver.ticket, Received{address(), {}, true});
}

std::vector<Delivery> FifoQueue::take(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  expire(decision);
  window_.settle(decision.now);
  moves_left_ = false;
  // More has ended than one decision erases; the rest must not be handed out meanwhile.
  if (!window_.empty() && ended(window_.front().head.sent, decision.now)) {
    moves_left_ = true;
    share_.woken.insert(address().id);
    return {};
  }
  Queue* const dead_letters = dead_letter_queue();
  if (dead_letters != nullptr) move_exhausted(*dead_letters, receiver.messages_max, decision);
  std::vector<Delivery> deliveries;
  Attempted attempt{decision.now, {}};
  const Time hidden_until = decision.now + visibility_of(receiver.visibility_timeout);
  std::size_t room = room_for_touched();
  const auto admits = [&](Sequence sequence) {
    if (const auto record = touched_.find(address(), kFirstLane, sequence)) {
      return dead_letters == nullptr || !exhausted(record->receive_count);
    }
    return room != 0 && room-- != 0;
  };
  for (FifoWindow::Message& message : window_.choose(receiver.messages_max, admits)) {
    const std::optional<TouchedRecord> before = touched_.find(address(), kFirstLane, message.sequence);
    TouchedRecord record = before.value_or(TouchedRecord{});
    if (!before) {
      record.key = {address(), kFirstLane, message.sequence};
      record.nonce = decision.random.next();
      record.enqueued = message.head.sent;
      record.receive_count = message.received_before;
      record.first_received = decision.now;
    }
    if (record.receive_count == 0) record.first_received = decision.now;
    ++record.receive_count;
    record.last_received = decision.now;
    record.hidden_until = hidden_until;
    deliveries.push_back({.handle = handle_of(record),
                          .head = message.head,
                          .content = std::move(message.content),
                          .body = FifoKey{address(), message.sequence},
                          .first_received = record.first_received,
                          .hidden_before = before ? before->hidden_until : message.head.sent,
                          .receive_count = record.receive_count});
    attempt.messages.push_back({message.sequence, record.receive_count, record.hidden_until});
    put(record, decision);
    ++counters_.received;
  }
  if (!deliveries.empty() && !receiver.attempt_id.empty()) {
    forget_minutes(decision);
    const Fingerprint print = fingerprint({receiver.attempt_id});
    const std::int64_t minute = minute_of(decision.now);
    if (const auto* earlier = attempts_.find(print); earlier != nullptr && earlier->minute != minute) {
      change(Erase{AttemptKey{address(), earlier->minute, print}}, decision);
    }
    put(AttemptRecord{{address(), minute, print}, attempt.received, std::move(attempt.messages)}, decision);
    forget_attempts(decision);
  }
  if (deliveries.empty() && window_.ready() && share_.touched >= share_.limits.touched_max) {
    share_.queues_without_room.insert(address().id);
  }
  want_page(decision);
  return deliveries;
}

bool FifoQueue::stands(const Attempted& attempt, Time now) const {
  return std::all_of(attempt.messages.begin(), attempt.messages.end(), [&](const AttemptedMessage& message) {
    const auto record = touched_.find(address(), kFirstLane, message.sequence);
    return record && record->receive_count == message.receive_count &&
           record->hidden_until == message.hidden_until && record->hidden_until > now &&
           !ended(record->enqueued, now);
  });
}

// Each new attempt looks at two older ones, so those that stand for nothing are never much more than the others;
// and of the others there are no more than messages in flight.
void FifoQueue::forget_attempts(Decision& decision) {
  for (int left = 2; left > 0 && !attempts_order_.empty(); --left) {
    const auto [minute, print] = attempts_order_.front();
    attempts_order_.pop_front();
    const auto* found = attempts_.find(print);
    if (found == nullptr || found->minute != minute) continue;
    if (stands(found->value, decision.now)) {
      attempts_order_.emplace_back(minute, print);
    } else {
      change(Erase{AttemptKey{address(), minute, print}}, decision);
    }
  }
}

std::optional<std::vector<Delivery>> FifoQueue::repeat(const Receive& request, Decision& decision) {
  const Fingerprint print = fingerprint({request.attempt_id});
  const auto* found = attempts_.find(print);
  if (found == nullptr || found->value.received + kRemembered <= decision.now) return std::nullopt;
  const std::int64_t minute = found->minute;
  Attempted attempt = found->value;
  if (!stands(attempt, decision.now)) return std::nullopt;
  std::vector<TouchedRecord> records;
  for (const AttemptedMessage& message : attempt.messages) {
    records.push_back(*touched_.find(address(), kFirstLane, message.sequence));
  }

  const Time hidden_until = decision.now + visibility_of(request.visibility_timeout);
  std::vector<Delivery> deliveries;
  for (std::size_t at = 0; at < records.size(); ++at) {
    TouchedRecord& record = records[at];
    // Its content is read from the store, wherever the window has got to since.
    deliveries.push_back({.handle = handle_of(record),
                          .head = {},
                          .content = nullptr,
                          .body = FifoKey{address(), record.key.sequence},
                          .first_received = record.first_received,
                          .hidden_before = record.hidden_until,
                          .receive_count = record.receive_count,
                          .repeated = true});
    record.hidden_until = hidden_until;
    attempt.messages[at].hidden_until = hidden_until;
    put(record, decision);
  }
  put(AttemptRecord{{address(), minute, print}, attempt.received, std::move(attempt.messages)}, decision);
  return deliveries;
}

// First come, first served, until nothing more is there to give.
void FifoQueue::serve(Decision& decision) {
  while (!line_.empty()) {
    const WaitingReceivers::Receiver receiver = share_.receivers.front(line_);
    std::vector<Delivery> deliveries = take(receiver, decision);
    if (deliveries.empty()) return;
    decision.reply(receiver.ticket, Received{address(), std::move(deliveries), true});
    share_.receivers.remove_front(line_);
  }
}

void FifoQueue::serve_and_answer_overdue(Decision& decision) {
  serve(decision);
  if (line_.empty() || unfinished()) return;
  for (const auto& receiver : share_.receivers.take_overdue(line_, decision.now)) {
    answer_empty(receiver, decision);
  }
}

void FifoQueue::overdue(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  serve(decision);
  if (share_.receivers.queue_of(receiver.ticket) == std::nullopt) return;  // served just now
  if (unfinished()) {
    share_.receivers.stop_clock(receiver.ticket);
  } else {
    forget(receiver.ticket);
    answer_empty(receiver, decision);
  }
}

// ---- the window

// Grown only while nothing is left to hand out, or little and nothing blocks.
void FifoQueue::want_page(Decision& decision) {
  want_contents(decision);
  if (wanted_ || complete() || window_.full()) return;
  if (window_.ready() && window_.size() >= kWindowLow) return;
  wanted_ = FifoRange{window_.frontier(), tally_.high};
  decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *wanted_});
}

// Nobody waits for these: without them messages are read one by one as they are delivered.
void FifoQueue::want_contents(Decision& decision) {
  if (warming_) return;
  warming_ = window_.cold_run();
  if (!warming_) return;
  decision.outcome.wants.push_back(
      {.queue = address(), .generation = record_.generation, .range = *warming_});
}

void FifoQueue::warm(const Page& page, const FifoRange& range) {
  warming_.reset();
  for (const Record& record : page.records) {
    if (!window_.warm(std::get<FifoRecord>(record))) return;
  }
  if (page.complete) window_.warmed_to(range.to);
}

void FifoQueue::supply(const Page& page, Decision& decision) {
  const auto* range = std::get_if<FifoRange>(&page.want.range);
  if (supply_departure(page)) {
    tick(decision);
    return;
  }
  if (page.want.generation != record_.generation || range == nullptr) return;
  if (warming_ == *range) return warm(page, *range);
  if (wanted_ != *range) return;
  wanted_.reset();
  const auto erased = std::exchange(erased_meanwhile_, {});
  bool all = page.complete;
  for (const Record& record : page.records) {
    const Sequence sequence = std::get<FifoRecord>(record).key.sequence;
    if (window_.full()) {
      all = false;
      break;
    }
    if (erased.contains(sequence.value)) {
      window_.extend(sequence.next());
    } else {
      apply(Put{record});
    }
  }
  if (all) window_.extend(range->to);
  if (!window_.empty()) oldest_not_before_ = std::max(oldest_not_before_, window_.front().head.sent);
  tick(decision);
}

Time FifoQueue::oldest_not_before() const {
  return window_.empty() ? std::max(tally_.passed, oldest_not_before_) : window_.front().head.sent;
}

void FifoQueue::evict_windows() {
  if (wanted_ || touched_.size() != 0) {
    window_.drop_contents();
  } else {
    window_.clear(tally_.cursor);
  }
}

// ---- acting on a handle

ReceiptHandle FifoQueue::handle_of(const TouchedRecord& record) const {
  return {.partition = address().partition,
          .queue = address().id,
          .lane = kFirstLane,
          .sequence = record.key.sequence,
          .attempt = record.receive_count,
          .received = record.last_received,
          .nonce = record.nonce};
}

Result<std::optional<TouchedRecord>> FifoQueue::find(const ReceiptHandle& handle) const {
  if (handle.partition != address().partition || handle.queue != address().id || handle.lane != kFirstLane) {
    return tl::unexpected(invalid_handle(handle));
  }
  const std::optional<TouchedRecord> record = touched_.find(address(), kFirstLane, handle.sequence);
  if (record && record->nonce != handle.nonce) return tl::unexpected(invalid_handle(handle));
  return record;
}

bool FifoQueue::open(const ReceiptHandle& handle, const TouchedRecord& record, Time now) const {
  return record.receive_count == handle.attempt && record.last_received == handle.received &&
         record.hidden_until > now;
}

void FifoQueue::erase_message(Sequence sequence, Time sent, Decision& decision) {
  if (touched_.find(address(), kFirstLane, sequence)) {
    change(Erase{TouchedKey{address(), kFirstLane, sequence}}, decision);
  }
  change(Erase{FifoKey{address(), sequence}}, decision);
  TallyRecord tally = tally_;
  --tally.waiting;
  if (window_.empty()) {
    tally.cursor = std::max(tally.cursor, window_.frontier());
  } else {
    tally.cursor = std::max(tally.cursor, window_.front().sequence);
    tally.passed = std::max(tally.passed, window_.front().head.sent);
  }
  put(tally, decision);
  count_sent(LaterLane::second_of(sent), -1, decision);
}

void FifoQueue::remove(const Ticket& ticket, const Delete& request, Decision& decision) {
  const Result<Done> removed = remove(request, decision);
  decision.reply(ticket, removed ? Answer(Done{}) : Answer(removed.error()));
  if (removed) serve(decision);
}

void FifoQueue::remove(const Ticket& ticket, const DeleteBatch& batch, Decision& decision) {
  DoneBatch done;
  for (const Result<Delete>& entry : batch.entries) {
    done.entries.push_back(entry ? remove(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(done));
  serve(decision);
}

Result<Done> FifoQueue::remove(const Delete& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (!*found || ended((*found)->enqueued, decision.now)) return Done{};
  if (!open(request.handle, **found, decision.now)) {
    return tl::unexpected(handle_expired(request.handle));
  }
  erase_message((*found)->key.sequence, (*found)->enqueued, decision);
  ++counters_.deleted;
  return Done{};
}

void FifoQueue::change_visibility(const Ticket& ticket, const ChangeVisibility& request, Decision& decision) {
  const Result<Done> changed = change_visibility(request, decision);
  decision.reply(ticket, changed ? Answer(Done{}) : Answer(changed.error()));
  if (changed) serve(decision);
}

void FifoQueue::change_visibility(const Ticket& ticket, const ChangeVisibilityBatch& batch,
                                  Decision& decision) {
  DoneBatch done;
  for (const Result<ChangeVisibility>& entry : batch.entries) {
    done.entries.push_back(entry ? change_visibility(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(done));
  serve(decision);
}

Result<Done> FifoQueue::change_visibility(const ChangeVisibility& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (!*found || ended((*found)->enqueued, decision.now) || !open(request.handle, **found, decision.now)) {
    return tl::unexpected(not_available_for_change(request.handle));
  }
  if (decision.now + request.timeout > request.handle.received + kHiddenTotalMax) {
    return tl::unexpected(hidden_too_long(request.timeout));
  }
  TouchedRecord record = **found;
  record.hidden_until = decision.now + request.timeout;
  put(record, decision);
  return Done{};
}

void FifoQueue::undeliver(const std::vector<Delivery>& deliveries, Decision& decision) {
  for (const Delivery& delivery : deliveries) {
    const auto found = find(delivery.handle);
    if (!found || !*found) continue;
    TouchedRecord record = **found;
    const bool untouched_since =
        record.receive_count == delivery.receive_count && record.last_received == delivery.handle.received;
    if (!untouched_since || record.receive_count == 0) continue;
    // A repeated answer that found nobody leaves the first one standing.
    if (!delivery.repeated) --record.receive_count;
    record.hidden_until = delivery.hidden_before;
    put(record, decision);
  }
  serve(decision);
}

// ---- purge and the end of the queue

void FifoQueue::purge(const Ticket& ticket, Decision& decision) {
  QueueRecord record = record_;
  record.generation = record.generation.next();
  record.purged = decision.now;
  put(std::move(record), decision);

  TallyRecord tally = tally_;
  tally.cursor = tally.high;
  tally.passed = decision.now;
  tally.waiting = 0;
  window_.clear(tally.high);
  wanted_.reset();
  warming_.reset();
  erased_meanwhile_.clear();
  put(tally, decision);

  change(EraseRange{FifoKey{address(), {}}, FifoKey{address(), tally.high}}, decision);
  change(EraseRange{TouchedKey{address(), kFirstLane, {}}, TouchedKey{address(), kFirstLane, tally.high}},
         decision);
  const std::int64_t second = LaterLane::second_of(decision.now) + 1;
  change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), second}}, decision);
  const std::int64_t minute = minute_of(decision.now) + 1;
  change(EraseRange{DedupKey{address(), 0, {}}, DedupKey{address(), minute, {}}}, decision);
  change(EraseRange{AttemptKey{address(), 0, {}}, AttemptKey{address(), minute, {}}}, decision);
  decision.reply(ticket, Done{});
  tick(decision);
}

void FifoQueue::erase_all(Decision& decision) {
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  change(EraseRange{FifoKey{address(), {}}, FifoKey{address(), kLastSequence}}, decision);
  change(EraseRange{TouchedKey{address(), kFirstLane, {}}, TouchedKey{address(), kFirstLane, kLastSequence}},
         decision);
  change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), kLast}}, decision);
  change(EraseRange{DedupKey{address(), 0, {}}, DedupKey{address(), kLast, kLastFingerprint}}, decision);
  change(EraseRange{AttemptKey{address(), 0, {}}, AttemptKey{address(), kLast, kLastFingerprint}}, decision);
  erase_move_tasks(decision);
  change(Erase{tally_.key}, decision);
  for (const auto& receiver : share_.receivers.take_all(line_)) {
    decision.reply(receiver.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
  }
}

// ---- time

// The order of sequences is the order of sending, so what has expired is a run at the front of the window.
void FifoQueue::expire(Decision& decision) {
  for (int left = kExpiredChunk; left > 0 && !window_.empty(); --left) {
    const FifoWindow::Message oldest = window_.front();
    if (!ended(oldest.head.sent, decision.now)) return;
    erase_message(oldest.sequence, oldest.head.sent, decision);
  }
}

void FifoQueue::tick(Decision& decision) {
  if (accepted_.next_forgetting() <= decision.now) forget_minutes(decision);
  expire(decision);
  redrive(decision);
  serve_and_answer_overdue(decision);
  const bool somebody_asks = awaited() || (tally_.waiting > 0 && ended(oldest_not_before(), decision.now));
  if (somebody_asks) want_page(decision);
}

Time FifoQueue::next_deadline(Time now) const {
  Time deadline = kNever;
  if (tally_.waiting > 0 && !(window_.empty() && waits_for_page())) {
    deadline = record_.retention().end_of(oldest_not_before());
  }
  if (!line_.empty()) deadline = std::min(deadline, std::max(window_.next_free(), now));
  return std::min({deadline, next_redrive(), accepted_.next_forgetting()});
}

// ---- view

// The oldest message that is not hidden, if the window shows it; a moment before it, if it is on disk only.
Time FifoQueue::oldest_visible(Time now) {
  if (counts(now).visible == 0) return kNever;
  return window_.oldest_visible(now).value_or(oldest_not_before());
}

QueueCounts FifoQueue::counts(Time now) {
  touched_.settle(now);
  const std::int64_t delay = record_.attributes.delay.count();
  const std::int64_t present = LaterLane::second_of(now);
  std::uint64_t delayed = 0;
  for (auto second = sent_.rbegin(); second != sent_.rend() && second->first + delay > present; ++second) {
    delayed += second->second;
  }
  delayed = std::min<std::uint64_t>(delayed, tally_.waiting - touched_.size());
  return {.visible = tally_.waiting - touched_.hidden_count() - delayed,
          .not_visible = touched_.hidden_count(),
          .delayed = delayed};
}

Time FifoQueue::next_turn(Time now) const {
  const std::int64_t delay = record_.attributes.delay.count();
  const auto second = sent_.upper_bound(LaterLane::second_of(now) - delay);
  const Time due = second == sent_.end() ? kNever : from_epoch_milliseconds((second->first + delay) * 1000);
  return std::min(touched_.next_visible(), due);
}

}  // namespace penstock
