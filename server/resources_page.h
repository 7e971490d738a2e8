// ResourcesPage: what there is of queues, topics and subscriptions as a resources document, for
// `penstock export`; behind the admin listening address.
//
//     GET /resources                                    all accounts and regions
//     GET /resources?account=000000000000&region=us-east-1
//
// It shows policies, so where signatures are verified only this machine is answered. The facts are noted down
// by the broker thread; the request waits for them.
#pragma once

#include <string>
#include <variant>

#include "server/broker_thread.h"
#include "server/service.h"

namespace penstock {

class ResourcesPage {
 public:
  ResourcesPage(BrokerThread& broker, bool verified) : broker_(broker), verified_(verified) {}

  static bool is_at(const ApiRequest& request);
  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket) const;
  // The facts were noted down; `page` is what handle() left behind.
  ApiResponse render(const std::string& page) const;

 private:
  BrokerThread& broker_;
  const bool verified_;
};

}  // namespace penstock
