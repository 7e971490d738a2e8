// FifoQueue: what comes into it from other queues, and what it lets go to them.
#include <algorithm>
#include <utility>
#include <vector>

#include "broker/fifo_queue.h"

namespace penstock {

// Whatever it was before, it is the newest here. Its deduplication id is remembered nowhere: that of a dead
// letter is its own message id, which no other message has.
void FifoQueue::accept(const Arrival& arrival, Decision& decision) {
  TallyRecord tally = tally_;
  change(Copy{.from = arrival.from,
              .to = FifoKey{address(), tally.high},
              .head = {arrival.head.id, decision.now},
              .keeps_id = arrival.keeps_id,
              .dead_letter = arrival.dead_letter,
              .deduplication_id = arrival.deduplication_id,
              .bytes_max = arrival.bytes_max},
         decision);
  if (tally.waiting == 0) tally.passed = decision.now;
  ++tally.waiting;
  tally.high = tally.high.next();
  put(tally, decision);
  count_sent(decision.now, +1, decision);
  share_.woken.insert(address().id);
}

// A moved one may uncover another behind it; so until none of what the receive would get is exhausted.
void FifoQueue::move_exhausted(Queue& target, std::size_t messages_max, Decision& decision) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const FifoWindow::Message& message : window_.peek(messages_max)) {
      const std::optional<TouchedRecord> record = touched_.find(address(), kFirstLane, message.sequence);
      if (!record || !exhausted(record->receive_count)) continue;
      const std::size_t bytes = bytes_max(message.content);
      if (!decision.moves.admits(bytes)) {
        moves_left_ = true;
        share_.woken.insert(address().id);
        return;
      }
      decision.moves.spend(bytes);
      target.accept({.from = FifoKey{address(), message.sequence},
                     .head = message.head,
                     .keeps_id = true,
                     .dead_letter = {arn(), record->receive_count},
                     .deduplication_id = message.head.id.text(),
                     .bytes_max = bytes},
                    decision);
      erase_message(message.sequence, message.head.sent, decision);
      moved = true;
    }
  }
}

std::optional<Departure> FifoQueue::next_departure(Decision& decision) {
  expire(decision);
  window_.settle(decision.now);
  const std::optional<FifoWindow::Message> message = window_.first_ready();
  if (!message) {
    want_page(decision);
    return std::nullopt;
  }
  return Departure{.body = FifoKey{address(), message->sequence},
                   .content = message->content,
                   .may_be_dead_letter = true,
                   .touched = {},
                   .head = message->head};
}

void FifoQueue::let_go(const Departure& departure, Decision& decision) {
  erase_message(std::get<FifoKey>(departure.body).sequence, departure.head.sent, decision);
}

}  // namespace penstock
