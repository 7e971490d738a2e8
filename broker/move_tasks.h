// MoveTasks: the message move tasks of one queue, as facts.
//
//     start               all moved, or nothing left
//     ------> running ---------------------------------> completed
//               |   \        what it needs is gone
//               |    ----------------------------------> failed
//               | cancel                    next tick
//               '-------> cancelling ------------------> cancelled
//
// At most one of a queue is active, that is running or cancelling; how many of an account and region may be is
// one of BrokerLimits. One that still runs kRunsMax after its start has failed. Of those that are over the newest are
// kept: with the active one, kKeptMax in all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

#include "base/time.h"
#include "broker/record.h"

namespace penstock {

class MoveTasks {
 public:
  static constexpr std::size_t kKeptMax = 10;
  static constexpr Seconds kRunsMax{36 * 3600};

  static Time end_of(const MoveTaskRecord& task) { return task.started + kRunsMax; }

  // ---- facts
  void put(const MoveTaskRecord& record) { tasks_.insert_or_assign(record.key.number, record); }
  void erase(std::uint64_t number) { tasks_.erase(number); }

  // ---- view
  std::size_t size() const { return tasks_.size(); }
  // Null if none is.
  const MoveTaskRecord* active() const {
    if (tasks_.empty()) return nullptr;
    const MoveTaskRecord& newest = tasks_.rbegin()->second;
    const bool over = newest.status != MoveTaskStatus::kRunning && newest.status != MoveTaskStatus::kCancelling;
    return over ? nullptr : &newest;
  }
  const MoveTaskRecord* find(const MessageId& id) const {
    for (const auto& [number, task] : tasks_) {
      if (task.id == id) return &task;
    }
    return nullptr;
  }
  std::uint64_t next_number() const { return tasks_.empty() ? 1 : tasks_.rbegin()->first + 1; }
  // Only if there are any.
  std::uint64_t oldest_number() const { return tasks_.begin()->first; }

  // Ascending by number.
  const std::map<std::uint64_t, MoveTaskRecord>& all() const { return tasks_; }

 private:
  std::map<std::uint64_t, MoveTaskRecord> tasks_;
};

}  // namespace penstock
