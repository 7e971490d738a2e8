// StandardQueue: as an outbox (broker/outboxes.h), whose one consumer is the daemon.
#include <utility>
#include <vector>

#include "base/require.h"
#include "broker/standard_queue.h"

namespace penstock {

std::vector<Delivery> StandardQueue::take_out(std::uint32_t messages_max, Seconds lease, Decision& decision) {
  recently_used_ = true;
  return take(messages_max, lease, decision);
}

Time StandardQueue::next_retry() const { return touched_.next_visible(); }

bool StandardQueue::holds(const ReceiptHandle& handle) const {
  const auto found = find(handle);
  // Of an attempt that is not the latest nothing is told any more.
  return found && *found && (*found)->receive_count == handle.attempt &&
         (*found)->last_received == handle.received;
}

void StandardQueue::finish(const ReceiptHandle& handle, Decision& decision) {
  erase_message(**find(handle), decision);
}

void StandardQueue::put_back(const ReceiptHandle& handle, Time until, bool counts, Decision& decision) {
  TouchedRecord record = **find(handle);
  record.hidden_until = until;
  if (!counts && record.receive_count > 0) --record.receive_count;
  put(record, decision);
}

void StandardQueue::move_out(const ReceiptHandle& handle, Queue& target, Decision& decision) {
  const TouchedRecord record = **find(handle);
  target.accept({.from = body_of(record),
                 .head = {MessageId::draw(decision.random), decision.now},
                 .keeps_id = false,
                 .dead_letter = {},
                 .deduplication_id = {},
                 .bytes_max = MoveAllowance::kUnknownBytes},
                decision);
  erase_message(record, decision);
}

void StandardQueue::release_leases(Seconds lease, Decision& decision) {
  std::vector<TouchedRecord> leased;
  touched_.each(address(), [&](const TouchedRecord& record) {
    const bool is_lease = record.hidden_until == record.last_received + lease;
    if (is_lease && record.hidden_until > decision.now) leased.push_back(record);
  });
  for (TouchedRecord& record : leased) {
    record.hidden_until = decision.now;
    put(record, decision);
  }
}

}  // namespace penstock
