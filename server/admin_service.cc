#include "server/admin_service.h"

#include <utility>

#include "server/health.h"

namespace penstock {

// What a pending call is about.
constexpr std::size_t kSurvey = 0;
constexpr std::size_t kOptOut = 1;

AdminService::AdminService(BrokerThread& broker, MetricsSources sources, DeliveryPage deliveries,
                           OptOutPage opt_out)
    : broker_(broker), sources_(std::move(sources)), deliveries_(std::move(deliveries)), opt_out_(opt_out) {}

std::variant<ApiResponse, UnderWay> AdminService::handle(const ApiRequest& request, const Ticket& ticket,
                                                         Random&) {
  if (auto page = answer_health(request, broker_.running())) return *std::move(page);
  if (path_of(request.target) == OptOutPage::kPath && broker_.running()) {
    auto planned = opt_out_.plan(request, ticket);
    if (auto* refusal = std::get_if<ApiResponse>(&planned)) return std::move(*refusal);
    return UnderWay{std::get<Command>(std::move(planned)),
                    PendingCall(nullptr, kOptOut, std::chrono::steady_clock::now())};
  }
  ApiResponse response;
  response.content_type = "text/plain; charset=utf-8";
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers.emplace_back("Allow", "GET, HEAD");
    response.body = "Only GET and HEAD are answered here.\n";
    return response;
  }
  if (path_of(request.target) == "/metrics") {
    if (!broker_.running()) return metrics(nullptr);
    broker_.ask_survey(ticket);
    return UnderWay{{}, PendingCall(nullptr, kSurvey, {})};
  }
  if (deliveries_.record != nullptr && path_of(request.target) == DeliveryPage::kPath) {
    return deliveries_.answer(request);
  }
  response.status = 404;
  response.body =
      "Here are /health, /health/live, /health/ready, /metrics, /sns/deliveries and "
      "/sns/opted-out-numbers.\n";
  return response;
}

ApiResponse AdminService::render(const PendingCall& pending, const Ticket&, const Answer& answer) {
  if (pending.action == kOptOut) return OptOutPage::render(answer);
  return metrics(broker_.survey().get());
}

ApiResponse AdminService::metrics(const QueueSurvey* survey) const {
  ApiResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_text(sources_, survey);
  return response;
}

}  // namespace penstock
