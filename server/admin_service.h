// AdminService: health, metrics and recorded deliveries, behind the admin listening address. It is there
// before the store is open, so that a long recovery can be told from a dead process.
//
// /metrics shows how the queues stand, which only the broker thread knows: the request waits for a survey,
// as one of the API waits for its answer. Until the daemon is ready it is answered at once, without one.
#pragma once

#include "server/broker_thread.h"
#include "server/delivery_page.h"
#include "server/metrics.h"
#include "server/opt_out_page.h"
#include "server/service.h"

namespace penstock {

class AdminService final : public Service {
 public:
  AdminService(BrokerThread& broker, MetricsSources sources, DeliveryPage deliveries = {},
               OptOutPage opt_out = {});

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random) override;
  // The survey was taken, or somebody has opted out.
  ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) override;

 private:
  ApiResponse metrics(const QueueSurvey* survey) const;

  BrokerThread& broker_;
  const MetricsSources sources_;
  const DeliveryPage deliveries_;
  const OptOutPage opt_out_;
};

}  // namespace penstock
