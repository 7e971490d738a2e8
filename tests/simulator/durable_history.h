// DurableHistory: two reference models, one of what was decided and one of what would survive a crash.
//
// Each deed is folded into the first one when it happens, and into the second one when the last commit that
// it could have seen is on disk. After a crash the first is what the second has become. So the models are
// exact before and after, whatever the crash took.
#pragma once

#include <deque>
#include <utility>

#include "tests/simulator/reference_model.h"

namespace penstock {

class DurableHistory {
 public:
  explicit DurableHistory(const BrokerLimits& limits) : decided_(limits), durable_(limits) {}

  const ReferenceModel& decided() const { return decided_; }

  void see(Deed&& deed, Verdict& verdict) {
    decided_.see(deed, verdict);
    ahead_.push_back(std::move(deed));
  }
  void became_durable(Position position, Verdict& verdict) {
    while (!ahead_.empty() && ahead_.front().seen.stamp <= position && verdict.holds()) {
      durable_.see(ahead_.front(), verdict);
      ahead_.pop_front();
    }
  }
  // Everything up to the position survived, and nobody waits any more.
  void crashed(Position position, Verdict& verdict) {
    became_durable(position, verdict);
    ahead_.clear();
    durable_.see({Reloaded{}, {}}, verdict);
    decided_ = durable_;
  }

 private:
  ReferenceModel decided_;
  ReferenceModel durable_;
  std::deque<Deed> ahead_;  // not in durable_ yet
};

}  // namespace penstock
