#include "broker/standard_queue.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/require.h"
#include "broker/refusals.h"

namespace penstock {
namespace {

// How many messages one tick may expire one by one; the rest follow in the next commits.
constexpr int kExpiredChunk = 1000;

constexpr Seconds kHiddenTotalMax{43200};
constexpr Seconds kDelayMax{900};

}  // namespace

// One receive being filled.
struct StandardQueue::Taking {
  Seconds visibility;
  std::vector<Delivery> deliveries;
};

StandardQueue::StandardQueue(QueueRecord record, QueueShare& share)
    : Queue(std::move(record), share),
      fresh_(record_.key.queue, kFirstLane, share.budget),
      later_(record_.key.queue, share.budget) {}

StandardQueue::~StandardQueue() { share_.touched -= touched_.size(); }

// ---- facts

void StandardQueue::apply(const Change& change) {
  struct Apply {
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
    void operator()(const DeletedNameKey&) const { not_mine(); }
    void operator()(const QueueRecord& record) const {
      if (record.attributes.retention != queue.record_.attributes.retention) queue.fresh_.abandon_search();
      queue.record_ = record;
    }
    void operator()(const TallyRecord& record) const {
      record.key.lane == kLaterLane ? queue.later_.put(record) : queue.fresh_.put(record);
    }
    void operator()(const DelayedRecord& record) const { queue.later_.put(record); }
    void operator()(const TouchedRecord& record) const { queue.put_touched(record); }
    void operator()(const FreshRecord& record) const { queue.fresh_.put(record); }
    void operator()(const LaterRecord& record) const { queue.later_.put(record); }

    void operator()(const TouchedKey& key) const { queue.drop_touched(key.lane, key.sequence); }
    void operator()(const DelayedKey& key) const {
      queue.later_.erase_delayed(key, DelayedKey{key.queue, key.second + 1});
    }
    void operator()(const FreshKey&) const {}
    void operator()(const LaterKey&) const {}
    void operator()(const FifoRecord&) const { not_mine(); }
    void operator()(const DedupRecord&) const { not_mine(); }
    void operator()(const AttemptRecord&) const { not_mine(); }
    void operator()(const FifoKey&) const { not_mine(); }
    void operator()(const DedupKey&) const { not_mine(); }
    void operator()(const AttemptKey&) const { not_mine(); }
    static void not_mine() { require(false, "a standard queue has no such record"); }
    // A tally goes only with its queue; the Broker drops the queue itself.
    void operator()(const TallyKey&) const {}
    void operator()(const QueueKey&) const { not_mine(); }
    void operator()(const PartitionKey&) const { not_mine(); }
  };
  std::visit(Apply{*this}, change);
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
  visit(fresh_.tally());
  visit(later_.tally());
  for (const auto& [second, count] : later_.delayed()) {
    visit(DelayedRecord{DelayedKey{address(), second}, count});
  }
  touched_.each(address(), [&visit](const TouchedRecord& record) { visit(record); });
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
  if (request.size > record_.attributes.message_bytes_max) {
    return tl::unexpected(message_too_long(record_.attributes.message_bytes_max));
  }
  const MessageHead head{MessageId::draw(decision.random), decision.now};
  const Seconds delay = request.delay.value_or(record_.attributes.delay);

  if (delay == Seconds{0}) {
    TallyRecord tally = fresh_.tally();
    put(FreshRecord{{address(), kFirstLane, tally.high}, head, request.content}, decision);
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
  return Sent{head.id, request.content, std::nullopt};
}

// ---- receive

bool StandardQueue::at_touched_bound() const {
  return touched_.size() >= share_.limits.touched_queue_max || share_.touched >= share_.limits.touched_max;
}

Seconds StandardQueue::visibility_of(const WaitingReceivers::Receiver& receiver) const {
  return receiver.visibility_timeout.value_or(record_.attributes.visibility_timeout);
}

void StandardQueue::receive(const Ticket& ticket, const Receive& request, Decision& decision) {
  recently_used_ = true;
  const Seconds wait = request.wait.value_or(record_.attributes.receive_wait);
  const WaitingReceivers::Receiver receiver{.ticket = ticket,
                                            .queue = address().id,
                                            .messages_max = request.messages_max,
                                            .visibility_timeout = request.visibility_timeout,
                                            .deadline = decision.now + wait,
                                            .short_poll = wait == Seconds{0},
                                            .attempt_id = {}};
  if (!line_.empty()) serve(decision);
  if (line_.empty()) {
    std::vector<Delivery> deliveries = take(receiver.messages_max, visibility_of(receiver), decision);
    if (!deliveries.empty()) {
      decision.reply(ticket, Received{address(), std::move(deliveries)});
      return;
    }
  }
  const bool may_wait = share_.receivers.size() < share_.limits.waiting_receivers_max;
  if (may_wait && (waits_for_page() || !receiver.short_poll)) {
    share_.receivers.add(line_, receiver);
  } else {
    answer_empty(receiver, decision);
  }
}

void StandardQueue::answer_empty(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  if (receiver.short_poll && at_touched_bound()) {
    decision.reply(receiver.ticket,
                   Error{ErrorCode::kOverLimit,
                         "Too many messages have been received without being deleted. Please delete your "
                         "received messages or let them timeout before receiving more."});
  } else {
    decision.reply(receiver.ticket, Received{address(), {}});
  }
}

std::vector<Delivery> StandardQueue::take(std::uint32_t messages_max, Seconds visibility,
                                          Decision& decision) {
  expire(decision);
  touched_.settle(decision.now);
  Taking taking{visibility, {}};
  while (taking.deliveries.size() < messages_max) {
    const bool took = touched_turn_ ? take_touched(taking, decision) || take_untouched(taking, decision)
                                    : take_untouched(taking, decision) || take_touched(taking, decision);
    if (!took) break;
    touched_turn_ = !touched_turn_;
  }
  want_pages(decision);
  return std::move(taking.deliveries);
}

bool StandardQueue::take_touched(Taking& taking, Decision& decision) {
  std::optional<TouchedRecord> visible = touched_.first_visible(address());
  while (visible && expired(visible->enqueued, decision.now)) {
    erase_message(*visible, decision);
    visible = touched_.first_visible(address());
  }
  if (!visible) return false;
  TouchedRecord record = *visible;
  if (record.receive_count == 0) record.first_received = decision.now;
  ++record.receive_count;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = {},
                               .content = nullptr,
                               .body = body_of(record),
                               .first_received = record.first_received,
                               .hidden_before = visible->hidden_until,
                               .receive_count = record.receive_count});
  put(record, decision);
  return true;
}

bool StandardQueue::take_untouched(Taking& taking, Decision& decision) {
  if (at_touched_bound()) {
    if (share_.touched >= share_.limits.touched_max) share_.queues_without_room.insert(address().id);
    return false;
  }
  const Seconds retention = record_.attributes.retention;
  expire_later(decision);  // sent earlier, an expired message may stand behind one that is not expired
  const FreshLane::Entry* fresh = fresh_.next(decision.now, retention);
  const LaterLane::Entry* later = later_.next(decision.now);
  if (later != nullptr && expired(later->head.sent, decision.now))
    later = nullptr;  // more than a chunk of them
  if (fresh == nullptr && later == nullptr) return false;
  const bool from_later = fresh == nullptr || (later != nullptr && later->due < fresh->head.sent);

  TallyRecord tally = from_later ? later_.tally() : fresh_.tally();
  const MessageHead head = from_later ? later->head : fresh->head;
  const ContentPtr content = from_later ? later->content : fresh->content;
  TouchedRecord record;
  record.key = {address(), from_later ? kLaterLane : kFirstLane, from_later ? later->sequence : tally.cursor};
  record.enqueued = head.sent;
  record.due = from_later ? later->due : kEpoch;
  if (from_later) {
    tally.cursor_due = later->due;
    tally.cursor = later->sequence.next();
    --tally.waiting;
  } else {
    tally.cursor = tally.cursor.next();
    tally.passed = head.sent;
  }
  put(tally, decision);

  record.nonce = decision.random.next();
  record.first_received = decision.now;
  record.last_received = decision.now;
  record.hidden_until = decision.now + taking.visibility;
  record.receive_count = 1;
  taking.deliveries.push_back({.handle = handle_of(record),
                               .head = head,
                               .content = content,
                               .body = body_of(record),
                               .first_received = decision.now,
                               .hidden_before = from_later ? record.due : head.sent,
                               .receive_count = 1});
  put(record, decision);
  return true;
}

void StandardQueue::want_pages(Decision& decision) {
  if (const auto range = fresh_.decide_page()) {
    fresh_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
  if (const auto range = later_.decide_page(decision.now)) {
    later_.want(*range);
    decision.outcome.wants.push_back({.queue = address(), .generation = record_.generation, .range = *range});
  }
}

// First come, first served, until nothing more is there to give.
void StandardQueue::serve(Decision& decision) {
  while (!line_.empty()) {
    const WaitingReceivers::Receiver& receiver = share_.receivers.front(line_);
    std::vector<Delivery> deliveries = take(receiver.messages_max, visibility_of(receiver), decision);
    if (deliveries.empty()) return;
    decision.reply(receiver.ticket, Received{address(), std::move(deliveries)});
    share_.receivers.remove_front(line_);
  }
}

void StandardQueue::serve_and_answer_overdue(Decision& decision) {
  serve(decision);
  if (line_.empty() || waits_for_page()) return;
  for (const auto& receiver : share_.receivers.take_overdue(line_, decision.now)) {
    answer_empty(receiver, decision);
  }
}

void StandardQueue::overdue(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  serve(decision);
  if (share_.receivers.queue_of(receiver.ticket) == std::nullopt) return;  // served just now
  if (waits_for_page()) {
    share_.receivers.stop_clock(receiver.ticket);
  } else {
    forget(receiver.ticket);
    answer_empty(receiver, decision);
  }
}

void StandardQueue::supply(const Page& page, Decision& decision) {
  if (page.want.generation != record_.generation) return;
  const auto* fresh = std::get_if<FreshRange>(&page.want.range);
  const auto* later = std::get_if<LaterRange>(&page.want.range);
  if (fresh != nullptr ? !fresh_.wants(*fresh) : !later_.wants(*later)) return;
  for (const Record& record : page.records) apply(Put{record});
  if (fresh != nullptr) {
    fresh_.supplied(page.records, decision.now, record_.attributes.retention);
  } else {
    later_.supplied(page);
  }
  tick(decision);
}

// ---- acting on a handle

ReceiptHandle StandardQueue::handle_of(const TouchedRecord& record) const {
  return {.partition = address().partition,
          .queue = address().id,
          .lane = record.key.lane,
          .sequence = record.key.sequence,
          .attempt = record.receive_count,
          .received = record.last_received,
          .nonce = record.nonce};
}

BodyKey StandardQueue::body_of(const TouchedRecord& record) const {
  if (record.key.lane == kLaterLane) return LaterKey{address(), record.due, record.key.sequence};
  return FreshKey{address(), record.key.lane, record.key.sequence};
}

Result<std::optional<TouchedRecord>> StandardQueue::find(const ReceiptHandle& handle) const {
  if (handle.partition != address().partition || handle.queue != address().id) {
    return tl::unexpected(invalid_handle(handle));
  }
  const std::optional<TouchedRecord> record = touched_.find(address(), handle.lane, handle.sequence);
  if (record && record->nonce != handle.nonce) return tl::unexpected(invalid_handle(handle));
  return record;
}

void StandardQueue::erase_message(const TouchedRecord& record, Decision& decision) {
  const BodyKey body = body_of(record);
  change(Erase{record.key}, decision);
  std::visit([&](const auto& key) { change(Erase{key}, decision); }, body);
}

void StandardQueue::remove(const Ticket& ticket, const Delete& request, Decision& decision) {
  const Result<Done> removed = remove(request, decision);
  decision.reply(ticket, removed ? Answer(Done{}) : Answer(removed.error()));
  if (removed) serve(decision);  // at the bound of touched messages it made room for another
}

void StandardQueue::remove(const Ticket& ticket, const DeleteBatch& batch, Decision& decision) {
  DoneBatch done;
  done.entries.reserve(batch.entries.size());
  for (const Result<Delete>& entry : batch.entries) {
    done.entries.push_back(entry ? remove(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(done));
  serve(decision);
}

Result<Done> StandardQueue::remove(const Delete& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (*found) erase_message(**found, decision);
  return Done{};
}

void StandardQueue::change_visibility(const Ticket& ticket, const ChangeVisibility& request,
                                      Decision& decision) {
  const Result<Done> changed = change_visibility(request, decision);
  decision.reply(ticket, changed ? Answer(Done{}) : Answer(changed.error()));
  if (changed) serve(decision);
}

void StandardQueue::change_visibility(const Ticket& ticket, const ChangeVisibilityBatch& batch,
                                      Decision& decision) {
  DoneBatch done;
  done.entries.reserve(batch.entries.size());
  for (const Result<ChangeVisibility>& entry : batch.entries) {
    done.entries.push_back(entry ? change_visibility(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(done));
  serve(decision);
}

Result<Done> StandardQueue::change_visibility(const ChangeVisibility& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (!*found || expired((*found)->enqueued, decision.now)) {
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

void StandardQueue::undeliver(const std::vector<Delivery>& deliveries, Decision& decision) {
  for (const Delivery& delivery : deliveries) {
    const auto found = find(delivery.handle);
    if (!found || !*found) continue;
    TouchedRecord record = **found;
    const bool untouched_since =
        record.receive_count == delivery.receive_count && record.last_received == delivery.handle.received;
    if (!untouched_since || record.receive_count == 0) continue;
    --record.receive_count;
    record.hidden_until = delivery.hidden_before;
    put(record, decision);
  }
  serve(decision);
}

// ---- purge and the end of the queue

void StandardQueue::purge(const Ticket& ticket, Decision& decision) {
  const TallyRecord fresh = fresh_.tally();
  const TallyRecord later = later_.tally();
  // No message that is waiting is due later than this, and none that is still to be sent is due earlier.
  const Time due_max = decision.now + kDelayMax;

  QueueRecord record = record_;
  record.generation = record.generation.next();
  record.purged = decision.now;
  put(std::move(record), decision);

  TallyRecord tally = fresh;
  tally.cursor = fresh.high;
  tally.passed = decision.now;
  put(tally, decision);
  tally = later;
  tally.cursor_due = std::max(later.cursor_due, decision.now);
  tally.cursor = later.high;
  tally.waiting = 0;
  put(tally, decision);

  change(EraseRange{FreshKey{address(), kFirstLane, {}}, FreshKey{address(), kFirstLane, fresh.high}},
         decision);
  change(EraseRange{LaterKey{address(), kEpoch, {}}, LaterKey{address(), due_max + Milliseconds{1}, {}}},
         decision);
  change(EraseRange{TouchedKey{address(), kFirstLane, {}}, TouchedKey{address(), kLaterLane, later.high}},
         decision);
  change(EraseRange{DelayedKey{address(), 0}, DelayedKey{address(), LaterLane::second_of(due_max) + 1}},
         decision);
  fresh_.abandon_page();
  later_.abandon_page();
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
  change(Erase{fresh_.tally().key}, decision);
  change(Erase{later_.tally().key}, decision);
  for (const auto& receiver : share_.receivers.take_all(line_)) {
    decision.reply(receiver.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
  }
}

// ---- time

void StandardQueue::expire(Decision& decision) {
  const Seconds retention = record_.attributes.retention;
  fresh_.search_if_unknown(decision.now, retention);
  if (const auto cut = fresh_.decide_cut(decision.now, retention)) {
    const Sequence from = fresh_.tally().cursor;
    const Sequence to = cut->cursor;
    put(*cut, decision);
    change(EraseRange{FreshKey{address(), kFirstLane, from}, FreshKey{address(), kFirstLane, to}}, decision);
  }
  expire_later(decision);
}

void StandardQueue::expire_later(Decision& decision) {
  for (int left = kExpiredChunk; left > 0; --left) {
    const LaterLane::Entry* front = later_.front();
    if (front == nullptr || !expired(front->head.sent, decision.now)) return;
    const LaterKey key{address(), front->due, front->sequence};
    TallyRecord tally = later_.tally();
    tally.cursor_due = key.due;
    tally.cursor = key.sequence.next();
    --tally.waiting;
    put(tally, decision);
    change(Erase{key}, decision);
  }
}

void StandardQueue::expire_touched(Decision& decision) {
  for (int left = kExpiredChunk; left > 0 && expired_oldest(decision.now); --left) {
    erase_message(*touched_.oldest(address()), decision);
  }
}

bool StandardQueue::expired_oldest(Time now) const {
  return touched_.size() != 0 && expired(touched_.oldest_enqueued(), now);
}

void StandardQueue::tick(Decision& decision) {
  expire(decision);
  expire_touched(decision);
  serve_and_answer_overdue(decision);
  want_pages(decision);
}

Time StandardQueue::next_deadline(Time now) const {
  const Seconds retention = record_.attributes.retention;
  Time deadline = std::min(fresh_.next_expiry(retention), later_.next_expiry(now, retention));
  if (touched_.size() != 0) deadline = std::min(deadline, touched_.oldest_enqueued() + retention);
  deadline = std::min(deadline, later_.next_due(now));
  if (!line_.empty()) deadline = std::min(deadline, touched_.next_visible());
  return deadline;
}

// ---- view

QueueCounts StandardQueue::counts(Time now) {
  touched_.settle(now);
  const std::uint64_t delayed = later_.delayed_count(now);
  return {.visible = fresh_.count() + touched_.visible_count() + later_.count() - delayed,
          .not_visible = touched_.hidden_count(),
          .delayed = delayed};
}

void StandardQueue::evict_windows() {
  fresh_.evict();
  later_.evict();
}

}  // namespace penstock
