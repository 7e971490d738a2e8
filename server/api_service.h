// ApiService: the AWS API, and the health pages, behind the API's listening addresses.
#pragma once

#include "server/service.h"

namespace penstock {

class ApiService final : public Service {
 public:
  explicit ApiService(DispatchSettings settings);

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random& random) override;
  ApiResponse render(const Call* call, const Answer& answer) override;

 private:
  const DispatchSettings settings_;
};

}  // namespace penstock
