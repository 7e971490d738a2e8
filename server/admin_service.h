// AdminService: health, metrics and what there is, behind the admin listening address. It is there before the
// store is open, so that a long recovery can be told from a dead process.
//
// /metrics shows how the queues stand, which only the broker thread knows: the request waits for a survey,
// as one of the API waits for its answer. Until the daemon is ready it is answered at once, without one.
// /resources (server/resources_page.h) waits likewise.
#pragma once

#include <atomic>

#include "server/broker_thread.h"
#include "server/metrics.h"
#include "server/resources_page.h"
#include "server/service.h"

namespace penstock {

class AdminService final : public Service {
 public:
  // `verified`: signatures are.
  AdminService(BrokerThread& broker, MetricsSources sources, bool verified = false);

  // From here on the daemon is ready: what is declared is there, and the API is served. Any thread.
  void is_ready() { ready_.store(true, std::memory_order_release); }

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random) override;
  // The survey was taken.
  ApiResponse render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) override;

 private:
  ApiResponse metrics(const QueueSurvey* survey) const;

  BrokerThread& broker_;
  const MetricsSources sources_;
  const ResourcesPage resources_;
  std::atomic<bool> ready_{false};
};

}  // namespace penstock
