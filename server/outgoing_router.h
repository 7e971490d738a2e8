// OutgoingRouter: which hand takes a delivery, by its protocol.
//
//     http, https          WebhookSender
//     email, email-json    MailSender, if there is a mail server
//     all others           DeliveryRecord: nobody is there to deliver to
//
// The broker thread calls it; it holds nothing.
#pragma once

#include <vector>

#include "server/outgoing.h"

namespace penstock {

class OutgoingRouter final : public OutgoingSink {
 public:
  OutgoingRouter(OutgoingSink& webhooks, OutgoingSink& mails, OutgoingSink& others)
      : webhooks_(webhooks), mails_(mails), others_(others) {}

  void deliver(std::vector<OutgoingDelivery>&& deliveries) override;
  void deliver_directly(OutgoingDestinationPtr to, ContentPtr content) override;

 private:
  OutgoingSink& sink_for(SubscriptionProtocol protocol) const;

  OutgoingSink& webhooks_;
  OutgoingSink& mails_;
  OutgoingSink& others_;
};

}  // namespace penstock
