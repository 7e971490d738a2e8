// DedupWindow: the deduplication ids that a FIFO queue or topic accepted in the last minutes.
//
//     accepted --put--> in memory --give_up--> on disk only, known by a filter --erase_minutes--> (gone)
//
// Ids are facts under (minute, fingerprint), so that all of a minute can be erased by one range when it is
// over; whether an id is still within its five minutes is decided by its own time, not by the minute it lies
// in. Those in memory answer at once. Of the others only a filter is left for each minute: mostly it says
// that an id is surely not among them; if not, whoever asks looks it up in the store (broker/look_up.h).
//
// Invariant: what is in memory of a fingerprint is the latest that was put of it. Value has the Time `at`
// when it was accepted.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "broker/dedup_budget.h"
#include "broker/given_up_ids.h"
#include "broker/minute_index.h"
#include "broker/record.h"

namespace penstock {

template <class Value>
class DedupWindow final : DedupBudget::Window {
 public:
  struct Entry {
    std::int64_t minute = 0;
    Value value;
  };

  explicit DedupWindow(DedupBudget& budget) : budget_(budget) { budget_.join(*this); }
  ~DedupWindow() {
    erase_minutes(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    budget_.leave(*this);
  }
  DedupWindow(const DedupWindow&) = delete;
  DedupWindow& operator=(const DedupWindow&) = delete;

  // Null if it is not in memory. Until the next put.
  const Entry* find(const Fingerprint& fingerprint) const {
    const auto found = entries_.find(fingerprint);
    return found == entries_.end() ? nullptr : &found->second;
  }
  // visit(minute) for each minute from `oldest` on under which it may lie on disk, although it is not in
  // memory.
  template <class Visit>
  void each_doubt(const Fingerprint& fingerprint, std::int64_t oldest, const Visit& visit) const {
    if (entries_.contains(fingerprint)) return;
    for (auto minute = minutes_.lower_bound(oldest); minute != minutes_.end(); ++minute) {
      if (minute->second.given_up.may_hold(fingerprint)) visit(minute->first);
    }
  }

  // Replaces what was put of it before.
  void put(std::int64_t minute, const Fingerprint& fingerprint, Value value) {
    const auto [place, added] = entries_.try_emplace(fingerprint);
    const bool moved = added || place->second.minute != minute;
    place->second = {minute, std::move(value)};
    latest_ = std::max(latest_, minute);
    if (moved) minutes_[minute].order.push_back(fingerprint);
    if (added) budget_.add(1);
  }

  // Its place in the minute's order stays until the minute goes, and it stays in a filter; both are harmless.
  void erase(std::int64_t minute, const Fingerprint& fingerprint) {
    const auto found = entries_.find(fingerprint);
    if (found == entries_.end() || found->second.minute != minute) return;
    entries_.erase(found);
    budget_.subtract(1);
  }

  // All minutes in [from, to).
  void erase_minutes(std::int64_t from, std::int64_t to) {
    const auto end = minutes_.lower_bound(to);
    for (auto minute = minutes_.lower_bound(from); minute != end; minute = minutes_.erase(minute)) {
      for (const Fingerprint& fingerprint : minute->second.order) erase(minute->first, fingerprint);
      const GivenUpIds& given_up = minute->second.given_up;
      given_up.leave(budget_);
      // What was found in a minute that is over is judged by its own time.
      if (given_up.any() && minute->first > latest_ - kMinutesKept) budget_.begin_epoch();
    }
    give_back();
  }

  // The earliest minute of which something may be left.
  std::optional<std::int64_t> first_minute() const {
    return minutes_.empty() ? std::nullopt : std::optional(minutes_.begin()->first);
  }
  // When it is over; kNever if there is none.
  Time next_forgetting() const {
    if (minutes_.empty()) return kNever;
    return from_epoch_milliseconds((minutes_.begin()->first + 1 + kMinutesKept) * 60'000);
  }
  // Something may be left of a minute before that one.
  bool has_minute_before(std::int64_t minute) const {
    return !minutes_.empty() && minutes_.begin()->first < minute;
  }

  // Of those in memory: visit(minute, fingerprint, value), in no order.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const auto& [fingerprint, entry] : entries_) visit(entry.minute, fingerprint, entry.value);
  }

 private:
  struct Minute {
    std::deque<Fingerprint> order;  // in which they were put
    GivenUpIds given_up;
  };
  struct Hash {
    std::size_t operator()(const Fingerprint& fingerprint) const {
      std::uint64_t bits = 0;
      std::memcpy(&bits, fingerprint.data(), sizeof bits);
      return bits;
    }
  };

  // Ids are told for so long.
  static constexpr std::int64_t kMinutesKept = 5;

  std::size_t in_memory() const override { return entries_.size(); }

  void give_up(std::size_t count) override {
    budget_.begin_epoch();
    for (auto& [number, minute] : minutes_) {
      while (count > 0 && !minute.order.empty()) {
        const Fingerprint fingerprint = minute.order.front();
        minute.order.pop_front();
        const auto found = entries_.find(fingerprint);
        if (found == entries_.end() || found->second.minute != number) continue;
        minute.given_up.add(fingerprint, count, budget_);
        erase(number, fingerprint);
        --count;
      }
      if (count == 0) break;
    }
    give_back();
  }

  // A hash table keeps its places when it is emptied.
  void give_back() {
    if (entries_.bucket_count() > 1024 && entries_.size() < entries_.bucket_count() / 4) entries_.rehash(0);
  }

  DedupBudget& budget_;
  boost::unordered_flat_map<Fingerprint, Entry, Hash> entries_;
  std::map<std::int64_t, Minute> minutes_;
  std::int64_t latest_ = 0;  // minute that anything was put under
};

}  // namespace penstock
