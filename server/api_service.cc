#include "server/api_service.h"

#include <utility>

#include "actions/caller.h"
#include "protocol/errors.h"
#include "server/admin_guard.h"
#include "server/command_port.h"
#include "server/health.h"
#include "server/peek_page.h"
#include "server/wall_clock.h"

namespace penstock {
namespace {

// It serves only once commands are decided, so that its health pages always say ready.
constexpr bool kReady = true;

// Because of who it is, not of what it asks.
bool refuses_caller(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccessDenied:
    case ErrorCode::kIncompleteSignature:
    case ErrorCode::kSignatureDoesNotMatch:
    case ErrorCode::kInvalidClientTokenId:
    case ErrorCode::kExpiredToken:
    case ErrorCode::kMissingAuthenticationToken:
      return true;
    default:
      return false;
  }
}

}  // namespace

ApiService::ApiService(DispatchSettings settings, std::vector<RequestCounts*> counts,
                       NotificationSigner& signer, std::vector<Authenticator*> authenticators,
                       AuditLog* audit, FaultPlan* faults, RequestLimits* limits)
    : settings_(std::move(settings)),
      counts_(std::move(counts)),
      signer_(signer),
      authenticators_(std::move(authenticators)),
      audit_(audit),
      faults_(faults),
      limits_(limits) {}

std::variant<ApiResponse, UnderWay> ApiService::handle(const ApiRequest& request, const Ticket& ticket,
                                                       Random& random, BodyDigests& digests) {
  if (auto page = answer_health(request, kReady)) return *std::move(page);
  const Clock::time_point since = Clock::now();
  const ActionIndex action = action_asked(request);
  if (limits_ && !limits_->admit_address(request.peer, since)) {
    ApiResponse response = throttle(request, MessageId::draw(random).text());
    count(ticket, action, error_in(response), since);
    return response;
  }
  if (request.method == "GET") {
    if (auto certificate = signer_.certificate_at(request.target)) {
      ApiResponse response;
      response.content_type = "application/x-pem-file";
      response.body = *std::move(certificate);
      return response;
    }
  }

  if (asks_localstack_peek(request)) {
    if (!authenticators_.empty()) {
      return admin_refusal(403, "Where signatures are verified, messages are shown by the admin side only.");
    }
    return plan_localstack_peek(request, ticket, {settings_.default_account, settings_.default_region},
                                url_base(request, settings_), MessageId::draw(random).text());
  }

  std::optional<Verification> verification;
  if (!authenticators_.empty()) {
    verification.emplace(Verification{*authenticators_[io_thread_of(ticket)], wall_time()});
  }
  std::string request_id = MessageId::draw(random).text();
  // Noted down here as well, or known to the answer alone.
  auto planned = plan(request, settings_, ticket, audit_ ? std::string(request_id) : std::move(request_id),
                      verification ? &*verification : nullptr, &digests);
  if (ApiResponse* const response = std::get_if<ApiResponse>(&planned)) {
    const std::optional<ErrorCode> error = error_in(*response);
    count(ticket, action, error, since);
    if (audit_) {
      // Nobody has proven who it is, or nothing was asked for that can be named.
      audit_->note({.time = verification->now,
                    .source = request.peer,
                    .action = action < kActionsKnown ? action_name(action) : std::string_view(),
                    .error = error ? wire_error(*error).query_code : std::string_view("Unknown"),
                    .denied = error && refuses_caller(*error),
                    .request_id = request_id});
    }
    return std::move(*response);
  }
  PlannedCommand& command = std::get<PlannedCommand>(planned);
  if (limits_ && command.account && !limits_->admit_account(*command.account, since)) {
    ApiResponse response = render_throttled(*command.call);
    count(ticket, action, error_in(response), since);
    return response;
  }
  PendingCall pending(std::move(command.call), action, since);
  if (audit_) {
    pending.access = command.command.access;
    pending.request_id = std::move(request_id);
  }
  UnderWay under_way{std::move(command.command), std::move(pending)};
  return faults_ ? with_faults(std::move(under_way), action) : std::move(under_way);
}

UnderWay ApiService::with_faults(UnderWay&& under_way, ActionIndex action) const {
  const Command& command = *under_way.command;
  const std::string_view name = action < kActionsKnown ? action_name(action) : std::string_view();
  const auto fault = faults_->meet(name, command.queue_name, command.about_topic);
  if (!fault) return std::move(under_way);
  under_way.held_for = fault->latency;
  switch (fault->kind) {
    case FaultKind::kNone:
      break;
    case FaultKind::kThrottling:
      under_way.instead = command.about_topic ? Error{ErrorCode::kThrottled, "Rate exceeded"}
                                              : Error{ErrorCode::kRequestThrottled, {}};
      break;
    case FaultKind::kInternal:
      under_way.instead = Error{ErrorCode::kInternalFailure, {}};
      break;
    case FaultKind::kUnavailable:
      under_way.instead = Error{ErrorCode::kServiceUnavailable, {}};
      break;
    case FaultKind::kDropBefore:
      under_way.instead = Error{ErrorCode::kServiceUnavailable, {}};
      under_way.call.drops_connection = true;
      break;
    case FaultKind::kDropAfter:
      under_way.call.drops_connection = true;
      break;
  }
  return std::move(under_way);
}

ApiResponse ApiService::render(const PendingCall& pending, const Ticket& ticket, const Answer& answer) {
  if (pending.page) return pending.page->render(answer);
  ApiResponse response = render_call(pending, ticket, answer);
  response.drops_connection = pending.drops_connection;
  return response;
}

ApiResponse ApiService::render_call(const PendingCall& pending, const Ticket& ticket, const Answer& answer) {
  const Error* const error = std::get_if<Error>(&answer);
  const std::optional<ErrorCode> code = error ? std::optional(error->code) : std::nullopt;
  count(ticket, pending.action, code, pending.since);
  if (audit_ && pending.access) note(pending, code);
  if (error && error->code == ErrorCode::kServiceUnavailable) return render_unavailable(*pending.call);
  return penstock::render(*pending.call, answer);
}

void ApiService::note(const PendingCall& pending, std::optional<ErrorCode> error) {
  const AccessRequest& asked = pending.access->request;
  const auto source = asked.context.values("aws:sourceip");
  audit_->note({.time = wall_time(),
                .caller = asked.caller.name(),
                .source = source.empty() ? std::string_view() : std::string_view(source.front()),
                .action = asked.action,
                .resource = asked.resource,
                .error = error ? wire_error(*error).query_code : std::string_view(),
                .denied = error && refuses_caller(*error),
                .request_id = pending.request_id});
}

void ApiService::count(const Ticket& ticket, ActionIndex action, std::optional<ErrorCode> error,
                       Clock::time_point since) {
  counts_[io_thread_of(ticket)]->add(
      action, error, std::chrono::duration_cast<RequestCounts::Duration>(Clock::now() - since));
}

}  // namespace penstock
