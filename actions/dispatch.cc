#include "actions/dispatch.h"

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actions/call.h"
#include "actions/caller.h"
#include "actions/messages.h"
#include "actions/queues.h"
#include "protocol/error_document.h"
#include "protocol/json_decoder.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/sqs_table.h"

namespace penstock {
namespace {

constexpr std::string_view kSqsTargetPrefix = "AmazonSQS";

enum class WireProtocol { kJson, kQuery };

bool equals_without_case(std::string_view text, std::string_view lower_case) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), same);
}

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
  const std::optional<QueueLocator> locator = parse_queue_url(queue_url ? *queue_url : std::string());
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
  Result<Planned> planned =
      refuse(ErrorCode::kInvalidAction,
             std::string("The action ").append(echoed(action)).append(" is not valid for this endpoint."));
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (action != kRow.name) return;
    if constexpr (kRow.standing == Standing::kNotOffered) {
      planned = tl::unexpected(not_offered(std::string("the action ").append(kRow.name)));
    } else {
      using Request = typename std::decay_t<decltype(kRow)>::Request;
      Result<Request> request = decode_json<Request>(body);
      planned =
          request ? plan(std::move(*request), caller, asked) : tl::unexpected(std::move(request.error()));
    }
  });
  return planned;
}

}  // namespace

void CallDeleter::operator()(Call* call) const { delete call; }

std::variant<ApiResponse, PlannedCommand> plan(const ApiRequest& request, const DispatchSettings& settings,
                                               const Ticket& ticket, std::string request_id) {
  if (protocol_of(request) == WireProtocol::kQuery) {
    return query_error(request_id, not_offered("AWS Query; it speaks AWS JSON 1.0 only"));
  }
  const std::string_view target = request.header("x-amz-target").value_or(std::string_view{});
  const std::size_t dot = target.find('.');
  const std::string_view service = target.substr(0, dot);
  if (dot != std::string_view::npos && !service.starts_with(kSqsTargetPrefix)) {
    return json_service_not_offered(request_id, target);
  }
  if (dot == std::string_view::npos || service != kSqsTargetPrefix) {
    return json_error(request_id, Error{ErrorCode::kInvalidAction, {}});
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
    ApiResponse operator()(const Done&) const { return json_response(call.request_id, {}); }
    ApiResponse operator()(const QueueFound& found) const {
      return json_response(call.request_id, render_queue_url(call, found));
    }
    ApiResponse operator()(const QueueDescribed& described) const {
      return json_response(call.request_id,
                           render_queue_attributes(std::get<AskedOfQueue>(call.asked), described));
    }
    ApiResponse operator()(const Sent& sent) const {
      return json_response(call.request_id, render_sent(std::get<AskedOfSend>(call.asked), sent));
    }
    ApiResponse operator()(const Received& received) const {
      return json_response(call.request_id, render_received(std::get<AskedOfMessages>(call.asked), received));
    }
  };
  return std::visit(Render{call}, answer);
}

ApiResponse render_unavailable(const Call& call) {
  return json_error(call.request_id, Error{ErrorCode::kServiceUnavailable, {}});
}

}  // namespace penstock
