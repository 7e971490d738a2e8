#include "broker/later_lane.h"

#include <algorithm>

#include "base/require.h"

namespace penstock {

LaterLane::LaterLane(QueueAddress queue, WindowBudget& budget) : window_(budget) {
  tally_.key = {queue, kLaterLane};
}

void LaterLane::put(const TallyRecord& tally) {
  const Place to{tally.cursor_due, tally.cursor};
  require(to >= cursor() && tally.high >= tally_.high, "a lane's cursor and high never go back");
  while (!window_.empty() && Place{window_.front().due, window_.front().sequence} < to) window_.pop_front();
  if (tally.waiting == 0) window_.clear();
  covered_ = std::max(covered_, to);
  tally_ = tally;
  front_not_before_ = std::max({front_not_before_, tally.passed, tally.cursor_due});
}

void LaterLane::put(const DelayedRecord& record) { delayed_[record.key.second] = record.count; }

void LaterLane::put(const LaterRecord& record) {
  const Place place{record.key.due, record.key.sequence};
  if (!wanted_ || place < Place{wanted_->from_due, wanted_->from} || record.key.due > wanted_->through)
    return;
  if (place < covered_) return;
  if (!window_.admit({record.key.due, record.key.sequence, record.head, record.content})) {
    // What follows must not leave a gap behind: the rest of the page is cold again.
    wanted_->through = std::min(wanted_->through, record.key.due - Milliseconds{1});
    return;
  }
  covered_ = {record.key.due, record.key.sequence.next()};
}

void LaterLane::erase_delayed(const DelayedKey& from, const DelayedKey& to) {
  delayed_.erase(delayed_.lower_bound(from.second), delayed_.lower_bound(to.second));
}

std::uint64_t LaterLane::ahead_count(Time now) const {
  std::uint64_t count = 0;
  for (auto it = delayed_.upper_bound(second_of(now)); it != delayed_.end(); ++it) count += it->second;
  return count;
}

std::size_t LaterLane::window_index(Time due) const {
  const auto it = std::partition_point(window_.begin(), window_.end(),
                                       [due](const Entry& entry) { return entry.due <= due; });
  return static_cast<std::size_t>(it - window_.begin());
}

std::uint64_t LaterLane::delayed_count(Time now) const {
  const Time second_end = from_epoch_milliseconds(second_of(now) * 1000 + 999);
  return std::min(count(), ahead_count(now) + window_index(second_end) - window_index(now));
}

const LaterLane::Entry* LaterLane::next(Time now) const {
  if (window_.empty() || window_.front().due > now) return nullptr;
  return &window_.front();
}

bool LaterLane::lacks_due(Time now) const {
  if (count() <= window_.size()) return false;
  const Time second_end = from_epoch_milliseconds(second_of(now) * 1000 + 999);
  return count() > ahead_count(now) + window_index(second_end);
}

std::optional<LaterRange> LaterLane::decide_page(Time now) const {
  if (wanted_ || !window_.runs_low() || covered_.due > now || !lacks_due(now)) return std::nullopt;
  return LaterRange{covered_.due, covered_.sequence, now + kAhead};
}

Time LaterLane::next_due(Time now) const {
  Time due = kNever;
  const std::size_t index = window_index(now);
  if (index < window_.size()) due = window_[index].due;
  if (count() > window_.size()) {
    const auto second = delayed_.upper_bound(second_of(now));
    if (second != delayed_.end()) due = std::min(due, from_epoch_milliseconds(second->first * 1000));
    if (covered_.due > now && lacks_due(now)) due = std::min(due, covered_.due);
  }
  return due;
}

Time LaterLane::next_expiry(Time now, const Retention& retention) const {
  if (wanted_ || count() == 0) return kNever;
  if (!window_.empty()) return retention.end_of(window_.front().head.sent);
  // What is ahead is looked at when its second comes.
  return lacks_due(now) ? std::max(covered_.due, front_not_before_) + retention.period : kNever;
}

void LaterLane::supplied(const Page& page) {
  require(wanted_.has_value(), "a page is supplied only to a lane that wanted one");
  const Time asked = std::get<LaterRange>(page.want.range).through;
  const bool all_fitted = wanted_->through == asked;
  wanted_.reset();
  if (page.complete && all_fitted) covered_ = std::max(covered_, Place{asked + Milliseconds{1}, Sequence{}});
}

void LaterLane::evict() {
  if (wanted_) return;  // the page on its way continues this window
  if (!window_.empty()) front_not_before_ = std::max(front_not_before_, window_.front().due);
  window_.clear();
  covered_ = cursor();
}

}  // namespace penstock
