#include "broker/resets.h"

#include <utility>

namespace penstock {

void Resets::begin(const Ticket& ticket, const Reset& reset, Decision& decision) {
  if (waiting_.size() >= kWaitingMax) {
    decision.reply(ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return;
  }
  waiting_.push_back({.ticket = ticket,
                      .topics = surroundings_.topics_of(reset),
                      .queues = surroundings_.queues_of(reset),
                      .names = surroundings_.deleted_names_of(reset),
                      .mobile = surroundings_.mobile_of(reset),
                      .done = {}});
  go_on(decision);
}

// Topics go first, so that nothing is delivered to queues that are about to go.
void Resets::go_on(Decision& decision) {
  std::size_t left = kChunk;
  while (left > 0 && !waiting_.empty()) {
    Waiting& reset = waiting_.front();
    for (; left > 0 && !reset.topics.empty(); --left) {
      if (surroundings_.erase_topic(reset.topics.back(), decision)) ++reset.done.topics;
      reset.topics.pop_back();
    }
    for (; left > 0 && !reset.queues.empty(); --left) {
      if (surroundings_.erase_queue(reset.queues.back(), decision)) ++reset.done.queues;
      reset.queues.pop_back();
    }
    for (; left > 0 && !reset.names.empty(); --left) {
      surroundings_.erase_deleted_name(reset.names.back(), decision);
      reset.names.pop_back();
    }
    for (; left > 0 && !reset.mobile.empty(); --left) {
      surroundings_.erase_mobile(reset.mobile.back(), decision);
      reset.mobile.pop_back();
    }
    if (!reset.topics.empty() || !reset.queues.empty() || !reset.names.empty() || !reset.mobile.empty())
      return;
    decision.reply(reset.ticket, reset.done);
    waiting_.pop_front();
  }
}

}  // namespace penstock
