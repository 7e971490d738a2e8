// ReceiveAttempts: what a FIFO queue has answered to receives that named themselves, for five minutes.
//
//     answered --put--> remembered --look_through, nobody can repeat it any more--> (gone)
//                            '---------------- its minute is over ---------------> (gone)
//
// Whoever repeats a ReceiveRequestAttemptId gets the same messages again, if nobody has acted on them since:
// that is for the queue to say. Attempts are facts under (minute, fingerprint); which of them is looked at
// next is a view.
//
// Invariant: every attempt stands in the line. What stands there of one that is gone, or was put again in a
// later minute, names nobody, and goes when its turn comes (or, after a purge, names the same one twice, which is looked
// at twice); so the line is never much longer than there are attempts as long as each new one has two looked at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "broker/minute_index.h"
#include "broker/record.h"

namespace penstock {

class ReceiveAttempts {
 public:
  struct Attempt {
    Time received;
    std::vector<AttemptedMessage> messages;
  };
  using Entry = MinuteIndex<Attempt>::Entry;

  // ---- facts
  void put(const AttemptRecord& record) {
    const Entry* earlier = attempts_.find(record.key.fingerprint);
    if (earlier == nullptr || earlier->minute != record.key.minute) {
      line_.emplace_back(record.key.minute, record.key.fingerprint);
    }
    attempts_.put(record.key.minute, record.key.fingerprint, {record.received, record.messages});
  }
  void erase(const AttemptKey& key) { attempts_.erase(key.minute, key.fingerprint); }
  // All minutes in [from, to).
  void erase_minutes(std::int64_t from, std::int64_t to) { attempts_.erase_minutes(from, to); }
  // Ascending by key.
  void each_fact(const QueueAddress& queue, const std::function<void(const Record&)>& visit) const {
    std::vector<AttemptRecord> records;
    attempts_.each([&](std::int64_t minute, const Fingerprint& print, const Attempt& attempt) {
      records.push_back({{queue, minute, print}, attempt.received, attempt.messages});
    });
    std::sort(records.begin(), records.end(),
              [](const AttemptRecord& a, const AttemptRecord& b) { return a.key < b.key; });
    for (const AttemptRecord& record : records) visit(record);
  }

  // ---- view
  // Null if there is none. Until the next change.
  const Entry* find(const Fingerprint& print) const { return attempts_.find(print); }
  bool has_minute_before(std::int64_t minute) const { return attempts_.has_minute_before(minute); }

  // Looks at so many, those first that were not looked at for longest: forget(minute, fingerprint) is called
  // of each that stands(attempt) is false of.
  template <class Stands, class Forget>
  void look_through(int count, const Stands& stands, const Forget& forget) {
    for (; count > 0 && !line_.empty(); --count) {
      const auto [minute, print] = line_.front();
      line_.pop_front();
      const Entry* found = attempts_.find(print);
      if (found == nullptr || found->minute != minute) continue;
      if (stands(found->value)) {
        line_.emplace_back(minute, print);
      } else {
        forget(minute, print);
      }
    }
  }

 private:
  MinuteIndex<Attempt> attempts_;
  // In the order in which they are looked through; some may be gone.
  std::deque<std::pair<std::int64_t, Fingerprint>> line_;
};

}  // namespace penstock
