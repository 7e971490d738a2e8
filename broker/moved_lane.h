// MovedLane: the messages of a standard queue that were moved in from queues whose dead-letter queue it is,
// and were not received here.
//
//     ... passed ... | cursor ...... covered ........... high
//                    |  window (resident)     cold (disk only)
//
// A dead letter keeps the time at which it was first sent, and that time ends it. So this lane is in the
// order of arrival and in no order of time, and what has expired may lie anywhere in it. On disk each message
// has an expiry record beside its body, under the time it was sent: what has expired is found by reading these
// from the oldest on, a page at a time, and is erased body by body. Hence gaps: between cursor and high some
// sequences may be gone. How many are left is stored, and a lower bound of the times at which they were sent.
//
// A message moved in is cold, since its content was never here; it comes back by a page, as all cold ones do.
//
// At most one page of bodies and one of expiry records is on its way. Invariants: cursor <= covered <= high;
// every message in [cursor, covered) that is left is in the window; an expiry record exists exactly as long
// as its message is left.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "broker/content_window.h"
#include "broker/page.h"
#include "broker/record.h"
#include "broker/retention.h"

namespace penstock {

class MovedLane {
 public:
  MovedLane(QueueAddress queue, WindowBudget& budget);

  struct Entry {
    Sequence sequence;
    MessageHead head;
    ContentPtr content;
    std::size_t bytes = 0;
  };

  // ---- facts
  void put(const TallyRecord& tally);
  // Joins the window if it lies in the range that is on its way.
  void put(const FreshRecord& record);
  // A body that goes: of a message that is left, or of one that was received.
  void erase(Sequence sequence);
  const TallyRecord& tally() const { return tally_; }

  // ---- view
  bool used() const { return tally_.high != Sequence{}; }
  std::uint64_t count() const { return tally_.waiting; }
  // When the oldest message was sent, or a moment before that; kNever if empty.
  Time oldest_enqueued() const { return count() == 0 ? kNever : tally_.passed; }
  // The first message; null if the window shows none.
  const Entry* front() const { return window_.empty() ? nullptr : &window_.front(); }
  bool waits_for_page() const { return wanted_.has_value(); }

  // The tally once a message sent at that time has joined ...
  TallyRecord tally_with(Time enqueued) const;
  // (To be told beside it, for a page of expiry records that is on its way.)
  void joined(Time enqueued) { joined_meanwhile_ = std::min(joined_meanwhile_, enqueued); }
  // ... once the front is taken out ...
  TallyRecord tally_without_front() const;
  // ... and once those are gone that a page of expiry records has shown to be over. What is left of the
  // lane was sent at `oldest` or later, but for what has joined since the page was asked for.
  TallyRecord tally_after_expiry(std::uint64_t gone, Time oldest) const;

  // The page of bodies to ask for, if the window runs low and none is on its way.
  std::optional<FreshRange> decide_page() const;
  // The page of expiry records to ask for, if something may have expired and none is on its way.
  std::optional<ExpiryRange> decide_expiry(Time now, const Retention& retention) const;
  // The moment before which nothing here can have expired; kNever when empty or waiting for a page.
  Time next_expiry(const Retention& retention) const;

  void want(const FreshRange& range);
  bool wants(const FreshRange& range) const { return wanted_ == range; }
  void supplied(const Page& page);
  void want(const ExpiryRange& range);
  bool wants(const ExpiryRange& range) const { return wanted_expiry_ == range; }
  void expiry_supplied() { wanted_expiry_.reset(); }
  // What is on its way is void (a purge).
  void abandon_pages();
  void evict();

 private:
  void drop_gone_front();

  TallyRecord tally_;
  ContentWindow<Entry> window_;
  Sequence covered_;
  std::optional<FreshRange> wanted_;
  bool page_cut_ = false;  // the budget had no room for a part of the page
  // Erased by expiry, and still in the window or in the page that is on its way.
  boost::unordered_flat_set<std::uint64_t> gone_;
  std::optional<ExpiryRange> wanted_expiry_;
  Time joined_meanwhile_ = kNever;  // when the oldest was sent that joined since
};

}  // namespace penstock
