#include "broker/standard_queue.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/require.h"
#include "broker/fairness.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

constexpr Seconds kDelayMax{900};

}  // namespace

StandardQueue::StandardQueue(QueueRecord record, QueueShare& share)
    : Queue(std::move(record), share),
      lanes_(record_.key.queue, share.budget),
      later_(record_.key.queue, share.budget),
      moved_(record_.key.queue, share.budget),
      weaknesses_(record_.outbox_of ? Weaknesses{} : share.limits.weaknesses.of(record_.name)) {}

StandardQueue::~StandardQueue() { share_.touched -= touched_.size(); }

// ---- facts

void StandardQueue::apply(const Change& change) {
  struct Apply : NoTopics {
    using NoTopics::operator();
    StandardQueue& queue;

    void operator()(const Put& put) const { std::visit(*this, put.record); }
    void operator()(const Erase& erase) const { std::visit(*this, erase.key); }
    void operator()(const EraseRange& range) const {
      if (const auto* from = std::get_if<TouchedKey>(&range.from)) {
        const std::size_t before = queue.touched_.size();
        queue.touched_.erase_range(*from, std::get<TouchedKey>(range.to));
        queue.share_.touched -= before - queue.touched_.size();
      } else if (const auto* second = std::get_if<DelayedKey>(&range.from)) {
        queue.later_.erase_delayed(*second, std::get<DelayedKey>(range.to));
      }
      // Bodies are not resident; the tally that goes with such a change moves the windows on.
    }
    void operator()(const Copy&) const {}  // a body too

    void operator()(const PartitionRecord&) const { not_mine(); }
    void operator()(const DeletedNameRecord&) const { not_mine(); }
    void operator()(const QueueRecord& record) const { queue.record_ = record; }
    void operator()(const TallyRecord& record) const {
      if (record.key.lane == kLaterLane) {
        queue.later_.put(record);
      } else if (record.key.lane == kMovedLane) {
        queue.moved_.put(record);
      } else {
        queue.lanes_.put(record);
      }
    }
    void operator()(const DelayedRecord& record) const { queue.later_.put(record); }
    void operator()(const TouchedRecord& record) const { queue.put_touched(record); }
    void operator()(const FreshRecord& record) const {
      record.key.lane == kMovedLane ? queue.moved_.put(record) : queue.lanes_.put(record);
    }
    void operator()(const LaneOfRecord& record) const { queue.lanes_.put(record); }
    void operator()(const LaneOfKey& key) const { queue.lanes_.erase(key); }
    void operator()(const LaterRecord& record) const { queue.later_.put(record); }

    void operator()(const TouchedKey& key) const { queue.drop_touched(key.lane, key.sequence); }
    void operator()(const DelayedKey& key) const {
      queue.later_.erase_delayed(key, DelayedKey{key.queue, key.second + 1});
    }
    void operator()(const ExpiryRecord&) const {}  // like a body
    void operator()(const ExpiryKey&) const {}
    void operator()(const MoveTaskRecord& record) const { queue.put_task(record); }
    void operator()(const MoveTaskKey& key) const { queue.erase_task(key); }
    void operator()(const FreshKey& key) const {
      if (key.lane == kMovedLane) queue.moved_.erase(key.sequence);
    }
    void operator()(const LaterKey&) const {}
    // A tally goes only with its queue; the Broker drops the queue itself.
    void operator()(const TallyKey&) const {}
    void operator()(const QueueKey&) const { not_mine(); }
    void operator()(const PartitionKey&) const { not_mine(); }
    void operator()(const DeletedNameKey&) const { not_mine(); }
    void operator()(const FifoRecord&) const { not_mine(); }
    void operator()(const DedupRecord&) const { not_mine(); }
    void operator()(const AttemptRecord&) const { not_mine(); }
    void operator()(const FifoKey&) const { not_mine(); }
    void operator()(const DedupKey&) const { not_mine(); }
    void operator()(const AttemptKey&) const { not_mine(); }
    static void not_mine() { require(false, "a standard queue has no such record"); }
  };
  std::visit(Apply{{}, *this}, change);
}

void StandardQueue::put_touched(const TouchedRecord& record) {
  const std::size_t before = touched_.size();
  touched_.put(record);
  share_.touched += touched_.size() - before;
}

void StandardQueue::drop_touched(Lane lane, Sequence sequence) {
  const std::size_t before = touched_.size();
  touched_.erase(lane, sequence);
  share_.touched -= before - touched_.size();
}

void StandardQueue::each_fact(const std::function<void(const Record&)>& visit) const {
  visit(record_);
  lanes_.each([&visit](const FreshLane& lane) { visit(lane.tally()); });
  if (moved_.used()) visit(moved_.tally());
  visit(later_.tally());
  for (const auto& [second, count] : later_.delayed()) {
    visit(DelayedRecord{DelayedKey{address(), second}, count});
  }
  touched_.each(address(), [&visit](const TouchedRecord& record) { visit(record); });
  for (const auto& [group, lane] : lanes_.given()) visit(LaneOfRecord{{address(), group}, lane});
  for (const auto& [number, task] : tasks_.all()) visit(task);
}

// ---- send

void StandardQueue::send(const Ticket& ticket, const Send& request, Decision& decision) {
  Result<Sent> sent = accept(request, decision);
  if (!sent) {
    decision.reply(ticket, std::move(sent.error()));
    return;
  }
  decision.reply(ticket, std::move(*sent));
  serve(decision);
}

void StandardQueue::take_in(const Send& request, Decision& decision) {
  if (accept(request, decision)) serve(decision);
}

void StandardQueue::send(const Ticket& ticket, const SendBatch& batch, Decision& decision) {
  SentBatch sent;
  sent.entries.reserve(batch.entries.size());
  for (const Result<Send>& entry : batch.entries) {
    sent.entries.push_back(entry ? accept(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(sent));
  serve(decision);
}

Result<Sent> StandardQueue::accept(const Send& request, Decision& decision) {
  if (!request.from_topic && request.size > record_.attributes.message_bytes_max) {
    return tl::unexpected(message_too_long(record_.attributes.message_bytes_max));
  }
  const MessageHead head{MessageId::draw(decision.random), decision.now};
  const Seconds delay = request.delay.value_or(record_.attributes.delay);

  if (delay == Seconds{0}) {
    const FreshLanes::Choice choice = lanes_.decide_lane(request.content->group_id);
    if (choice.is_given) put(LaneOfRecord{{address(), request.content->group_id}, choice.lane}, decision);
    TallyRecord tally = lanes_.at(choice.lane).tally();
    put(FreshRecord{{address(), choice.lane, tally.high}, head, request.content}, decision);
    if (tally.cursor == tally.high) tally.passed = decision.now;
    tally.high = tally.high.next();
    put(tally, decision);
  } else {
    TallyRecord tally = later_.tally();
    const Time due = decision.now + delay;
    put(LaterRecord{{address(), due, tally.high}, head, request.content}, decision);
    if (tally.waiting == 0) tally.passed = decision.now;
    tally.high = tally.high.next();
    ++tally.waiting;
    put(tally, decision);

    const auto& delayed = later_.delayed();
    const std::int64_t come = LaterLane::second_of(decision.now) + 1;
    if (!delayed.empty() && delayed.begin()->first < come) {
      change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), come}}, decision);
    }
    const std::int64_t second = LaterLane::second_of(due);
    const auto counted = delayed.find(second);
    put(DelayedRecord{{address(), second}, counted == delayed.end() ? 1 : counted->second + 1}, decision);
  }
  if (touched_.fairness().any()) {
    touched_.fairness().sent(group_hash(request.content->group_id), decision.now);
  }
  ++counters_.sent;
  counters_.sent_bytes += request.size;
  return Sent{head.id, request.content};
}

// ---- purge and the end of the queue

void StandardQueue::purge(const Ticket& ticket, Decision& decision) {
  // No message that is waiting is due later than this, and none that is still to be sent is due earlier.
  const Time due_max = decision.now + kDelayMax;

  QueueRecord record = record_;
  record.generation = record.generation.next();
  record.purged = decision.now;
  put(std::move(record), decision);

  for (const auto& [group, lane] : std::map(lanes_.given())) {
    change(Erase{LaneOfKey{address(), group}}, decision);
  }
  lanes_.each([&](FreshLane& lane) {
    TallyRecord fresh = lane.tally();
    fresh.cursor = fresh.high;
    fresh.passed = decision.now;
    put(fresh, decision);
    change(EraseRange{FreshKey{address(), fresh.key.lane, {}}, FreshKey{address(), fresh.key.lane, fresh.high}},
           decision);
  });
  TallyRecord later = later_.tally();
  later.cursor_due = std::max(later.cursor_due, decision.now);
  later.cursor = later.high;
  later.waiting = 0;
  put(later, decision);

  if (moved_.used()) {
    TallyRecord moved = moved_.tally();
    moved.cursor = moved.high;
    moved.waiting = 0;
    put(moved, decision);
    change(EraseRange{FreshKey{address(), kMovedLane, {}}, FreshKey{address(), kMovedLane, moved.high}},
           decision);
    change(EraseRange{ExpiryKey{address(), kEpoch, {}}, ExpiryKey{address(), kNever, {}}}, decision);
  }
  change(EraseRange{LaterKey{address(), kEpoch, {}}, LaterKey{address(), due_max + Milliseconds{1}, {}}},
         decision);
  change(EraseRange{TouchedKey{address(), kFirstLane, {}}, TouchedKey{address(), kLaterLane, later.high}},
         decision);
  change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), LaterLane::second_of(due_max) + 1}},
         decision);
  lanes_.abandon_pages();
  later_.abandon_page();
  moved_.abandon_pages();
  decision.reply(ticket, Done{});
  tick(decision);
}

void StandardQueue::erase_all(Decision& decision) {
  constexpr Sequence kLast{~std::uint64_t{0}};
  change(EraseRange{FreshKey{address(), kFirstLane, {}}, FreshKey{address(), kLaterLane, kLast}}, decision);
  change(EraseRange{LaterKey{address(), kEpoch, {}}, LaterKey{address(), kNever, {}}}, decision);
  change(EraseRange{TouchedKey{address(), kFirstLane, {}}, TouchedKey{address(), kLaterLane, kLast}},
         decision);
  change(
      EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), std::numeric_limits<std::int64_t>::max()}},
      decision);
  change(EraseRange{ExpiryKey{address(), kEpoch, {}}, ExpiryKey{address(), kNever, {}}}, decision);
  erase_move_tasks(decision);
  for (const auto& [group, lane] : std::map(lanes_.given())) {
    change(Erase{LaneOfKey{address(), group}}, decision);
  }
  lanes_.each([&](FreshLane& lane) { change(Erase{lane.tally().key}, decision); });
  if (moved_.used()) change(Erase{moved_.tally().key}, decision);
  change(Erase{later_.tally().key}, decision);
  for (const auto& receiver : share_.receivers.take_all(line_)) {
    decision.reply(receiver.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
  }
}

// ---- view

QueueCounts StandardQueue::counts(Time now) {
  touched_.settle(now);
  const std::uint64_t delayed = later_.delayed_count(now);
  return {.visible = lanes_.count() + moved_.count() + touched_.visible_count() + later_.count() - delayed,
          .not_visible = touched_.hidden_count(),
          .delayed = delayed};
}

Time StandardQueue::next_turn(Time now) const {
  return std::min(touched_.next_visible(), later_.next_due(now));
}

Time StandardQueue::oldest_visible(Time now) {
  touched_.settle(now);
  Time oldest = std::min(touched_.oldest_visible_enqueued(), lanes_.oldest_enqueued());
  oldest = std::min(oldest, moved_.oldest_enqueued());
  if (const LaterLane::Entry* due = later_.next(now)) oldest = std::min(oldest, due->head.sent);
  return oldest;
}

void StandardQueue::evict_windows() {
  lanes_.evict();
  later_.evict();
  moved_.evict();
}

}  // namespace penstock
