#include "broker/given_up_ids.h"

#include <algorithm>

namespace penstock {

bool GivenUpIds::may_hold(const Fingerprint& fingerprint) const {
  return any_may_be_ || std::any_of(filters_.begin(), filters_.end(), [&](const FingerprintFilter& filter) {
           return filter.may_hold(fingerprint);
         });
}

void GivenUpIds::add(const Fingerprint& fingerprint, std::size_t coming, DedupBudget& budget) {
  if (!any()) budget.begin_disk();
  if (filters_.empty() || filters_.back().size() >= filters_.back().meant_for()) {
    const std::size_t before = filters_.empty() ? 0 : filters_.back().meant_for();
    const std::size_t meant_for = 2 * std::max(before, coming);
    if (budget.admits_filter(FingerprintFilter::bytes_for(meant_for))) {
      filters_.emplace_back(meant_for);
      budget.add_filter(filters_.back().bytes());
    }
  }
  if (filters_.empty()) {
    any_may_be_ = true;
  } else {
    filters_.back().add(fingerprint);
  }
}

void GivenUpIds::leave(DedupBudget& budget) const {
  for (const FingerprintFilter& filter : filters_) budget.subtract_filter(filter.bytes());
  if (any()) budget.end_disk();
}

}  // namespace penstock
