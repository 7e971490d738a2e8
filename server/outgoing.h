// Outgoing: the words between the broker thread, which decides what is to be delivered to receivers outside,
// and whoever delivers it. Both sides may be called from any thread and never wait.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/command.h"
#include "broker/outgoing.h"

namespace penstock {

using OutgoingDestinationPtr = std::shared_ptr<const OutgoingDestination>;

struct OutgoingDelivery {
  OutgoingDestinationPtr to;
  QueueAddress outbox;
  Delivery delivery;  // its content is at hand
};

class OutgoingSink {
 public:
  virtual ~OutgoingSink() = default;
  // For each one exactly one attempt is ended. Bounded by what the core lets be under way.
  virtual void deliver(std::vector<OutgoingDelivery>&& deliveries) = 0;
  // One that comes from no outbox: nobody is told what becomes of it.
  virtual void deliver_directly(OutgoingDestinationPtr to, ContentPtr content) = 0;
};

struct EndedAttempt {
  AttemptReport report;
  OutgoingDestinationPtr to;
  std::string why;  // for the operator, without anything that the receiver said: "status 503"
};

class AttemptPort {
 public:
  virtual ~AttemptPort() = default;
  virtual void end_attempts(std::vector<EndedAttempt>&& attempts) = 0;
};

}  // namespace penstock
