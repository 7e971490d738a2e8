#include "server/outgoing_router.h"

#include <utility>

namespace penstock {

OutgoingSink& OutgoingRouter::sink_for(SubscriptionProtocol protocol) const {
  if (is_http(protocol)) return webhooks_;
  return is_email(protocol) ? mails_ : others_;
}

// All of one call are of one outbox, and so of one protocol.
void OutgoingRouter::deliver(std::vector<OutgoingDelivery>&& deliveries) {
  if (deliveries.empty()) return;
  sink_for(deliveries.front().to->protocol).deliver(std::move(deliveries));
}

void OutgoingRouter::deliver_directly(OutgoingDestinationPtr to, ContentPtr content) {
  OutgoingSink& sink = sink_for(to->protocol);
  sink.deliver_directly(std::move(to), std::move(content));
}

}  // namespace penstock
