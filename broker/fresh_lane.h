// FreshLane: the messages of one lane that were sent without delay and never received.
//
//     ... passed ... | cursor ...... window_end ........... high
//                    |  window (resident)     cold (disk only)
//
// Facts: cursor and high. Dense: every sequence from the cursor up to high is a message. View: the
// window, a run that begins at the cursor and holds content. While all of the lane fits, new messages
// join the window as they are sent; else they stay cold and come back by pages, in order.
//
// The lane is ordered by enqueue time, so what has expired is a run at its front. Its end is found in the
// window or, when the window does not reach so far, by binary search over the cold part, one record at a
// time.
//
// At most one page is on its way. Invariant: cursor <= window_end <= high.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "broker/content_window.h"
#include "broker/page.h"
#include "broker/record.h"
#include "broker/retention.h"

namespace penstock {

class FreshLane {
 public:
  FreshLane(QueueAddress queue, Lane lane, WindowBudget& budget);

  struct Entry {
    MessageHead head;
    ContentPtr content;
    std::size_t bytes = 0;
  };

  // ---- facts
  void put(const TallyRecord& tally);
  // Joins the window if it continues it and the budget admits it; is cold otherwise.
  void put(const FreshRecord& record);
  const TallyRecord& tally() const { return tally_; }

  // ---- view
  std::uint64_t count() const { return tally_.high.value - tally_.cursor.value; }
  // When the message at the cursor was sent, or a moment before that if it is cold; kNever if empty.
  Time oldest_enqueued() const {
    if (count() == 0) return kNever;
    return window_.empty() ? head_not_before_ : window_.front().head.sent;
  }
  bool cold() const { return window_end().value < tally_.high.value; }
  bool waits_for_page() const { return wanted_.has_value(); }
  // It looks for the first message that has not expired, a page at a time.
  bool searching() const { return search_.has_value(); }
  bool front_is_unknown() const { return window_.empty() && count() != 0; }

  // The page to ask for next, if one is needed and none is on its way: the next step of a search, or a
  // refill when the window runs low and something is cold.
  std::optional<FreshRange> decide_page() const;
  // The tally after everything at the front that expired is passed, if anything did and its end is known.
  std::optional<TallyRecord> decide_cut(Time now, const Retention& retention) const;
  // Begins the search if the end of what has expired lies in the cold part.
  void search_if_unknown(Time now, const Retention& retention);
  // The next message to hand out: nothing if the window is empty or what stands there has expired.
  const Entry* next(Time now, const Retention& retention) const;
  // The moment before which nothing here can have expired; kNever when empty or waiting for a page.
  Time next_expiry(const Retention& retention) const;

  // The range is on its way now.
  void want(const FreshRange& range) { wanted_ = range; }
  bool wants(const FreshRange& range) const { return wanted_ == range; }
  // The page for the wanted range has been applied; `records` is what it held.
  void supplied(const std::vector<Record>& records, Time now, const Retention& retention);
  // What is on its way is void (a purge).
  void abandon_page();
  void evict();

 private:
  // For the first message that has not expired: everything below `from` has, `to` had not when it was looked
  // at (or is high as it was when the search began). Ends when they meet; what has expired since, with time
  // or under a shorter retention, is for the next search.
  struct Search {
    Sequence from;
    Sequence to;
    Time passed;  // enqueue time of the message before `from`
  };

  Sequence window_end() const { return Sequence{tally_.cursor.value + window_.size()}; }
  // How many at the front of the window have ended.
  std::size_t ended_count(Time now, const Retention& retention) const;

  TallyRecord tally_;
  ContentWindow<Entry> window_;
  Time head_not_before_ = kEpoch;  // the message at the cursor was enqueued no earlier
  std::optional<FreshRange> wanted_;
  std::optional<Search> search_;
};

}  // namespace penstock
