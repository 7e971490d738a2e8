#include "server/api_service.h"

#include <utility>

#include "server/command_port.h"
#include "server/health.h"

namespace penstock {
namespace {

// It serves only once commands are decided, so that its health pages always say ready.
constexpr bool kReady = true;

WallTime wall_time() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace

ApiService::ApiService(DispatchSettings settings, std::vector<RequestCounts*> counts,
                       std::vector<Authenticator*> authenticators)
    : settings_(std::move(settings)),
      counts_(std::move(counts)),
      authenticators_(std::move(authenticators)) {}

std::variant<ApiResponse, UnderWay> ApiService::handle(const ApiRequest& request, const Ticket& ticket,
                                                       Random& random) {
  if (auto page = answer_health(request, kReady)) return *std::move(page);

  const Clock::time_point since = Clock::now();
  const ActionIndex action = action_asked(request);
  std::optional<Verification> verification;
  if (!authenticators_.empty()) {
    verification.emplace(Verification{*authenticators_[io_thread_of(ticket)], wall_time()});
  }
  auto planned = plan(request, settings_, ticket, MessageId::draw(random).text(),
                      verification ? &*verification : nullptr);
  if (ApiResponse* const response = std::get_if<ApiResponse>(&planned)) {
    count(ticket, action, error_in(*response), since);
    return std::move(*response);
  }
  PlannedCommand& command = std::get<PlannedCommand>(planned);
  return UnderWay{std::move(command.command), PendingCall{std::move(command.call), action, since}};
}

ApiResponse ApiService::render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) {
  const Error* const error = std::get_if<Error>(&answer);
  count(ticket, pending.action, error ? std::optional(error->code) : std::nullopt, pending.since);
  if (error && error->code == ErrorCode::kServiceUnavailable) return render_unavailable(*pending.call);
  return penstock::render(*pending.call, answer);
}

void ApiService::count(const Ticket& ticket, ActionIndex action, std::optional<ErrorCode> error,
                       Clock::time_point since) {
  counts_[io_thread_of(ticket)]->add(
      action, error, std::chrono::duration_cast<RequestCounts::Duration>(Clock::now() - since));
}

}  // namespace penstock
