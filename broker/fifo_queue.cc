#include "broker/fifo_queue.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/digest.h"
#include "base/require.h"
#include "broker/fingerprint.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

// How many messages one tick may expire; the rest follow in the next commits.
constexpr int kExpiredChunk = 1000;

constexpr Seconds kDelayMax{900};

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
        queue.sent_.erase_range(second->second, std::get<DelayedKey>(range.to).second);
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
    void operator()(const DelayedRecord& record) const { queue.sent_.put(record); }
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
    void operator()(const AttemptRecord& record) const { queue.attempts_.put(record); }

    void operator()(const TouchedKey& key) const { queue.drop_touched(key.sequence); }
    void operator()(const FifoKey& key) const {
      if (queue.wanted_ && key.sequence >= queue.window_.frontier()) {
        queue.erased_meanwhile_.insert(key.sequence.value);
      }
      queue.window_.erase(key.sequence);
    }
    void operator()(const DelayedKey& key) const { queue.sent_.erase(key); }
    void operator()(const DedupKey& key) const { queue.accepted_.erase(key.minute, key.fingerprint); }
    void operator()(const AttemptKey& key) const { queue.attempts_.erase(key); }
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
  sent_.each_fact(address(), visit);
  touched_.each(address(), [&visit](const TouchedRecord& record) { visit(record); });
  std::vector<DedupRecord> accepted;
  accepted_.each([&](std::int64_t minute, const Fingerprint& print, const Accepted& value) {
    accepted.push_back({{address(), minute, print}, value.at, value.id, value.sequence});
  });
  std::sort(accepted.begin(), accepted.end(),
            [](const DedupRecord& a, const DedupRecord& b) { return a.key < b.key; });
  for (const DedupRecord& record : accepted) visit(record);
  attempts_.each_fact(address(), visit);
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
  count_sent(decision.now, +1, decision);
  put(DedupRecord{{address(), minute_of(decision.now), print}, decision.now, head.id, sequence}, decision);
  ++counters_.sent;
  counters_.sent_bytes += request.size;
  return Sent{head.id, request.content, sequence};
}

// Seconds from which no delay can reach into the present mean nothing any more.
void FifoQueue::count_sent(Time sent, std::int64_t difference, Decision& decision) {
  const std::int64_t oldest = SentSeconds::second_of(decision.now - kDelayMax);
  if (sent_.any_before(oldest)) {
    change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), oldest}}, decision);
  }
  if (SentSeconds::second_of(sent) < oldest) return;
  put(sent_.counted(address(), sent, difference), decision);
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
  const std::int64_t second = SentSeconds::second_of(decision.now) + 1;
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
  std::uint64_t delayed = sent_.delayed_count(now, record_.attributes.delay);
  delayed = std::min<std::uint64_t>(delayed, tally_.waiting - touched_.size());
  return {.visible = tally_.waiting - touched_.hidden_count() - delayed,
          .not_visible = touched_.hidden_count(),
          .delayed = delayed};
}

Time FifoQueue::next_turn(Time now) const {
  return std::min(touched_.next_visible(), sent_.next_due(now, record_.attributes.delay));
}

}  // namespace penstock
