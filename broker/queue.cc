#include "broker/queue.h"

#include "broker/standard_queue.h"

namespace penstock {

std::unique_ptr<Queue> Queue::make(QueueRecord record, QueueShare& share) {
  return std::make_unique<StandardQueue>(std::move(record), share);
}

}  // namespace penstock
