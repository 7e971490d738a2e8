#include "actions/dispatch.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actions/access.h"
#include "actions/authenticator.h"
#include "actions/batches.h"
#include "actions/call.h"
#include "actions/caller.h"
#include "actions/messages.h"
#include "actions/move_tasks.h"
#include "actions/permissions.h"
#include "actions/queues.h"
#include "actions/sns_dispatch.h"
#include "auth/credential_scope.h"
#include "auth/sigv4_verifier.h"
#include "base/require.h"
#include "broker/queue_arn.h"
#include "protocol/hot_json_decoder.h"
#include "protocol/json_decoder.h"
#include "protocol/json_document.h"
#include "protocol/query_decoder.h"
#include "protocol/query_document.h"
#include "protocol/queue_url.h"
#include "protocol/request_check.h"
#include "protocol/result_writer.h"
#include "protocol/sqs_table.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kSqsTargetPrefix = "AmazonSQS";
// In credential scopes and policies.
constexpr std::string_view kSqsService = "sqs";
constexpr std::string_view kSnsService = "sns";
constexpr std::string_view kStsService = "sts";

std::string_view service_name(Service service) {
  if (service == Service::kSqs) return kSqsService;
  return service == Service::kSns ? kSnsService : kStsService;
}

enum class WireProtocol { kJson, kQuery };

constexpr std::string_view kAmazonJson = "application/x-amz-json-1.0";

// The content type decides. Where there is none that says anything, X-Amz-Target does.
WireProtocol protocol_of(const ApiRequest& request) {
  if (request.method != "POST") return WireProtocol::kQuery;
  std::string_view type = request.header("content-type").value_or(std::string_view{});
  if (type == kAmazonJson) return WireProtocol::kJson;  // what SDKs say
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (equals_without_case(type, "application/x-www-form-urlencoded")) return WireProtocol::kQuery;
  for (const std::string_view json :
       {kAmazonJson, std::string_view("application/x-amz-json-1.1"), std::string_view("application/json")}) {
    if (equals_without_case(type, json)) return WireProtocol::kJson;
  }
  return request.header("x-amz-target") ? WireProtocol::kJson : WireProtocol::kQuery;
}

std::string_view target_of(const ApiRequest& request) {
  return request.header("x-amz-target").value_or(std::string_view{});
}

// "AmazonSQS.{Action}"
bool targets_sqs(std::string_view target) {
  return target.substr(0, target.find('.')) == kSqsTargetPrefix && target.size() > kSqsTargetPrefix.size();
}

bool targets_another_service(std::string_view target) {
  return target.find('.') != std::string_view::npos && !target.starts_with('.') &&
         !target.starts_with(kSqsTargetPrefix);
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
Result<Planned> plan(Request&& request, const Caller& caller, Asked& asked, BodyDigests* digests) {
  std::optional<QueuePlace> place = place_of(request.queue_url, caller);
  if (!place) return refuse(ErrorCode::kQueueDoesNotExist);
  Planned planned{place->world, std::move(place->name), Operation{}};
  if (Result<void> checked = check(request); checked) {
    planned.operation = plan_operation(std::move(request), Addressed{caller, planned.queue_name, digests}, asked);
  } else {
    planned.operation = tl::unexpected(std::move(checked.error()));
  }
  return planned;
}

template <HasFields Request>
requires(!AboutQueue<Request>) Result<Planned> plan(Request&& request, const Caller& caller, Asked&, BodyDigests*) {
  return plan(std::move(request), caller);
}

Error unknown_action(std::string_view action) {
  return {ErrorCode::kInvalidAction,
          joined({"The action ", echoed(action), " is not valid for this endpoint."})};
}

// What a request is about, before anybody has looked at its parameters.
struct Asking {
  std::string_view action;  // as the request names it
  const Caller& caller;
  Call& call;  // to be filled in
  BodyDigests* digests = nullptr;
};

// Plans by the row of that name; `decode(type)` gives the request of the row.
template <class Decode>
Result<Planned> plan_action(const Asking& asking, const Decode& decode) {
  std::optional<Result<Planned>> planned;
  each_sqs_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sqs::kActions);
    if (planned || asking.action != kRow.name) return;
    asking.call.action = kRow.name;
    if constexpr (kRow.standing == Standing::kNotOffered) {
      planned = tl::unexpected(not_offered(joined({"the action ", kRow.name})));
    } else {
      using Request = typename std::decay_t<decltype(kRow)>::Request;
      Result<Request> request = decode(std::type_identity<Request>{});
      if (request) {
        planned = plan(std::move(*request), asking.caller, asking.call.asked, asking.digests);
      } else {
        planned = tl::unexpected(std::move(request.error()));
      }
    }
  });
  if (planned) return std::move(*planned);
  return tl::unexpected(unknown_action(asking.action));
}

// The hot decoder takes the plain case of the frequent requests; what it leaves is the other's.
template <class Request>
Result<Request> decode_body(std::string_view body) {
  if constexpr (HotRequest<Request>) {
    if (std::optional<Request> request = decode_hot_json<Request>(body)) return std::move(*request);
  }
  return decode_json<Request>(body);
}

Result<Planned> plan_json(const Asking& asking, std::string_view body) {
  return plan_action(
      asking, [body]<class Request>(std::type_identity<Request>) { return decode_body<Request>(body); });
}

// An action that is asked of a queue's own address is one on that queue, or GetQueueUrl.
Result<Planned> plan_query(const Asking& asking, const QueryForm& form, std::string_view path) {
  const bool at_queue = parse_queue_url(path).has_value();
  return plan_action(asking, [&]<class Request>(std::type_identity<Request>) -> Result<Request> {
    constexpr bool kOfQueues = AboutQueue<Request> || std::is_same_v<Request, sqs::GetQueueUrlRequest>;
    if (at_queue && !kOfQueues) return tl::unexpected(unknown_action(asking.action));
    Result<Request> request = decode_query<Request>(form);
    if constexpr (AboutQueue<Request>) {
      if (request && at_queue && !request->queue_url) request->queue_url = std::string(path);
    }
    return request;
  });
}

bool accepts_json(const ApiRequest& request) {
  const std::string_view accept = request.header("accept").value_or(std::string_view{});
  return starts_with_without_case(accept, "application/json");
}

AnswerForm form_of(const ApiRequest& request) {
  if (protocol_of(request) == WireProtocol::kJson) return AnswerForm::kJson;
  return accepts_json(request) ? AnswerForm::kJsonLikeXml : AnswerForm::kXml;
}

Result<QueryForm> query_form(const ApiRequest& request) {
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  return QueryForm::parse(request.target.substr(std::min(mark + 1, request.target.size())), request.body);
}

void tell_service(Call& call, const Result<QueryForm>& form) {
  const std::string* const action = form ? form->find("Action") : nullptr;
  if (action != nullptr) call.service = service_of(*form, *action);
}

QueryAnswer query_answer(AnswerForm form) {
  return form == AnswerForm::kJsonLikeXml ? QueryAnswer::kJson : QueryAnswer::kXml;
}

const QueryDialect& dialect_of(const Call& call) {
  if (call.service == Service::kSqs) return kSqsDialect;
  return call.service == Service::kSns ? kSnsDialect : kStsDialect;
}

ApiResponse respond_error(const Call& call, const Error& error) {
  if (call.form == AnswerForm::kJson) return json_error(call.request_id, error);
  return query_error(query_answer(call.form), call.request_id, error, dialect_of(call));
}

ApiResponse respond(const Call& call) {
  if (call.form == AnswerForm::kJson) return json_response(call.request_id, {});
  if (call.empty_result) {
    return query_empty_response(query_answer(call.form), call.action, call.request_id, dialect_of(call));
  }
  return query_void_response(query_answer(call.form), call.action, call.request_id, dialect_of(call));
}

template <HasFields Outcome>
ApiResponse respond(const Call& call, const Outcome& result) {
  if (call.form == AnswerForm::kJson) return json_response(call.request_id, json_of(result));
  return query_response(query_answer(call.form), call.action, call.request_id, result, dialect_of(call));
}

template <HasFields... Outcomes>
ApiResponse respond(const Call& call, const std::variant<Outcomes...>& results) {
  return std::visit([&call](const auto& result) { return respond(call, result); }, results);
}

// What a call that has this answer asked for.
template <class What>
const What& asked_for(const Call& call) {
  const What* asked = std::get_if<What>(&call.asked);
  require(asked != nullptr, "an answer is of the kind that its call asked for");
  return *asked;
}

// The command, or the answer at once. A caller that was verified is let in by the core, which knows the
// queue's policy; one without a name learns nothing of what else is wrong.
std::variant<ApiResponse, PlannedCommand> planned_or_refused(Result<Planned>&& planned, const Ticket& ticket,
                                                             const ApiRequest& request, const Caller& caller,
                                                             const Verification* verification,
                                                             CallPtr&& call) {
  if (!planned) {
    return respond_error(*call, caller.anonymous() ? unsigned_refusal(service_name(call->service), {}) : planned.error());
  }
  const bool of_sns = call->service == Service::kSns;
  AccessQuestionPtr access;
  if (verification != nullptr) {
    // Of SNS, who holds a token or the ARN in a notification need not have a name, and is asked nothing.
    const bool nameless = of_sns && caller.anonymous();
    if (nameless && call->action != "ConfirmSubscription" && call->action != "Unsubscribe") {
      return respond_error(*call, unsigned_refusal(kSnsService, {}));
    }
    if (!nameless) {
      const AccessSubject subject{of_sns ? kSnsService : kSqsService, call->action, planned->world,
                                  planned->queue_name};
      access = verification->authenticator.questions().ask(caller, request, subject, verification->now);
    }
  }
  return PlannedCommand{Command{ticket, planned->world, std::move(planned->queue_name),
                                std::move(planned->operation), std::move(access), of_sns},
                        std::move(call), caller.anonymous() ? std::nullopt : std::optional(caller.world.account)};
}

// Of a request that names no action: whom it is meant for, if that is none of ours.
std::optional<std::string_view> other_service_signed_for(const ApiRequest& request) {
  const auto authorization = request.header("authorization");
  const auto scope = authorization ? CredentialScope::parse(*authorization) : std::nullopt;
  if (!scope) return std::nullopt;
  for (const Service own : {Service::kSqs, Service::kSns, Service::kSts}) {
    if (scope->service == service_name(own)) return std::nullopt;
  }
  return scope->service;
}

// Who calls; refused if it says who it is and cannot prove it.
Result<Caller> caller_of(const ApiRequest& request, const DispatchSettings& settings, Service service,
                         const Verification* verification) {
  if (verification == nullptr) return Caller::identify(request, settings);
  auto proven = verification->authenticator.prove(request, service_name(service), verification->now);
  if (!proven) return tl::unexpected(std::move(proven.error()));
  return Caller::verify(request, settings, *std::move(proven));
}

}  // namespace

void CallDeleter::operator()(Call* call) const { delete call; }

std::variant<ApiResponse, PlannedCommand> plan(const ApiRequest& request, const DispatchSettings& settings,
                                               const Ticket& ticket, std::string request_id,
                                               const Verification* verification, BodyDigests* digests) {
  CallPtr call(new Call);
  call->request_id = std::move(request_id);
  call->form = form_of(request);
  const bool query_protocol = call->form != AnswerForm::kJson;
  const std::string_view target = query_protocol ? std::string_view() : target_of(request);  // a form has none
  // What it is signed for is not ours to judge.
  if (targets_another_service(target)) return json_service_not_offered(call->request_id, target);
  Result<QueryForm> form{QueryForm{}};
  // A form says of which service it is, and hence what it has to be signed for.
  if (query_protocol) {
    form = query_form(request);
    tell_service(*call, form);
  }
  Result<Caller> called = caller_of(request, settings, call->service, verification);
  if (!called) return respond_error(*call, called.error());
  call->url_base = url_base(request, settings);
  called->url_base = call->url_base;
  const Caller& caller = *called;
  call->own_notification_base = settings.notification_url_base;
  call->signing = settings.signing;
  call->private_receivers = settings.private_receivers;

  if (query_protocol) {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (!form) return respond_error(*call, form.error());
    const std::string* action = form->find("Action");
    if (action == nullptr || action->empty()) {
      const auto other = other_service_signed_for(request);
      return other ? query_service_not_offered(call->request_id, *other)
                   : query_unknown_operation(call->request_id);
    }
    if (call->service == Service::kSts) {
      call->action = kGetCallerIdentity;
      if (caller.anonymous()) return respond_error(*call, unsigned_refusal(kStsService, {}));
      const auto identity = caller_identity(*action, caller);
      return identity ? respond(*call, *identity) : respond_error(*call, identity.error());
    }
    if (call->service == Service::kSns) {
      return planned_or_refused(plan_sns(*action, *form, caller, *call), ticket, request, caller,
                                verification, std::move(call));
    }
    return planned_or_refused(plan_query({*action, caller, *call, digests}, *form, path), ticket, request, caller,
                              verification, std::move(call));
  }

  if (!targets_sqs(target)) return json_error(call->request_id, Error{ErrorCode::kInvalidAction, {}});
  const std::string_view action = target.substr(kSqsTargetPrefix.size() + 1);
  return planned_or_refused(plan_json({action, caller, *call, digests}, request.body), ticket, request, caller,
                            verification, std::move(call));
}

ApiResponse render(const Call& call, const Answer& answer) {
  struct Render {
    const Call& call;

    ApiResponse operator()(const Error& error) const { return respond_error(call, error); }
    ApiResponse operator()(const Done&) const { return respond(call); }
    ApiResponse operator()(const QueueFound& found) const { return respond(call, result_of(call, found)); }
    ApiResponse operator()(const QueuesListed& listed) const {
      if (std::holds_alternative<AskedOfSources>(call.asked)) return respond(call, sources_of(call, listed));
      return respond(call, result_of(call, listed));
    }
    ApiResponse operator()(const QueueDescribed& described) const {
      return respond(call, result_of(asked_for<AskedOfQueue>(call), described));
    }
    ApiResponse operator()(const QueueTagged& tagged) const { return respond(call, result_of(tagged)); }
    ApiResponse operator()(const MoveTaskStarted& started) const { return respond(call, result_of(started)); }
    ApiResponse operator()(const MoveTasksListed& listed) const { return respond(call, result_of(listed)); }
    ApiResponse operator()(const MoveTaskCancelled& cancelled) const {
      return respond(call, result_of(cancelled));
    }
    ApiResponse operator()(const Sent& sent) const {
      return respond(call, result_of(asked_for<AskedOfSend>(call), sent));
    }
    ApiResponse operator()(const SentBatch& batch) const {
      return respond(call, result_of(asked_for<AskedOfSends>(call), batch));
    }
    ApiResponse operator()(const DoneBatch& batch) const {
      if (const auto* deletes = std::get_if<AskedOfDeletes>(&call.asked)) {
        return respond(call, result_of(*deletes, batch));
      }
      return respond(call, result_of(asked_for<AskedOfChanges>(call), batch));
    }
    ApiResponse operator()(const Received& received) const {
      return respond(call, result_of(call, asked_for<AskedOfMessages>(call), received));
    }
    // No action of the API asks for these.
    ApiResponse operator()(const Peeked&) const { return not_asked_for(); }
    ApiResponse operator()(const ExpectationEnded&) const { return not_asked_for(); }
    ApiResponse operator()(const ResetDone&) const { return not_asked_for(); }
    ApiResponse operator()(const TimeAdvanced&) const { return not_asked_for(); }
    ApiResponse not_asked_for() const { return respond_error(call, Error{ErrorCode::kInternalFailure, {}}); }
    ApiResponse operator()(const DirectDelivery&) const {
      require(false, "what leaves is nobody's answer");
      return {};
    }
    ApiResponse operator()(const TopicAnswer& of_topic) const {
      return std::visit([this](const auto& one) { return respond(call, result_of(call, one)); }, of_topic);
    }
  };
  return std::visit(Render{call}, answer);
}

ApiResponse throttle(const ApiRequest& request, std::string request_id) {
  Call call;
  call.request_id = std::move(request_id);
  call.form = form_of(request);
  if (call.form != AnswerForm::kJson) tell_service(call, query_form(request));
  return render_throttled(call);
}

ApiResponse render_throttled(const Call& call) {
  if (call.service == Service::kSqs) return respond_error(call, Error{ErrorCode::kRequestThrottled, {}});
  return respond_error(call, Error{ErrorCode::kThrottled, "Rate exceeded"});
}

ApiResponse render_unavailable(const Call& call) {
  return respond_error(call, Error{ErrorCode::kServiceUnavailable, {}});
}

}  // namespace penstock
