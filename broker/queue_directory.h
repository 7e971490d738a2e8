// QueueDirectory: which queue a name means, in each world. Names are case-sensitive; a name means at most
// one queue.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

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
  }
  void remove(const World& world, std::string_view name) {
    const auto found = ids_.find(Name{world, name});
    if (found != ids_.end()) ids_.erase(found);
  }

 private:
  struct Name {
    World world;
    std::string_view name;
    bool operator==(const Name&) const = default;
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

  boost::unordered_flat_map<OwnedName, QueueId, Hash, Equal> ids_;
};

}  // namespace penstock
