// What there is of queues, topics and subscriptions at one moment, shared between threads.
#pragma once

#include <memory>

#include "resources/rehearsal.h"

namespace penstock {

using ResourceFactsPtr = std::shared_ptr<const ResourceFacts>;

}  // namespace penstock
