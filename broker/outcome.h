// Outcome: everything that one decision of the core asks of the world around it.
//
// Replies may be several: a send can answer somebody else's long poll. A reply leaves only when the
// commit that carries this outcome's changes (or, without changes, everything it could have seen) is
// durable.
#pragma once

#include <vector>

#include "broker/change.h"
#include "broker/command.h"
#include "broker/look_up.h"
#include "broker/page.h"

namespace penstock {

struct Outcome {
  std::vector<Change> changes;
  std::vector<Reply> replies;
  std::vector<PageWant> wants;
  std::vector<LookUp> look_ups;

  void clear() {
    changes.clear();
    replies.clear();
    wants.clear();
    look_ups.clear();
  }
};

}  // namespace penstock
