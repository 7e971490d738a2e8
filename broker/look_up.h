// LookUp: single records that the core wants to know of, and what it gets.
//
// A page (broker/page.h) is a range of messages; a look-up is about facts that are on disk and not in memory
// any more: deduplication ids of the last minutes. The store answers as of the commit in which the look-up
// was decided, or a later one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "broker/record.h"

namespace penstock {

struct LookUp {
  std::uint64_t token = 0;  // the asker's own
  std::vector<Key> keys;    // none of a body
};

struct LookedUp {
  std::uint64_t token = 0;
  std::vector<std::optional<Record>> records;  // in the order of the keys; nothing: there is none
};

// What was looked up for a decision, and the epoch of DedupBudget in which it was asked for.
struct Recollection {
  std::vector<Key> keys;  // ascending
  std::vector<std::optional<Record>> records;
  std::uint64_t epoch = 0;

  // `wanted`: ascending.
  bool covers(const std::vector<Key>& wanted) const {
    return std::includes(keys.begin(), keys.end(), wanted.begin(), wanted.end());
  }
  // The record of the latest minute down to `oldest` under which there is one; null if there is none. `key` is that of
  // the last minute.
  template <class Own, class OwnKey>
  const Own* latest(OwnKey key, std::int64_t oldest) const {
    for (; key.minute >= oldest; --key.minute) {
      const auto found = std::lower_bound(keys.begin(), keys.end(), Key(key));
      if (found == keys.end() || *found != Key(key)) continue;
      const std::optional<Record>& record = records[static_cast<std::size_t>(found - keys.begin())];
      if (record) return &std::get<Own>(*record);
    }
    return nullptr;
  }
};

}  // namespace penstock
