// DeletedNames: the names of queues that were deleted a short while ago.
//
// AWS lets nobody create a queue under such a name for 60 seconds. The names are facts; when their time is
// over the Broker's tick erases them. Invariant: every name is in both orders.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/time.h"
#include "broker/record.h"

namespace penstock {

class DeletedNames {
 public:
  void put(const DeletedNameRecord& record) {
    erase(record.key);
    by_name_.emplace(record.key, record.deleted);
    by_time_.emplace(record.deleted, record.key);
  }
  void erase(const DeletedNameKey& key) {
    const auto found = by_name_.find(key);
    if (found == by_name_.end()) return;
    by_time_.erase({found->second, key});
    by_name_.erase(found);
  }

  std::size_t size() const { return by_name_.size(); }
  std::optional<Time> deleted(const DeletedNameKey& key) const {
    const auto found = by_name_.find(key);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }
  // The one deleted first; null if there is none.
  const std::pair<Time, DeletedNameKey>* oldest() const {
    return by_time_.empty() ? nullptr : &*by_time_.begin();
  }

  // Ascending by key.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const auto& [key, deleted] : by_name_) visit(DeletedNameRecord{key, deleted});
  }

 private:
  std::map<DeletedNameKey, Time> by_name_;
  std::set<std::pair<Time, DeletedNameKey>> by_time_;
};

}  // namespace penstock
