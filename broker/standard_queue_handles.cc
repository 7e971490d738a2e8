// StandardQueue: what a receipt handle names, and acting on it.
#include <algorithm>
#include <utility>

#include "broker/refusals.h"
#include "broker/standard_queue.h"

namespace penstock {

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

Result<Done> StandardQueue::decide(const Delete& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (*found) {
    const TouchedRecord& record = **found;
    const Time until = std::min(decision.now, record.hidden_until);
    if (until == decision.now) touched_.fairness().processed(record.group, record.last_received, until);
    erase_message(record, decision);
    ++counters_.deleted;
  }
  return Done{};
}

Result<Done> StandardQueue::decide(const ChangeVisibility& request, Decision& decision) {
  const auto found = find(request.handle);
  if (!found) return tl::unexpected(found.error());
  if (!*found || ended((*found)->enqueued, decision.now)) {
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

}  // namespace penstock
