#include "server/api_service.h"

#include <utility>

#include "server/health.h"

namespace penstock {
namespace {

// It serves only once commands are decided, so that its health pages always say ready.
constexpr bool kReady = true;

}  // namespace

ApiService::ApiService(DispatchSettings settings) : settings_(std::move(settings)) {}

std::variant<ApiResponse, UnderWay> ApiService::handle(const ApiRequest& request, const Ticket& ticket,
                                                       Random& random) {
  if (auto page = answer_health(request, kReady)) return *std::move(page);

  auto planned = plan(request, settings_, ticket, MessageId::draw(random).text());
  if (ApiResponse* const response = std::get_if<ApiResponse>(&planned)) return std::move(*response);
  PlannedCommand& command = std::get<PlannedCommand>(planned);
  return UnderWay{std::move(command.command), std::move(command.call)};
}

ApiResponse ApiService::render(const Call* call, const Answer& answer) {
  const Error* const error = std::get_if<Error>(&answer);
  if (error && error->code == ErrorCode::kServiceUnavailable) return render_unavailable(*call);
  return penstock::render(*call, answer);
}

}  // namespace penstock
