#include "broker/retention.h"

#include <algorithm>

namespace penstock {

bool Retention::has_ended(Time enqueued, Time now) const {
  return enqueued + period <= now || enqueued <= ended;
}

Retention Retention::changed(Seconds to, Time now) const {
  return {to, to > period ? std::max(ended, now - period) : ended};
}

}  // namespace penstock
