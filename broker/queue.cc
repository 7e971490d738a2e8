#include "broker/queue.h"

#include "broker/fifo_queue.h"
#include "broker/standard_queue.h"

namespace penstock {

std::unique_ptr<Queue> Queue::make(QueueRecord record, QueueShare& share) {
  if (record.attributes.fifo) return std::make_unique<FifoQueue>(std::move(record), share);
  return std::make_unique<StandardQueue>(std::move(record), share);
}

}  // namespace penstock
