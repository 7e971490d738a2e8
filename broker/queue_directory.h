// QueueDirectory: which queue a name means, in each world. Names are case-sensitive; a name means at most
// one queue.
//
// Looked up by hash, since every request does it; listed in the order of names.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/address.h"

namespace penstock {

class QueueDirectory {
 public:
  std::optional<QueueId> find(const World& world, std::string_view name) const {
    const auto found = ids_.find(Name{world, name});
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }
  void add(const World& world, std::string_view name, QueueId id) {
    ids_.insert_or_assign(OwnedName{world, std::string(name)}, id);
    names_.insert(OwnedName{world, std::string(name)});
  }
  void remove(const World& world, std::string_view name) {
    const auto found = ids_.find(Name{world, name});
    if (found == ids_.end()) return;
    names_.erase(found->first);
    ids_.erase(found);
  }

  // At most `count` names that begin with `prefix` and come after `after`, ascending. Costs what it gives.
  std::vector<std::string> list(const World& world, std::string_view prefix, std::string_view after,
                                std::size_t count) const;

 private:
  struct Name {
    World world;
    std::string_view name;
    auto operator<=>(const Name&) const = default;
  };
  struct OwnedName {
    World world;
    std::string name;
    operator Name() const { return {world, name}; }  // NOLINT: looked up without a copy
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Name& name) const {
      return std::hash<World>{}(name.world) * 31 + std::hash<std::string_view>{}(name.name);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Name& a, const Name& b) const { return a == b; }
  };
  struct Less {
    using is_transparent = void;
    bool operator()(const Name& a, const Name& b) const { return a < b; }
  };

  boost::unordered_flat_map<OwnedName, QueueId, Hash, Equal> ids_;
  std::set<OwnedName, Less> names_;
};

}  // namespace penstock
