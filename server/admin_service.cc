#include "server/admin_service.h"

#include <utility>

#include "base/require.h"
#include "server/health.h"
#include "server/metrics.h"

namespace penstock {

AdminService::AdminService(const BrokerThread& broker, std::vector<const IoCounts*> io_counts)
    : broker_(broker), io_counts_(std::move(io_counts)) {}

std::variant<ApiResponse, UnderWay> AdminService::handle(const ApiRequest& request, const Ticket&, Random&) {
  if (auto page = answer_health(request, broker_.running())) return *std::move(page);
  ApiResponse response;
  response.content_type = "text/plain; charset=utf-8";
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers.emplace_back("Allow", "GET, HEAD");
    response.body = "Only GET and HEAD are answered here.\n";
  } else if (path_of(request.target) == "/metrics") {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_text(broker_, io_counts_);
  } else {
    response.status = 404;
    response.body = "Here are /health, /health/live, /health/ready and /metrics.\n";
  }
  return response;
}

ApiResponse AdminService::render(const Call*, const Answer&) {
  require(false, "the admin service sends no commands");
  return {};
}

}  // namespace penstock
