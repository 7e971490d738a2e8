#include "server/admin_counts.h"

#include <algorithm>

#include "server/admin_paths.h"

namespace penstock {
namespace {

constexpr std::array<std::string_view, 6> kClassNames{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

}  // namespace

AdminCounts::AdminCounts() : counts_(admin_paths().size() + 2) {
  static_assert(kClassNames.size() == kClasses);
}

void AdminCounts::add(AdminPathIndex path, int status) {
  const int digit = std::clamp(status / 100, 0, static_cast<int>(kClasses) - 1);
  counts_[path][static_cast<std::size_t>(digit)].fetch_add(1, std::memory_order_relaxed);
}

std::vector<AdminCounts::Told> AdminCounts::told() const {
  std::vector<Told> told;
  for (AdminPathIndex index = 0; index < counts_.size(); ++index) {
    Told row{.method = "_other", .path = "_other"};
    if (index == health()) row = {.method = "GET", .path = "/health"};
    if (index < health()) row = {.method = admin_paths()[index].method, .path = admin_paths()[index].path};
    for (std::size_t digit = 0; digit < kClasses; ++digit) {
      row.status = kClassNames[digit];
      row.answered = counts_[index][digit].load(std::memory_order_relaxed);
      if (row.answered > 0) told.push_back(row);
    }
  }
  return told;
}

}  // namespace penstock
