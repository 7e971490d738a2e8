// The attributes of a queue that AWS lets its owner set, in their own units, with AWS's defaults and
// ranges (Amazon SQS API reference, SetQueueAttributes).
#pragma once

#include <cstdint>

#include "base/time.h"

namespace penstock {

struct QueueAttributes {
  Seconds delay{0};                           // DelaySeconds, 0 to 900
  std::uint32_t message_bytes_max = 1048576;  // MaximumMessageSize, 1,024 to 1,048,576
  Seconds retention{345600};                  // MessageRetentionPeriod, 60 to 1,209,600
  Seconds receive_wait{0};                    // ReceiveMessageWaitTimeSeconds, 0 to 20
  Seconds visibility_timeout{30};             // VisibilityTimeout, 0 to 43,200

  bool operator==(const QueueAttributes&) const = default;
};

}  // namespace penstock
