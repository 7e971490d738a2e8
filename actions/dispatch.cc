#include "actions/dispatch.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/messages.h"
#include "actions/queues.h"
#include "base/require.h"
#include "protocol/error_document.h"
#include "protocol/json_decoder.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/sqs_table.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kSqsTargetPrefix = "AmazonSQS";

enum class WireProtocol { kJson, kQuery };

// The content type decides. Where there is none that says anything, X-Amz-Target does.
WireProtocol protocol_of(const ApiRequest& request) {
  if (request.method != "POST") return WireProtocol::kQuery;
  std::string_view type = request.header("content-type").value_or(std::string_view{});
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (equals_without_case(type, "application/x-www-form-urlencoded")) return WireProtocol::kQuery;
  for (const std::string_view json :
       {"application/x-amz-json-1.0", "application/x-amz-json-1.1", "application/json"}) {
    if (equals_without_case(type, json)) return WireProtocol::kJson;
  }
  return request.header("x-amz-target") ? WireProtocol::kJson : WireProtocol::kQuery;
}

// The queue that a QueueUrl names, in the account of its path.
struct QueuePlace {
  World world;
  std::string name;
};

std::optional<QueuePlace> place_of(const Text& queue_url, const Caller& caller) {
  const std::optional<QueueLocator> locator =
      parse_queue_url(queue_url ? std::string_view(*queue_url) : std::string_view());
  if (!locator) return std::nullopt;
  QueuePlace place{caller.world, std::string(locator->name)};
  if (locator->account)
    place.world.account = AccountId::parse(*locator->account).value_or(caller.world.account);
  return place;
}

// An action that names its queue by QueueUrl: a queue that cannot exist is refused here, as the core would;
// whatever else is wrong goes along and surfaces only when the queue was found.
template <AboutQueue Request>
Result<Planned> plan(Request&& request, const Caller& caller, Asked& asked) {
  std::optional<QueuePlace> place = place_of(request.queue_url, caller);
  if (!place) return refuse(ErrorCode::kQueueDoesNotExist);
  Planned planned{place->world, std::move(place->name), Operation{}};
  if (Result<void> checked = check(request); checked) {
    planned.operation = plan_operation(std::move(request), caller, asked);
  } else {
    planned.operation = tl::unexpected(std::move(checked.error()));
  }
  return planned;
}

template <HasFields Request>
requires(!AboutQueue<Request>) Result<Planned> plan(Request&& request, const Caller& caller, Asked&) {
  return plan(std::move(request), caller);
}

// Decodes and plans by the row of that name.
Result<Planned> plan_action(std::string_view action, std::string_view body, const Caller& caller,
                            Asked& asked) {
  std::optional<Result<Planned>> planned;
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (action != kRow.name) return;
    if constexpr (kRow.standing == Standing::kNotOffered) {
      planned = tl::unexpected(not_offered(joined({"the action ", kRow.name})));
    } else {
      using Request = typename std::decay_t<decltype(kRow)>::Request;
      Result<Request> request = decode_json<Request>(body);
      if (request) {
        planned = plan(std::move(*request), caller, asked);
      } else {
        planned = tl::unexpected(std::move(request.error()));
      }
    }
  });
  if (planned) return std::move(*planned);
  return refuse(ErrorCode::kInvalidAction,
                joined({"The action ", echoed(action), " is not valid for this endpoint."}));
}

// What a call that has this answer asked for.
template <class What>
const What& asked_for(const Call& call) {
  const What* asked = std::get_if<What>(&call.asked);
  require(asked != nullptr, "an answer is of the kind that its call asked for");
  return *asked;
}

}  // namespace

void CallDeleter::operator()(Call* call) const { delete call; }

std::variant<ApiResponse, PlannedCommand> plan(const ApiRequest& request, const DispatchSettings& settings,
                                               const Ticket& ticket, std::string request_id) {
  if (protocol_of(request) == WireProtocol::kQuery) {
    return query_error(request_id, not_offered("AWS Query; it speaks AWS JSON 1.0 only"));
  }
  const std::string_view target = request.header("x-amz-target").value_or(std::string_view{});
  const std::size_t dot = std::min(target.find('.'), target.size());
  const std::string_view service = target.substr(0, dot);
  if (service != kSqsTargetPrefix || dot == target.size()) {
    const bool other_service =
        !service.empty() && dot < target.size() && !service.starts_with(kSqsTargetPrefix);
    return other_service ? json_service_not_offered(request_id, target)
                         : json_error(request_id, Error{ErrorCode::kInvalidAction, {}});
  }

  Caller caller = Caller::identify(request, settings);
  Asked asked;
  Result<Planned> planned = plan_action(target.substr(dot + 1), request.body, caller, asked);
  if (!planned) return json_error(request_id, planned.error());
  return PlannedCommand{
      Command{ticket, planned->world, std::move(planned->queue_name), std::move(planned->operation)},
      CallPtr(new Call{std::move(request_id), std::move(caller.authority), std::move(asked)})};
}

ApiResponse render(const Call& call, const Answer& answer) {
  struct Render {
    const Call& call;

    ApiResponse operator()(const Error& error) const { return json_error(call.request_id, error); }
    ApiResponse operator()(const QueuesListed&) const { return not_yet(); }
    ApiResponse operator()(const QueueTagged&) const { return not_yet(); }
    ApiResponse operator()(const SentBatch&) const { return not_yet(); }
    ApiResponse operator()(const DoneBatch&) const { return not_yet(); }
    ApiResponse not_yet() const {
      return json_error(call.request_id, Error{ErrorCode::kUnsupportedOperation, {}});
    }
    ApiResponse operator()(const Done&) const { return json_response(call.request_id, {}); }
    ApiResponse operator()(const QueueFound& found) const {
      return json_response(call.request_id, render_queue_url(call, found));
    }
    ApiResponse operator()(const QueueDescribed& described) const {
      return json_response(call.request_id,
                           render_queue_attributes(asked_for<AskedOfQueue>(call), described));
    }
    ApiResponse operator()(const Sent& sent) const {
      return json_response(call.request_id, render_sent(asked_for<AskedOfSend>(call), sent));
    }
    ApiResponse operator()(const Received& received) const {
      return json_response(call.request_id, render_received(asked_for<AskedOfMessages>(call), received));
    }
  };
  return std::visit(Render{call}, answer);
}

ApiResponse render_unavailable(const Call& call) {
  return json_error(call.request_id, Error{ErrorCode::kServiceUnavailable, {}});
}

}  // namespace penstock
