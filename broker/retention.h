// Retention: when the messages of a queue end.
//
// A message ends `period` after it was enqueued, whatever state it is in. What has ended is never handed out
// again, but it may still be on disk for a while; so that a longer period cannot bring it back, lengthening
// notes up to where messages had ended by then. What has ended stays ended.
#pragma once

#include "base/time.h"

namespace penstock {

struct Retention {
  Seconds period{345600};
  Time ended;  // messages enqueued at or before this moment have ended, whatever the period; kEpoch: none

  bool has_ended(Time enqueued, Time now) const;
  // The moment from which on a message is over: for those ended already, one that has passed.
  Time end_of(Time enqueued) const { return enqueued <= ended ? ended : enqueued + period; }

  bool operator==(const Retention&) const = default;

  // The same messages under another period.
  Retention changed(Seconds to, Time now) const;
};

}  // namespace penstock
