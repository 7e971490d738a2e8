// StandardQueue: what it shows to those who only look (broker/peek.h).
//
// What was received is read body by body, since the set of touched messages knows where each lies; what was
// not lies from the cursors on, dense or nearly so, and is read by ranges.
#include <algorithm>
#include <utility>

#include "broker/standard_queue.h"

namespace penstock {
namespace {

MessageState state_of(const TouchedRecord& record, Time now) {
  return record.hidden_until > now ? MessageState::kInFlight : MessageState::kVisible;
}

}  // namespace

std::optional<PeekStretch> StandardQueue::next_stretch(const PeekPosition& from, const PeekStates& states,
                                                       std::size_t messages_max, Time now) const {
  PeekPosition at = from;
  if (at.stage == PeekStage::kTouched) {
    BodiesAsked asked;
    std::vector<std::uint64_t> places;
    const auto beyond = touched_.scan(
        address(), at.number, PeekBounds::kPlacesMax, [&](std::uint64_t place, const auto& record) {
          if (asked.keys.size() == messages_max) return false;
          if (states.contain(state_of(record, now)) && !ended(record.enqueued, now)) {
            asked.keys.push_back(body_of(record));
            places.push_back(place);
          }
          return true;
        });
    const PeekPosition next = beyond ? PeekPosition{.stage = PeekStage::kTouched, .number = *beyond}
                                     : PeekPosition{.stage = PeekStage::kFresh};
    if (beyond || !asked.keys.empty()) return PeekStretch{std::move(asked), std::move(places), next};
    at = next;
  }
  if (at.stage == PeekStage::kFresh) {
    std::optional<FreshRange> range;
    if (states.visible) {
      lanes_.each([&](const FreshLane& lane) {
        const TallyRecord& tally = lane.tally();
        if (range || tally.key.lane < at.lane) return;
        const Sequence begin =
            tally.key.lane == at.lane ? std::max(tally.cursor, Sequence{at.number}) : tally.cursor;
        if (begin < tally.high) range = FreshRange{tally.key.lane, begin, tally.high};
      });
    }
    if (range) {
      return PeekStretch{
          *range, {}, {.stage = PeekStage::kFresh, .lane = range->lane, .number = range->to.value}};
    }
    at = {.stage = PeekStage::kMoved};
  }
  if (at.stage == PeekStage::kMoved) {
    const TallyRecord& tally = moved_.tally();
    const Sequence begin = std::max(tally.cursor, Sequence{at.number});
    if (states.visible && moved_.count() != 0 && begin < tally.high) {
      const Sequence end{std::min(tally.high.value, begin.value + PeekBounds::kSparseSpan)};
      return PeekStretch{
          FreshRange{kMovedLane, begin, end}, {}, {.stage = PeekStage::kMoved, .number = end.value}};
    }
    at = {.stage = PeekStage::kLater};
  }
  // One range alone, since its end would move on with time.
  if (at.stage != PeekStage::kLater || at.due == kNever || later_.count() == 0) return std::nullopt;
  if (!states.visible && !states.delayed) return std::nullopt;
  const TallyRecord& tally = later_.tally();
  std::pair begin =
      std::max(std::pair{tally.cursor_due, tally.cursor}, std::pair{at.due, Sequence{at.number}});
  if (!states.visible) begin = std::max(begin, std::pair{now + Milliseconds{1}, Sequence{}});
  const Time through = states.delayed ? kNever : now;
  if (begin.first > through) return std::nullopt;
  return PeekStretch{
      LaterRange{begin.first, begin.second, through}, {}, {.stage = PeekStage::kLater, .due = kNever}};
}

std::optional<PeekedMessage> StandardQueue::sight_of(const Record& body, Time now) const {
  PeekedMessage seen;
  const auto* fresh = std::get_if<FreshRecord>(&body);
  const auto* later = std::get_if<LaterRecord>(&body);
  if (fresh == nullptr && later == nullptr) return std::nullopt;
  seen.head = fresh != nullptr ? fresh->head : later->head;
  seen.content = fresh != nullptr ? fresh->content : later->content;
  const Lane lane = fresh != nullptr ? fresh->key.lane : kLaterLane;
  const Sequence sequence = fresh != nullptr ? fresh->key.sequence : later->key.sequence;
  if (ended(seen.head.sent, now)) return std::nullopt;
  if (const auto record = touched_.find(address(), lane, sequence)) {
    seen.state = state_of(*record, now);
    seen.visible_at = record->hidden_until;
    seen.receive_count = record->receive_count;
    if (record->receive_count != 0) seen.first_received = record->first_received;
    return seen;
  }
  // Nobody has received it, unless it is gone since the page was read.
  if (later != nullptr) {
    const TallyRecord& tally = later_.tally();
    if (std::pair{later->key.due, sequence} < std::pair{tally.cursor_due, tally.cursor}) return std::nullopt;
    seen.state = later->key.due > now ? MessageState::kDelayed : MessageState::kVisible;
    seen.visible_at = later->key.due;
    return seen;
  }
  const FreshLane* const own = lane == kMovedLane ? nullptr : lanes_.find(lane);
  if (lane != kMovedLane && own == nullptr) return std::nullopt;
  const TallyRecord& tally = own != nullptr ? own->tally() : moved_.tally();
  if (sequence < tally.cursor) return std::nullopt;
  seen.state = MessageState::kVisible;
  seen.visible_at = seen.head.sent;
  if (lane == kMovedLane) seen.receive_count = seen.content->dead_letter.receive_count;
  return seen;
}

}  // namespace penstock
