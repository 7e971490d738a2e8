#include "broker/moved_lane.h"

#include <algorithm>

#include "base/require.h"

namespace penstock {

MovedLane::MovedLane(QueueAddress queue, WindowBudget& budget) : window_(budget) {
  tally_.key = {queue, kMovedLane};
}

void MovedLane::put(const TallyRecord& tally) {
  require(tally.cursor >= tally_.cursor && tally.high >= tally_.high && tally.cursor <= tally.high,
          "a lane's cursor and high never go back, and the cursor stays at or below high");
  tally_ = tally;
  while (!window_.empty() && window_.front().sequence < tally.cursor) {
    gone_.erase(window_.front().sequence.value);
    window_.pop_front();
  }
  if (covered_ < tally.cursor) {
    covered_ = tally.cursor;
    boost::unordered::erase_if(gone_, [&](std::uint64_t sequence) { return sequence < covered_.value; });
  }
  drop_gone_front();
}

void MovedLane::put(const FreshRecord& record) {
  const Sequence sequence = record.key.sequence;
  if (!wanted_ || page_cut_ || sequence < covered_ || sequence >= wanted_->to) return;
  if (!gone_.contains(sequence.value) && !window_.admit({sequence, record.head, record.content})) {
    page_cut_ = true;
    return;
  }
  gone_.erase(sequence.value);
  covered_ = sequence.next();
}

void MovedLane::erase(Sequence sequence) {
  if (sequence < tally_.cursor) return;
  if (sequence < covered_ || wanted_) gone_.insert(sequence.value);
  drop_gone_front();
}

void MovedLane::drop_gone_front() {
  while (!window_.empty() && gone_.erase(window_.front().sequence.value) != 0) window_.pop_front();
}

TallyRecord MovedLane::tally_with(Time enqueued) const {
  TallyRecord tally = tally_;
  tally.passed = tally.waiting == 0 ? enqueued : std::min(tally.passed, enqueued);
  tally.high = tally.high.next();
  ++tally.waiting;
  return tally;
}

TallyRecord MovedLane::tally_without_front() const {
  TallyRecord tally = tally_;
  tally.cursor = window_.front().sequence.next();
  --tally.waiting;
  if (tally.waiting == 0) tally.cursor = tally.high;
  return tally;
}

TallyRecord MovedLane::tally_after_expiry(std::uint64_t gone, Time oldest) const {
  TallyRecord tally = tally_;
  require(gone <= tally.waiting, "what expires is counted");
  tally.waiting -= gone;
  if (tally.waiting == 0) {
    tally.cursor = tally.high;
  } else {
    const Time bound = std::min(oldest, joined_meanwhile_);
    if (bound != kNever) tally.passed = std::max(tally.passed, bound);
  }
  return tally;
}

std::optional<FreshRange> MovedLane::decide_page() const {
  if (wanted_ || count() == 0 || covered_ == tally_.high || !window_.runs_low()) return std::nullopt;
  return FreshRange{kMovedLane, covered_, tally_.high};
}

std::optional<ExpiryRange> MovedLane::decide_expiry(Time now, const Retention& retention) const {
  if (wanted_expiry_ || count() == 0 || !retention.has_ended(tally_.passed, now)) return std::nullopt;
  return ExpiryRange{tally_.passed};
}

Time MovedLane::next_expiry(const Retention& retention) const {
  if (wanted_expiry_ || count() == 0) return kNever;
  return retention.end_of(tally_.passed);
}

void MovedLane::want(const FreshRange& range) {
  wanted_ = range;
  page_cut_ = false;
}

void MovedLane::supplied(const Page& page) {
  require(wanted_.has_value(), "a page is supplied only to a lane that wanted one");
  if (page.complete && !page_cut_) covered_ = std::max(covered_, wanted_->to);
  wanted_.reset();
  boost::unordered::erase_if(gone_, [this](std::uint64_t sequence) { return sequence >= covered_.value; });
  drop_gone_front();
}

void MovedLane::want(const ExpiryRange& range) {
  wanted_expiry_ = range;
  joined_meanwhile_ = kNever;
}

void MovedLane::abandon_pages() {
  wanted_.reset();
  wanted_expiry_.reset();
  gone_.clear();
}

void MovedLane::evict() {
  if (wanted_) return;  // the page on its way continues this window
  window_.clear();
  gone_.clear();
  covered_ = tally_.cursor;
}

}  // namespace penstock
