#include "storage/queue_facts.h"

#include <algorithm>

#include "storage/facts_examination.h"

namespace penstock {
namespace {

constexpr Seconds kDelayMax{900};
constexpr std::uint16_t kGivenFirst = 64;
constexpr std::uint16_t kGivenEnd = 512;
constexpr const char* kRestore = "restore the newest sound backup";
constexpr const char* kReport = "restore the newest sound backup, and report it: this should not come about";

std::int64_t second_of(Time time) { return epoch_milliseconds(time) / 1000; }

// Two sets of (sequence, time) with the same sum and size are the same, but for one chance in 2^64.
std::uint64_t mixed(Sequence sequence, Time time) {
  std::uint64_t x =
      sequence.value * 0x9e3779b97f4a7c15U ^ static_cast<std::uint64_t>(epoch_milliseconds(time));
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

}  // namespace

QueueFacts::QueueFacts(const QueueRecord& queue, Time now) : queue_(queue), now_(now) {}

QueueFacts::LaneFacts& QueueFacts::lane(Lane number) { return lanes_[number]; }

QueueFacts::Touched* QueueFacts::touched(LaneFacts& lane, Sequence sequence) {
  const auto found =
      std::lower_bound(lane.touched.begin(), lane.touched.end(), sequence,
                       [](const Touched& one, Sequence other) { return one.sequence < other; });
  return found == lane.touched.end() || found->sequence != sequence ? nullptr : &*found;
}

void QueueFacts::add(const Record& record) {
  const bool fifo = queue_.attributes.fifo;
  if (const auto* tally = std::get_if<TallyRecord>(&record)) {
    lane(tally->key.lane).tally = *tally;
    if (fifo && tally->key.lane != kFirstLane) ++alien_;
  } else if (const auto* delayed = std::get_if<DelayedRecord>(&record)) {
    counted_[delayed->key.second] = delayed->count;
  } else if (const auto* touched = std::get_if<TouchedRecord>(&record)) {
    lane(touched->key.lane).touched.push_back({touched->key.sequence, touched->due, false});
  } else if (const auto* fresh = std::get_if<FreshRecord>(&record); fresh && !fifo) {
    add_fresh(*fresh);
  } else if (const auto* later = std::get_if<LaterRecord>(&record); later && !fifo) {
    add_later(*later);
  } else if (const auto* body = std::get_if<FifoRecord>(&record); body && fifo) {
    add_fifo(*body);
  } else if (const auto* expiry = std::get_if<ExpiryRecord>(&record); expiry && !fifo) {
    ++expiries_;
    expiry_sum_ += mixed(expiry->key.sequence, expiry->key.enqueued);
  } else if (const auto* given = std::get_if<LaneOfRecord>(&record); given && !fifo) {
    const bool may_be = given->lane.value >= kGivenFirst && given->lane.value < kGivenEnd;
    if (!may_be || !given_.emplace(given->lane, given->key.group).second) ++lanes_shared_;
  } else if (std::holds_alternative<DedupRecord>(record) || std::holds_alternative<AttemptRecord>(record)) {
    if (!fifo) ++alien_;
  } else if (!std::holds_alternative<MoveTaskRecord>(record)) {
    ++alien_;
  }
}

void QueueFacts::add_fresh(const FreshRecord& record) {
  const Sequence sequence = record.key.sequence;
  LaneFacts& facts = lane(record.key.lane);
  Touched* const state = touched(facts, sequence);
  if (state != nullptr) state->has_body = true;
  if (sequence >= facts.tally.high) {
    ++facts.beyond;
  } else if (record.key.lane == kMovedLane && state == nullptr) {
    ++facts.waiting;
    moved_sum_ += mixed(sequence, record.head.sent);
    if (sequence < facts.tally.cursor) ++facts.left_behind;
  } else if (record.key.lane != kMovedLane && sequence >= facts.tally.cursor) {
    ++facts.waiting;
    if (state != nullptr) ++facts.misplaced;  // received, and still to be received
  } else if (state == nullptr) {
    ++facts.left_behind;
  }
}

void QueueFacts::add_later(const LaterRecord& record) {
  LaneFacts& facts = lane(kLaterLane);
  Touched* const state = touched(facts, record.key.sequence);
  const TallyRecord& tally = facts.tally;
  ++seen_[second_of(record.key.due)];
  if (state != nullptr && state->due == record.key.due) state->has_body = true;
  if (record.key.sequence >= tally.high) {
    ++facts.beyond;
  } else if (std::pair(record.key.due, record.key.sequence) >= std::pair(tally.cursor_due, tally.cursor)) {
    ++facts.waiting;
    if (state != nullptr) ++facts.misplaced;
  } else if (state == nullptr) {
    ++facts.left_behind;
  }
}

void QueueFacts::add_fifo(const FifoRecord& record) {
  LaneFacts& facts = lane(kFirstLane);
  if (Touched* const state = touched(facts, record.key.sequence)) state->has_body = true;
  ++seen_[second_of(record.head.sent)];
  if (record.key.sequence >= facts.tally.high) {
    ++facts.beyond;
  } else {
    ++facts.waiting;
    if (record.key.sequence < facts.tally.cursor) ++facts.left_behind;
  }
}

void QueueFacts::finish(const SayFinding& say) {
  const bool fifo = queue_.attributes.fifo;
  for (const auto& [number, facts] : lanes_) finish(number, facts, say);
  const std::string place = penstock::place_of(queue_);
  if (alien_ > 0) {
    say({Finding::Grade::kDamage, place,
         std::to_string(alien_) + " records of a kind that a " + (fifo ? "FIFO" : "standard") +
             " queue does not have",
         kReport});
  }
  if (lanes_shared_ > 0) {
    say({Finding::Grade::kDamage, place,
         std::to_string(lanes_shared_) + " message groups have a lane that is another's or nobody's",
         kReport});
  }
  const auto moved = lanes_.find(kMovedLane);
  const std::uint64_t waiting = moved == lanes_.end() ? 0 : moved->second.waiting;
  if (expiries_ != waiting || expiry_sum_ != moved_sum_) {
    say({Finding::Grade::kDamage, place,
         std::to_string(waiting) + " dead letters that were never received have " +
             std::to_string(expiries_) + " records of when they expire, or such of others",
         kRestore});
  }
  // Of a FIFO queue those of the last 900 seconds; of a standard one those that are still to come.
  const std::int64_t from = fifo ? second_of(now_ - kDelayMax) : second_of(now_) + 1;
  std::uint64_t uncounted = 0;
  for (auto seen = seen_.lower_bound(from); seen != seen_.end(); ++seen) {
    const auto counted = counted_.find(seen->first);
    const std::uint64_t count = counted == counted_.end() ? 0 : counted->second;
    if (count < seen->second) uncounted += seen->second - count;
  }
  if (uncounted > 0) {
    say({Finding::Grade::kDamage, place,
         std::to_string(uncounted) + " messages are not counted in the second of their " +
             (fifo ? "sending" : "delay's end"),
         kRestore});
  }
}

void QueueFacts::finish(Lane number, const LaneFacts& facts, const SayFinding& say) const {
  const TallyRecord& tally = facts.tally;
  const auto found = [&](std::uint64_t count, const std::string& what) {
    if (count > 0)
      say({Finding::Grade::kDamage, place_of(number), std::to_string(count) + " " + what, kRestore});
  };
  const bool counted = queue_.attributes.fifo || number == kMovedLane || number == kLaterLane;
  if (!queue_.attributes.fifo && number != kLaterLane && tally.cursor > tally.high) {
    found(1, "tally whose cursor is behind its end");
    return;
  }
  const std::uint64_t expected = counted ? tally.waiting : tally.high.value - tally.cursor.value;
  if (facts.waiting < expected)
    found(expected - facts.waiting, "messages are gone: their bodies are missing");
  if (facts.waiting > expected) found(facts.waiting - expected, "messages more than its tally counts");
  found(facts.left_behind,
        "bodies that no record of a received message belongs to: they would never be delivered");
  found(facts.beyond, "bodies with a sequence that was not given out yet");
  found(facts.misplaced, "messages count as received and as never received");
  found(static_cast<std::uint64_t>(std::count_if(facts.touched.begin(), facts.touched.end(),
                                                 [](const Touched& one) { return !one.has_body; })),
        "received messages whose bodies are missing");
}

std::string QueueFacts::place_of(Lane number) const {
  std::string place = penstock::place_of(queue_);
  if (queue_.attributes.fifo || number == kFirstLane) return place;
  if (number == kMovedLane) return place + ", dead letters";
  if (number == kLaterLane) return place + ", delayed messages";
  return place + ", lane " + std::to_string(number.value);
}

}  // namespace penstock
