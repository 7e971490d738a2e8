// GivenUpIds: the deduplication ids of one minute that are on disk only.
//
// Nothing is kept of them but filters, each for twice as many as the one before, as far as the budget admits
// any; beyond that they hold more than they are meant for, or every id may be among them.
#pragma once

#include <cstddef>
#include <vector>

#include "broker/dedup_budget.h"
#include "broker/fingerprint_filter.h"

namespace penstock {

class GivenUpIds {
 public:
  bool any() const { return any_may_be_ || !filters_.empty(); }
  // False: surely not.
  bool may_hold(const Fingerprint& fingerprint) const;

  // `coming`: so many, itself too, are given up together.
  void add(const Fingerprint& fingerprint, std::size_t coming, DedupBudget& budget);
  // Their minute is over: what they took of the budget is given back.
  void leave(DedupBudget& budget) const;

 private:
  std::vector<FingerprintFilter> filters_;
  bool any_may_be_ = false;  // more than filters have room for
};

}  // namespace penstock
