#include "broker/peeks.h"

#include <algorithm>
#include <utility>

namespace penstock {
namespace {

Error wrong_token() {
  return {ErrorCode::kInvalidParameterValue,
          "The token is not one that this queue gave out. Begin again without it."};
}

// Behind that body, in the same stage.
PeekPosition behind(const Record& body, const PeekStretch& stretch) {
  if (const auto* asked = std::get_if<BodiesAsked>(&stretch.range)) {
    const Key key = std::visit([](const auto& record) -> Key { return Key{record.key}; }, body);
    for (std::size_t at = 0; at < asked->keys.size(); ++at) {
      const bool same = std::visit([&key](const auto& own) { return Key{own} == key; }, asked->keys[at]);
      if (same) return {.stage = PeekStage::kTouched, .number = stretch.places[at] + 1};
    }
    return stretch.beyond;
  }
  if (const auto* later = std::get_if<LaterRecord>(&body)) {
    return {.stage = PeekStage::kLater, .due = later->key.due, .number = later->key.sequence.next().value};
  }
  if (const auto* fifo = std::get_if<FifoRecord>(&body)) {
    return {.stage = PeekStage::kFifo, .number = fifo->key.sequence.next().value};
  }
  const auto* fresh = std::get_if<FreshRecord>(&body);
  if (fresh == nullptr) return stretch.beyond;
  return {
      .stage = stretch.beyond.stage, .lane = stretch.beyond.lane, .number = fresh->key.sequence.next().value};
}

}  // namespace

void Peeks::begin(const Queue& queue, const Ticket& ticket, const Peek& asked, Decision& decision) {
  if (under_way_.size() >= kUnderWayMax) {
    decision.reply(ticket, Error{ErrorCode::kServiceUnavailable, {}});
    return;
  }
  if (asked.from && asked.from->queue != queue.address().id) {
    decision.reply(ticket, wrong_token());
    return;
  }
  UnderWay peek;
  peek.ticket = ticket;
  peek.asked = asked;
  peek.seen.queue = queue.address();
  if (asked.from) peek.position = asked.from->position;
  const std::uint64_t number = ++last_;
  under_way_.emplace(number, std::move(peek));
  go_on(number, queue, decision);
}

void Peeks::go_on(std::uint64_t number, const Queue& queue, Decision& decision) {
  UnderWay& peek = under_way_.at(number);
  const std::size_t seen = peek.seen.messages.size();
  auto stretch =
      queue.next_stretch(peek.position, peek.asked.states, peek.asked.messages_max - seen, decision.now);
  const bool enough = seen >= peek.asked.messages_max || peek.pages >= PeekBounds::kPagesMax ||
                      peek.records >= PeekBounds::kRecordsMax || peek.bytes >= PeekBounds::kBytesMax;
  if (!stretch || enough) {
    if (stretch) peek.seen.next = peek.position;
    decision.reply(peek.ticket, std::move(peek.seen));
    under_way_.erase(number);
    return;
  }
  peek.stretch = *std::move(stretch);
  ++peek.pages;
  PageWant want{.queue = queue.address(), .generation = queue.record().generation, .range = {}};
  std::visit([&want](const auto& range) { want.range = range; }, peek.stretch.range);
  want.records_max = std::min<std::size_t>(peek.asked.messages_max - seen, PeekBounds::kMessagesMax);
  want.bytes_max = PeekBounds::kBytesMax - peek.bytes;
  want.peek = number;
  decision.outcome.wants.push_back(std::move(want));
}

void Peeks::supply(const Queue* queue, const Page& page, Decision& decision) {
  const auto found = under_way_.find(page.want.peek);
  if (found == under_way_.end()) return;
  UnderWay& peek = found->second;
  if (queue == nullptr) {
    decision.reply(peek.ticket, Error{ErrorCode::kQueueDoesNotExist, {}});
    under_way_.erase(found);
    return;
  }
  take(peek, *queue, page, decision.now);
  go_on(found->first, *queue, decision);
}

void Peeks::take(UnderWay& peek, const Queue& queue, const Page& page, Time now) {
  for (const Record& record : page.records) {
    ++peek.records;
    std::optional<PeekedMessage> sight = queue.sight_of(record, now);
    if (!sight) continue;
    peek.bytes += memory_bytes(*sight->content);
    if (peek.asked.states.contain(sight->state)) peek.seen.messages.push_back(*std::move(sight));
  }
  // A page that is short without a record says that there was none.
  const bool whole = page.complete || page.records.empty();
  peek.position = whole ? peek.stretch.beyond : behind(page.records.back(), peek.stretch);
}

}  // namespace penstock
