// DeadLetterSources: which queues name which other as their dead-letter queue.
//
// A view of the queue records, kept by the QueueTable as they change. The target is a name, not a queue: a
// policy outlives its target and means the next queue of that name again, as the ARN that it holds does.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/record.h"

namespace penstock {

class DeadLetterSources {
 public:
  void add(const QueueRecord& source) {
    if (const auto& policy = source.attributes.redrive_policy) {
      sources_[Target{source.key.queue.world, std::string(policy->target())}].insert(source.name);
    }
  }
  void remove(const QueueRecord& source) {
    const auto& policy = source.attributes.redrive_policy;
    if (!policy) return;
    const auto found = sources_.find(Target{source.key.queue.world, std::string(policy->target())});
    if (found == sources_.end()) return;
    found->second.erase(source.name);
    if (found->second.empty()) sources_.erase(found);
  }

  bool any(const World& world, const std::string& target) const {
    return sources_.contains(Target{world, target});
  }
  // At most `count` names after `after`, ascending.
  std::vector<std::string> list(const World& world, const std::string& target, const std::string& after,
                                std::size_t count) const {
    std::vector<std::string> names;
    const auto found = sources_.find(Target{world, target});
    if (found == sources_.end()) return names;
    for (auto name = found->second.upper_bound(after); name != found->second.end() && names.size() < count;
         ++name) {
      names.push_back(*name);
    }
    return names;
  }

 private:
  using Target = std::pair<World, std::string>;

  std::map<Target, std::set<std::string>> sources_;
};

}  // namespace penstock
