// PageWant and Page: how the core asks for messages that are on disk only, and what it gets.
//
// A want names a range of one queue that is complete: nothing can be added inside it any more. The store
// answers from a snapshot at or after the commit in which the want was decided. A page holds the first
// records of the range, in order, at least one if there is any; `complete` says that the range held no
// more. The core drops a page of an older generation.
#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include "broker/record.h"

namespace penstock {

// Sequences [from, to). Dense, but in the lane `moved`, where some may be gone.
struct FreshRange {
  Lane lane;
  Sequence from;
  Sequence to;
  bool operator==(const FreshRange&) const = default;
};

// From the position (from_due, from) on, up to and with everything due at `through`.
struct LaterRange {
  Time from_due;
  Sequence from;
  Time through;
  bool operator==(const LaterRange&) const = default;
};

// Of a FIFO queue, sequences [from, to). Some may be gone, and some may go while the page is on its way.
struct FifoRange {
  Sequence from;
  Sequence to;
  bool operator==(const FifoRange&) const = default;
};

// Of the lane `moved`, by when the messages were sent: those from `from` on, the oldest first. The one
// range that is not complete: older messages may be moved in while the page is on its way, and messages
// that it shows may have been received.
struct ExpiryRange {
  Time from;
  bool operator==(const ExpiryRange&) const = default;
};

// No range: these bodies, as far as they are still there, in this order.
struct BodiesAsked {
  std::vector<BodyKey> keys;
  bool operator==(const BodiesAsked&) const = default;
};

struct PageWant {
  QueueAddress queue;
  Generation generation;
  std::variant<FreshRange, LaterRange, FifoRange, ExpiryRange, BodiesAsked> range;
  std::size_t records_max = 1000;
  std::size_t bytes_max = 1 << 20;  // of content; the first record is given whatever its size
  std::uint64_t peek = 0;  // which question of broker/peeks.h it is for; 0: for the queue itself

  bool operator==(const PageWant&) const = default;
};

struct Page {
  PageWant want;
  std::vector<Record> records;  // FreshRecord, LaterRecord, FifoRecord or ExpiryRecord, ascending
  bool complete = false;
};

}  // namespace penstock
