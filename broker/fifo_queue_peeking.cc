// FifoQueue: what it shows to those who only look (broker/peek.h), in the order of its sequences.
#include <algorithm>

#include "broker/fifo_queue.h"

namespace penstock {

std::optional<PeekStretch> FifoQueue::next_stretch(const PeekPosition& from, const PeekStates&, std::size_t,
                                                   Time) const {
  const std::uint64_t asked = from.stage == PeekStage::kFifo ? from.number : 0;
  const Sequence begin = std::max(tally_.cursor, Sequence{asked});
  if (tally_.waiting == 0 || begin >= tally_.high) return std::nullopt;
  const Sequence end{std::min(tally_.high.value, begin.value + PeekBounds::kSparseSpan)};
  return PeekStretch{FifoRange{begin, end}, {}, {.stage = PeekStage::kFifo, .number = end.value}};
}

std::optional<PeekedMessage> FifoQueue::sight_of(const Record& body, Time now) const {
  const auto* fifo = std::get_if<FifoRecord>(&body);
  if (fifo == nullptr || fifo->key.sequence < tally_.cursor || ended(fifo->head.sent, now))
    return std::nullopt;
  PeekedMessage seen;
  seen.head = fifo->head;
  seen.content = fifo->content;
  seen.sequence = fifo->key.sequence;
  seen.visible_at = hidden_until(fifo->key.sequence, fifo->head.sent);
  seen.state = MessageState::kVisible;
  seen.receive_count = fifo->content->dead_letter.receive_count;
  if (const auto record = touched_.find(address(), kFirstLane, fifo->key.sequence)) {
    seen.receive_count = record->receive_count;
    if (record->receive_count != 0) seen.first_received = record->first_received;
    if (seen.visible_at > now) seen.state = MessageState::kInFlight;
  } else if (seen.visible_at > now) {
    seen.state = MessageState::kDelayed;
  }
  return seen;
}

}  // namespace penstock
