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
  std::vector<Key> keys;
  std::vector<std::optional<Record>> records;
  std::uint64_t epoch = 0;

  bool covers(const std::vector<Key>& wanted) const {
    return std::all_of(wanted.begin(), wanted.end(), [this](const Key& key) {
      return std::find(keys.begin(), keys.end(), key) != keys.end();
    });
  }
  // The latest record of that kind that is one of these; null if none is.
  template <class Own, class Is>
  const Own* latest(const Is& is) const {
    const Own* latest = nullptr;
    for (const std::optional<Record>& record : records) {
      const Own* const own = record ? std::get_if<Own>(&*record) : nullptr;
      if (own != nullptr && is(own->key) && (latest == nullptr || latest->accepted < own->accepted))
        latest = own;
    }
    return latest;
  }
};

}  // namespace penstock
