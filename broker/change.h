// Change: the only way in which a fact changes, in memory and on disk alike.
//
// Laws that hold for every change:
//   1. Facts change only in Broker::apply, and apply never looks at time.
//   2. A change states the new value, never a difference, so replaying is exact. Storage applies each
//      commit exactly once, by the position stored in its batch.
//
// A body key (FreshKey, LaterKey, FifoKey) and an ExpiryKey is put once in all time. It is erased once by
// Erase (a SingleDelete on disk) or covered by EraseRange; never overwritten, never deleted in any other way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/named.h"
#include "base/time.h"
#include "broker/record.h"

namespace penstock {

struct Put {
  Record record;
};

struct Erase {
  Key key;
};

// Everything from `from` on up to and without `to`: two keys of one kind, and of one queue.
struct EraseRange {
  Key from;
  Key to;
};

// The content stored (or put earlier in this commit) under `from`, put under `to` with a head of its
// own, and with another account of where it was moved from. `from` stays until it is erased. So a message
// moves without the core ever holding its body.
struct Copy {
  BodyKey from;
  BodyKey to;
  MessageHead head;
  bool keeps_id = false;         // the original's id, not that of `head`
  DeadLetter dead_letter;        // in place of the one that the original has
  std::string deduplication_id;  // in place of the original's; empty: as it was
  std::size_t bytes_max = 0;     // what the content takes at most, for those who bound a commit
};

// A struct of its own, so that its copies and its end are compiled once.
struct Change : std::variant<Put, Erase, EraseRange, Copy> {
  using variant::variant;
  Change() = default;
  Change(const Change&);
  Change(Change&&) noexcept;
  Change& operator=(const Change&);
  Change& operator=(Change&&) noexcept;
  ~Change();
};

// Which commit of its partition: 1 for the first one ever, then one more each time.
using Position = Named<std::uint64_t, struct PositionTag>;

}  // namespace penstock
