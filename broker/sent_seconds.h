// SentSeconds: how many messages of a FIFO queue are left of those that were sent in each second.
//
// So it is counted how many are delayed, and known when one of them becomes visible, whatever the queue's
// delay is, which applies to all that was sent, also before it was set. To the second: a message counts as
// delayed until the second in which its delay ends has begun. Counts are facts; which seconds are still worth
// counting (no delay reaches further back than its maximum) is for the queue to say.
//
// Invariant: a message that is left is counted in its second, as long as that is counted at all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "base/require.h"
#include "base/time.h"
#include "broker/record.h"

namespace penstock {

class SentSeconds {
 public:
  static std::int64_t second_of(Time sent) { return epoch_milliseconds(sent) / 1000; }

  // ---- facts
  void put(const DelayedRecord& record) { counts_[record.key.second] = record.count; }
  void erase(const DelayedKey& key) { counts_.erase(key.second); }
  // All seconds in [from, to).
  void erase_range(std::int64_t from, std::int64_t to) {
    counts_.erase(counts_.lower_bound(from), counts_.lower_bound(to));
  }
  // Ascending by key.
  void each_fact(const QueueAddress& queue, const std::function<void(const Record&)>& visit) const {
    for (const auto& [second, count] : counts_) visit(DelayedRecord{DelayedKey{queue, second}, count});
  }

  // ---- view
  bool any_before(std::int64_t second) const { return !counts_.empty() && counts_.begin()->first < second; }
  // With so many more, or fewer, of the second in which that was sent.
  DelayedRecord counted(const QueueAddress& queue, Time sent, std::int64_t difference) const {
    const std::int64_t second = second_of(sent);
    const auto found = counts_.find(second);
    const std::int64_t before = found == counts_.end() ? 0 : static_cast<std::int64_t>(found->second);
    require(before + difference >= 0, "a message that is left is counted in its second");
    return {{queue, second}, static_cast<std::uint64_t>(before + difference)};
  }
  // Of those that were sent so short a while ago.
  std::uint64_t delayed_count(Time now, Seconds delay) const {
    std::uint64_t delayed = 0;
    for (auto second = counts_.rbegin();
         second != counts_.rend() && second->first + delay.count() > second_of(now); ++second) {
      delayed += second->second;
    }
    return delayed;
  }
  // When the next of them is no longer delayed; kNever if none is.
  Time next_due(Time now, Seconds delay) const {
    const auto second = counts_.upper_bound(second_of(now) - delay.count());
    return second == counts_.end() ? kNever : from_epoch_milliseconds((second->first + delay.count()) * 1000);
  }

 private:
  std::map<std::int64_t, std::uint64_t> counts_;
};

}  // namespace penstock
