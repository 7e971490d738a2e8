// MinuteIndex: what happened in the last minutes, by fingerprint.
//
// FIFO queues remember for five minutes which receive attempts they answered (broker/receive_attempts.h). These are
// facts under (minute, fingerprint), so that all of a minute can be erased by one range when it is over; whether a
// thing is still within its five minutes is decided by its own time, not by the minute it lies in. All are in memory;
// for deduplication ids, which may be too many for that, there is broker/dedup_window.h.
//
// Invariant: a fingerprint is here at most once. Who puts it again, in a later minute, erases the earlier
// one first.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "base/require.h"
#include "base/time.h"
#include "broker/record.h"

namespace penstock {

constexpr std::int64_t minute_of(Time time) { return epoch_milliseconds(time) / 60'000; }

template <class Value>
class MinuteIndex {
 public:
  struct Entry {
    std::int64_t minute = 0;
    Value value;
  };

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  // Null if there is none.
  const Entry* find(const Fingerprint& fingerprint) const {
    const auto found = entries_.find(fingerprint);
    return found == entries_.end() ? nullptr : &found->second;
  }

  // Replaces what the same minute holds for it.
  void put(std::int64_t minute, const Fingerprint& fingerprint, Value value) {
    const auto [place, added] = entries_.try_emplace(fingerprint);
    require(added || place->second.minute == minute, "a fingerprint is remembered once");
    place->second = {minute, std::move(value)};
    if (added) minutes_[minute].push_back(fingerprint);
  }

  // Its place in the minute's list stays until the minute goes; it is harmless there.
  void erase(std::int64_t minute, const Fingerprint& fingerprint) {
    const auto found = entries_.find(fingerprint);
    if (found != entries_.end() && found->second.minute == minute) entries_.erase(found);
  }

  // All minutes in [from, to).
  void erase_minutes(std::int64_t from, std::int64_t to) {
    const auto end = minutes_.lower_bound(to);
    for (auto minute = minutes_.lower_bound(from); minute != end; minute = minutes_.erase(minute)) {
      for (const Fingerprint& fingerprint : minute->second) erase(minute->first, fingerprint);
    }
  }

  // The earliest minute of which something may be left; only if it is not empty.
  bool has_minute_before(std::int64_t minute) const {
    return !minutes_.empty() && minutes_.begin()->first < minute;
  }

  // visit(minute, fingerprint, value), in no order.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const auto& [fingerprint, entry] : entries_) visit(entry.minute, fingerprint, entry.value);
  }

 private:
  // Fingerprints are digests: any eight bytes of one are as good as a hash.
  struct Hash {
    std::size_t operator()(const Fingerprint& fingerprint) const {
      std::uint64_t bits = 0;
      std::memcpy(&bits, fingerprint.data(), sizeof bits);
      return bits;
    }
  };

  boost::unordered_flat_map<Fingerprint, Entry, Hash> entries_;
  std::map<std::int64_t, std::vector<Fingerprint>> minutes_;
};

}  // namespace penstock
