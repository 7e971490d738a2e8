// Queue: acting on receipt handles, alone or in a batch, and the receives that wait. The same for every kind of
// queue; what differs is what becomes of one request (decide), which messages a waiting receive gets (serve),
// and what it is told if there is none (answer_empty).
#include "broker/queue.h"

namespace penstock {

void Queue::remove(const Ticket& ticket, const Delete& request, Decision& decision) {
  act(ticket, request, decision);
}

void Queue::remove(const Ticket& ticket, const DeleteBatch& batch, Decision& decision) {
  act_on_each(ticket, batch, decision);
}

void Queue::change_visibility(const Ticket& ticket, const ChangeVisibility& request, Decision& decision) {
  act(ticket, request, decision);
}

void Queue::change_visibility(const Ticket& ticket, const ChangeVisibilityBatch& batch, Decision& decision) {
  act_on_each(ticket, batch, decision);
}

template <class Request>
void Queue::act(const Ticket& ticket, const Request& request, Decision& decision) {
  const Result<Done> done = decide(request, decision);
  if (!done) {
    decision.reply(ticket, done.error());
    return;
  }
  decision.reply(ticket, Done{});
  serve(decision);  // at the bound of touched messages it made room for another
}

template <class Batch>
void Queue::act_on_each(const Ticket& ticket, const Batch& batch, Decision& decision) {
  DoneBatch done;
  done.entries.reserve(batch.entries.size());
  for (const auto& entry : batch.entries) {
    done.entries.push_back(entry ? decide(*entry, decision) : tl::unexpected(entry.error()));
  }
  decision.reply(ticket, std::move(done));
  serve(decision);
}

bool Queue::unfinished() const { return waits_for_page() || moves_left_; }

void Queue::serve_and_answer_overdue(Decision& decision) {
  serve(decision);
  if (line_.empty() || unfinished()) return;
  for (const auto& receiver : share_.receivers.take_overdue(line_, decision.now)) {
    answer_empty(receiver, decision);
  }
}

void Queue::overdue(const WaitingReceivers::Receiver& receiver, Decision& decision) {
  serve(decision);
  if (share_.receivers.queue_of(receiver.ticket) == std::nullopt) return;  // served just now
  if (unfinished()) {
    share_.receivers.stop_clock(receiver.ticket);
  } else {
    forget(receiver.ticket);
    answer_empty(receiver, decision);
  }
}

}  // namespace penstock
