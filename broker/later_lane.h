// LaterLane: the messages of a queue that were sent with a delay and never received.
//
// They lie in the order (due, sequence) and join the visible order at their due moment. Facts: the cursor
// (everything before that position has been passed), how many wait from there on, and a counter for each
// coming second in which messages become due (at most 900 of them). View: a window, the run of messages
// from the cursor to `covered`, loaded by pages.
//
// A delay is at least a second. So what is due within the next 999 ms is a closed set: no new message can
// fall into it. A page therefore reads up to 999 ms ahead, is never read twice, and a window entry may
// still have a moment to wait.
//
// A counter whose second has come means nothing any more; it is erased with the next write.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "broker/content_window.h"
#include "broker/page.h"
#include "broker/record.h"
#include "broker/retention.h"

namespace penstock {

class LaterLane {
 public:
  LaterLane(QueueAddress queue, WindowBudget& budget);

  struct Entry {
    Time due;
    Sequence sequence;
    MessageHead head;
    ContentPtr content;
    std::size_t bytes = 0;
  };

  // ---- facts
  void put(const TallyRecord& tally);
  void put(const DelayedRecord& record);
  // Joins the window if it lies in the range that is on its way; is cold otherwise.
  void put(const LaterRecord& record);
  void erase_delayed(const DelayedKey& from, const DelayedKey& to);
  const TallyRecord& tally() const { return tally_; }
  const std::map<std::int64_t, std::uint64_t>& delayed() const { return delayed_; }

  static std::int64_t second_of(Time due) { return epoch_milliseconds(due) / 1000; }

  // ---- view
  std::uint64_t count() const { return tally_.waiting; }
  // Of count(), those whose moment has not come. Exact but for messages due within the current second
  // that the window has had no room for: they count as come.
  std::uint64_t delayed_count(Time now) const;
  bool waits_for_page() const { return wanted_.has_value(); }

  // The next message that is due; null if the window shows none.
  const Entry* next(Time now) const;
  // The first message, due or not; null if the window shows none.
  const Entry* front() const { return window_.empty() ? nullptr : &window_.front(); }
  // The page to ask for, if messages may be due that the window does not hold and none is on its way.
  std::optional<LaterRange> decide_page(Time now) const;
  // The next moment at which something here becomes due; kNever if nothing is ahead.
  Time next_due(Time now) const;
  // The moment before which nothing here is known to have expired; kNever when empty or waiting for a page.
  Time next_expiry(Time now, const Retention& retention) const;

  void want(const LaterRange& range) { wanted_ = range; }
  bool wants(const LaterRange& range) const { return wanted_ == range; }
  void supplied(const Page& page);
  void abandon_page() { wanted_.reset(); }
  void evict();

 private:
  static constexpr Milliseconds kAhead{999};

  // Of the first message that the window may lack, in the order of the lane.
  struct Place {
    Time due;
    Sequence sequence;
    auto operator<=>(const Place&) const = default;
  };

  Place cursor() const { return {tally_.cursor_due, tally_.cursor}; }
  std::size_t window_index(Time due) const;   // of the first entry due later than that
  std::uint64_t ahead_count(Time now) const;  // due in a second that has not begun
  bool lacks_due(Time now) const;             // something not ahead is missing from the window

  TallyRecord tally_;
  std::map<std::int64_t, std::uint64_t> delayed_;
  ContentWindow<Entry> window_;
  Place covered_;
  Time front_not_before_ = kEpoch;  // no message here is due earlier
  std::optional<LaterRange> wanted_;
};

}  // namespace penstock
