#include "broker/queue_directory.h"

namespace penstock {

std::vector<std::string> QueueDirectory::list(const World& world, std::string_view prefix,
                                              std::string_view after, std::size_t count) const {
  std::vector<std::string> names;
  auto at =
      after < prefix ? names_.lower_bound(Name{world, prefix}) : names_.upper_bound(Name{world, after});
  for (; at != names_.end() && names.size() < count; ++at) {
    if (at->world != world || !at->name.starts_with(prefix)) break;
    names.push_back(at->name);
  }
  return names;
}

}  // namespace penstock
