// ResourceFacts: what there is of queues, topics and subscriptions at one moment.
#pragma once

#include <memory>
#include <vector>

#include "base/time.h"
#include "broker/record.h"

namespace penstock {

struct ResourceFacts {
  std::vector<Record> records;  // those of Broker::each_resource, in its order
  Time time;
};

using ResourceFactsPtr = std::shared_ptr<const ResourceFacts>;

}  // namespace penstock
