// FifoQueue: what a receipt handle names, and acting on it.
#include <algorithm>
#include <utility>

#include "broker/fifo_queue.h"
#include "broker/refusals.h"

namespace penstock {

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
  count_sent(sent, -1, decision);
}

Result<Done> FifoQueue::decide(const Delete& request, Decision& decision) {
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

Result<Done> FifoQueue::decide(const ChangeVisibility& request, Decision& decision) {
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

}  // namespace penstock
