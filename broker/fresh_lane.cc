#include "broker/fresh_lane.h"

#include <algorithm>

#include "base/require.h"

namespace penstock {
namespace {

// A refill is asked for when fewer messages than this are left in the window.
constexpr std::size_t kWindowLow = 250;

// A content is charged at least this much, so that empty ones are bounded too.
constexpr std::size_t kEntryBytes = 64;

bool expired(Time enqueued, Time now, Seconds retention) { return enqueued + retention <= now; }

}  // namespace

FreshLane::FreshLane(QueueAddress queue, Lane lane, WindowBudget& budget) : budget_(budget) {
  tally_.key = {queue, lane};
}

FreshLane::~FreshLane() { clear_window(); }

void FreshLane::put(const TallyRecord& tally) {
  require(tally.cursor >= tally_.cursor && tally.high >= tally_.high && tally.cursor <= tally.high,
          "a lane's cursor and high never go back, and the cursor stays at or below high");
  while (!window_.empty() && tally_.cursor < tally.cursor) {
    pop_front();
    tally_.cursor = tally_.cursor.next();
  }
  tally_ = tally;
  head_not_before_ = std::max(head_not_before_, tally.passed);
  if (!window_.empty()) head_not_before_ = std::max(head_not_before_, window_.front().head.sent);
  if (search_ && search_->from <= tally_.cursor) search_.reset();
}

void FreshLane::put(const FreshRecord& record) {
  if (record.key.sequence != window_end()) return;
  const std::size_t bytes = kEntryBytes + memory_bytes(*record.content);
  if (!budget_.admits(window_bytes_, bytes)) {
    refused_ = true;
    return;
  }
  if (window_.empty()) head_not_before_ = std::max(head_not_before_, record.head.sent);
  window_.push_back({record.head, record.content, bytes});
  window_bytes_ += bytes;
  budget_.add(bytes);
}

std::optional<FreshRange> FreshLane::decide_page() const {
  if (wanted_) return std::nullopt;
  if (search_) {
    if (search_->from == search_->to) return std::nullopt;
    const Sequence middle{search_->from.value + (search_->to.value - search_->from.value) / 2};
    return FreshRange{tally_.key.lane, middle, middle.next()};
  }
  if (!cold() || !runs_low()) return std::nullopt;
  return FreshRange{tally_.key.lane, window_end(), tally_.high};
}

std::optional<TallyRecord> FreshLane::decide_cut(Time now, Seconds retention) const {
  TallyRecord cut = tally_;
  if (search_) {
    if (search_->from != search_->to || search_->from == tally_.cursor) return std::nullopt;
    cut.cursor = search_->from;
    cut.passed = std::max(cut.passed, search_->passed);
    return cut;
  }
  const auto alive = first_alive(now, retention);
  if (alive == window_.begin() || (alive == window_.end() && cold())) return std::nullopt;
  cut.cursor = Sequence{tally_.cursor.value + static_cast<std::uint64_t>(alive - window_.begin())};
  cut.passed = std::max(cut.passed, std::prev(alive)->head.sent);
  return cut;
}

void FreshLane::search_if_unknown(Time now, Seconds retention) {
  if (search_ || wanted_ || !cold()) return;
  if (window_.empty()) {
    if (!expired(head_not_before_, now, retention)) return;
    search_ = Search{tally_.cursor, tally_.high, tally_.passed};
  } else if (first_alive(now, retention) == window_.end()) {
    search_ = Search{window_end(), tally_.high, window_.back().head.sent};
  }
}

const FreshLane::Entry* FreshLane::next(Time now, Seconds retention) const {
  if (window_.empty() || expired(window_.front().head.sent, now, retention)) return nullptr;
  return &window_.front();
}

std::deque<FreshLane::Entry>::const_iterator FreshLane::first_alive(Time now, Seconds retention) const {
  if (window_.empty() || !expired(window_.front().head.sent, now, retention)) return window_.begin();
  return std::partition_point(window_.begin(), window_.end(),
                              [&](const Entry& entry) { return expired(entry.head.sent, now, retention); });
}

Time FreshLane::next_expiry(Seconds retention) const {
  if (wanted_ || count() == 0) return kNever;
  return (window_.empty() ? head_not_before_ : window_.front().head.sent) + retention;
}

void FreshLane::supplied(const std::vector<Record>& records, Time now, Seconds retention) {
  require(wanted_.has_value(), "a page is supplied only to a lane that wanted one");
  const FreshRange range = *wanted_;
  wanted_.reset();
  if (!search_) return;
  const auto* record = records.empty() ? nullptr : std::get_if<FreshRecord>(&records.front());
  require(record != nullptr && record->key.sequence == range.from, "a lane is dense from its cursor up");
  if (expired(record->head.sent, now, retention)) {
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

void FreshLane::evict() { clear_window(); }

bool FreshLane::runs_low() const {
  return window_.empty() ||
         (window_.size() < kWindowLow && !refused_ && budget_.worth_refilling(window_bytes_));
}

void FreshLane::clear_window() {
  while (!window_.empty()) pop_front();
}

void FreshLane::pop_front() {
  window_bytes_ -= window_.front().bytes;
  budget_.subtract(window_.front().bytes);
  window_.pop_front();
  refused_ = false;
}

}  // namespace penstock
