#include "broker/fresh_lane.h"

#include <algorithm>

#include "base/require.h"

namespace penstock {

FreshLane::FreshLane(QueueAddress queue, Lane lane, WindowBudget& budget) : window_(budget) {
  tally_.key = {queue, lane};
}

void FreshLane::put(const TallyRecord& tally) {
  require(tally.cursor >= tally_.cursor && tally.high >= tally_.high && tally.cursor <= tally.high,
          "a lane's cursor and high never go back, and the cursor stays at or below high");
  while (!window_.empty() && tally_.cursor < tally.cursor) {
    window_.pop_front();
    tally_.cursor = tally_.cursor.next();
  }
  tally_ = tally;
  head_not_before_ = std::max(head_not_before_, tally.passed);
  if (!window_.empty()) head_not_before_ = std::max(head_not_before_, window_.front().head.sent);
  if (search_ && search_->from <= tally_.cursor) search_.reset();
}

void FreshLane::put(const FreshRecord& record) {
  if (record.key.sequence != window_end()) return;
  const bool first = window_.empty();
  if (!window_.admit({record.head, record.content})) return;
  if (first) head_not_before_ = std::max(head_not_before_, record.head.sent);
}

std::optional<FreshRange> FreshLane::decide_page() const {
  if (wanted_) return std::nullopt;
  if (search_) {
    if (search_->from == search_->to) return std::nullopt;
    const Sequence middle{search_->from.value + (search_->to.value - search_->from.value) / 2};
    return FreshRange{tally_.key.lane, middle, middle.next()};
  }
  if (!cold() || !window_.runs_low()) return std::nullopt;
  return FreshRange{tally_.key.lane, window_end(), tally_.high};
}

std::optional<TallyRecord> FreshLane::decide_cut(Time now, const Retention& retention) const {
  TallyRecord cut = tally_;
  if (search_) {
    if (search_->from != search_->to || search_->from == tally_.cursor) return std::nullopt;
    cut.cursor = search_->from;
    cut.passed = std::max(cut.passed, search_->passed);
    return cut;
  }
  const std::size_t ended = ended_count(now, retention);
  if (ended == 0 || (ended == window_.size() && cold())) return std::nullopt;
  cut.cursor = Sequence{tally_.cursor.value + ended};
  cut.passed = std::max(cut.passed, window_[ended - 1].head.sent);
  return cut;
}

void FreshLane::search_if_unknown(Time now, const Retention& retention) {
  if (search_ || wanted_ || !cold()) return;
  if (window_.empty()) {
    if (!retention.has_ended(head_not_before_, now)) return;
    search_ = Search{tally_.cursor, tally_.high, tally_.passed};
  } else if (ended_count(now, retention) == window_.size()) {
    search_ = Search{window_end(), tally_.high, window_.back().head.sent};
  }
}

const FreshLane::Entry* FreshLane::next(Time now, const Retention& retention) const {
  if (window_.empty() || retention.has_ended(window_.front().head.sent, now)) return nullptr;
  return &window_.front();
}

std::size_t FreshLane::ended_count(Time now, const Retention& retention) const {
  if (window_.empty() || !retention.has_ended(window_.front().head.sent, now)) return 0;
  const auto alive = std::partition_point(window_.begin(), window_.end(), [&](const Entry& entry) {
    return retention.has_ended(entry.head.sent, now);
  });
  return static_cast<std::size_t>(alive - window_.begin());
}

Time FreshLane::next_expiry(const Retention& retention) const {
  if (wanted_ || count() == 0) return kNever;
  return retention.end_of(oldest_enqueued());
}

void FreshLane::supplied(const std::vector<Record>& records, Time now, const Retention& retention) {
  require(wanted_.has_value(), "a page is supplied only to a lane that wanted one");
  const FreshRange range = *wanted_;
  wanted_.reset();
  if (!search_) return;
  const auto* record = records.empty() ? nullptr : std::get_if<FreshRecord>(&records.front());
  require(record != nullptr && record->key.sequence == range.from, "a lane is dense from its cursor up");
  if (retention.has_ended(record->head.sent, now)) {
    search_->from = range.from.next();
    search_->passed = record->head.sent;
  } else {
    search_->to = range.from;
    if (range.from == tally_.cursor) head_not_before_ = std::max(head_not_before_, record->head.sent);
  }
  if (search_->from == search_->to && search_->from == tally_.cursor) search_.reset();
}

void FreshLane::abandon_page() {
  wanted_.reset();
  search_.reset();
}

void FreshLane::evict() { window_.clear(); }

}  // namespace penstock
