// AdminService: health and metrics, behind the admin listening address. It is there before the store is
// open, so that a long recovery can be told from a dead process.
#pragma once

#include <vector>

#include "server/broker_thread.h"
#include "server/service.h"

namespace penstock {

struct IoCounts;

class AdminService final : public Service {
 public:
  AdminService(const BrokerThread& broker, std::vector<const IoCounts*> io_counts);

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random) override;
  // Nothing of it is ever under way.
  ApiResponse render(const Call* call, const Answer& answer) override;

 private:
  const BrokerThread& broker_;
  const std::vector<const IoCounts*> io_counts_;
};

}  // namespace penstock
