#include "server/peek_page.h"

#include <utility>

#include "actions/peeking.h"
#include "protocol/errors.h"
#include "protocol/json_document.h"
#include "protocol/json_value.h"
#include "protocol/query_document.h"
#include "protocol/query_form.h"
#include "protocol/queue_url.h"
#include "protocol/text.h"
#include "server/admin_guard.h"
#include "server/admin_input.h"
#include "server/health.h"

namespace penstock {
namespace {

constexpr std::string_view kPath = "/_aws/sqs/messages";

class PendingPeek final : public PendingPage {
 public:
  PendingPeek(PeekLook look, PeekForm form, std::string request_id)
      : look_(std::move(look)), form_(form), request_id_(std::move(request_id)) {}

  ApiResponse render(const Answer& answer) const override {
    if (const auto* peeked = std::get_if<Peeked>(&answer))
      return render_peek(*peeked, look_, form_, request_id_);
    const Error* const error = std::get_if<Error>(&answer);
    return refused(error != nullptr ? *error : Error{ErrorCode::kServiceUnavailable, {}});
  }

  ApiResponse refused(const Error& error) const {
    switch (form_) {
      case PeekForm::kOwn:
        return admin_error(error);
      case PeekForm::kJson:
        return json_error(request_id_, error);
      case PeekForm::kXml:
        return query_error(QueryAnswer::kXml, request_id_, error);
      case PeekForm::kJsonLikeXml:
        break;
    }
    return query_error(QueryAnswer::kJson, request_id_, error);
  }

 private:
  const PeekLook look_;
  const PeekForm form_;
  const std::string request_id_;
};

UnderWay ask(const Ticket& ticket, AdminQueue&& queue, Peek&& peek, std::unique_ptr<const PendingPeek> page) {
  UnderWay under_way;
  under_way.command.emplace(Command{.ticket = ticket,
                                    .world = queue.world,
                                    .queue_name = std::move(queue.name),
                                    .operation = Operation(std::move(peek))});
  under_way.call = PendingCall(std::unique_ptr<const PendingPage>(std::move(page)));
  return under_way;
}

// "visible,in-flight,delayed"
bool read_states(std::string_view text, PeekStates& states) {
  states = {false, false, false};
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    bool* const which = word == "visible"     ? &states.visible
                        : word == "in-flight" ? &states.in_flight
                        : word == "delayed"   ? &states.delayed
                                              : nullptr;
    if (which == nullptr) return false;
    *which = true;
  }
  return states.visible || states.in_flight || states.delayed;
}

bool true_text(const std::string* text) {
  return text != nullptr && (*text == "true" || *text == "True" || *text == "1");
}

// What the JSON body of an SDK says, as a form.
struct LocalStackAsking {
  std::optional<std::string> queue_url;
  PeekStates states{.visible = true, .in_flight = false, .delayed = false};
  std::optional<std::string> token;
  std::optional<Error> wrong;
};

LocalStackAsking read_form(const ApiRequest& request, bool json_body) {
  LocalStackAsking asking;
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));
  const Result<QueryForm> form = QueryForm::parse(query, json_body ? std::string_view{} : request.body);
  if (!form) {
    asking.wrong = form.error();
    return asking;
  }
  if (const std::string* url = form->find("QueueUrl")) asking.queue_url = *url;
  if (const std::string* token = form->find("NextToken")) asking.token = *token;
  asking.states.in_flight = true_text(form->find("ShowInvisible"));
  asking.states.delayed = true_text(form->find("ShowDelayed"));
  const std::string* const action = form->find("Action");
  if (action != nullptr && *action != "ReceiveMessage") {
    asking.wrong = Error{ErrorCode::kInvalidAction,
                         "Only messages are shown here: ReceiveMessage, or no action at all."};
  }
  if (!json_body) return asking;
  Result<JsonValue> document = JsonValue::parse(request.body);
  auto* object = document ? std::get_if<JsonObject>(&document->value) : nullptr;
  const JsonValue* url = object != nullptr ? find_member(*object, "QueueUrl") : nullptr;
  const auto* text = url != nullptr ? std::get_if<std::string>(&url->value) : nullptr;
  if (text != nullptr) asking.queue_url = *text;
  const std::string_view target = request.header("x-amz-target").value_or(std::string_view{});
  if (!target.empty() && target != "AmazonSQS.ReceiveMessage") {
    asking.wrong = Error{ErrorCode::kInvalidAction, "Only messages are shown here: ReceiveMessage."};
  }
  return asking;
}

// The queue that the path names below ours (/REGION/ACCOUNT/NAME); nothing if it names none.
std::optional<AdminQueue> queue_in_path(std::string_view path) {
  path.remove_prefix(kPath.size());
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  const std::size_t first = path.find('/');
  const std::size_t second = first == std::string_view::npos ? first : path.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto region = Region::parse(path.substr(0, first));
  const auto account = AccountId::parse(path.substr(first + 1, second - first - 1));
  const std::string_view name = path.substr(second + 1);
  if (!region || !account || name.empty() || name.find('/') != std::string_view::npos) return std::nullopt;
  return AdminQueue{{*account, *region}, std::string(name)};
}

std::optional<AdminQueue> queue_of(const std::optional<std::string>& url, const World& world) {
  const std::optional<QueueLocator> locator =
      parse_queue_url(url ? std::string_view(*url) : std::string_view());
  if (!locator) return std::nullopt;
  AdminQueue queue{world, std::string(locator->name)};
  if (locator->account) queue.world.account = AccountId::parse(*locator->account).value_or(world.account);
  return queue;
}

}  // namespace

AdminAnswer answer_peek(const AdminCall& call) {
  AdminInput input =
      AdminInput::of_query(call.request, {"QueueUrl", "Queue", "Account", "Region", "State", "Text",
                                          "Attribute", "Value", "Unwrap", "MaxMessages", "NextToken"});
  AdminQueue queue = input.queue(call.ground.world);
  Peek peek;
  if (const auto states = input.text("State"); states && !read_states(*states, peek.states)) {
    input.complain("State must be visible, in-flight or delayed, or several of them with commas between.");
  }
  peek.messages_max =
      static_cast<std::uint32_t>(input.number("MaxMessages", 1, PeekBounds::kMessagesMax).value_or(100));
  if (const auto token = input.text("NextToken")) {
    peek.from = PeekPosition::parse(*token);
    if (!peek.from) input.complain("NextToken is not one that was given out here. Begin again without it.");
  }
  PeekLook look;
  look.text = input.text("Text").value_or(std::string());
  look.attribute = input.text("Attribute").value_or(std::string());
  look.value = input.text("Value");
  look.unwrapped = input.flag("Unwrap");
  look.url_base = call.ground.url_base;
  if (look.value && look.attribute.empty())
    input.complain("Value goes with Attribute: the name of a message attribute.");
  if (const auto& fault = input.fault()) return admin_refusal(400, *fault);
  return ask(call.ticket, std::move(queue), std::move(peek),
             std::make_unique<const PendingPeek>(std::move(look), PeekForm::kOwn, std::string()));
}

bool asks_localstack_peek(const ApiRequest& request) {
  const std::string_view path = path_of(request.target);
  return path.starts_with(kPath) && (path.size() == kPath.size() || path[kPath.size()] == '/');
}

AdminAnswer plan_localstack_peek(const ApiRequest& request, const Ticket& ticket, const World& world,
                                 const std::string& url_base, std::string request_id) {
  const std::string_view type = request.header("content-type").value_or(std::string_view{});
  const bool json_body =
      request.method == "POST" && (starts_with_without_case(type, "application/x-amz-json-1.0") ||
                                   starts_with_without_case(type, "application/json"));
  const bool wants_json =
      starts_with_without_case(request.header("accept").value_or(std::string_view{}), "application/json");
  const PeekForm form = json_body ? PeekForm::kJson : wants_json ? PeekForm::kJsonLikeXml : PeekForm::kXml;
  LocalStackAsking asking = read_form(request, json_body);
  PeekLook look;
  look.url_base = url_base;
  auto page = std::make_unique<const PendingPeek>(std::move(look), form, std::move(request_id));
  if (asking.wrong) return page->refused(*asking.wrong);
  std::string_view path = path_of(request.target);
  if (path.ends_with('/')) path.remove_suffix(1);
  std::optional<AdminQueue> queue = queue_in_path(path);
  if (!queue && path.size() > kPath.size()) {
    return page->refused(
        Error{ErrorCode::kInvalidAddress, "The path goes on with /REGION/ACCOUNT/NAME of a queue."});
  }
  if (!queue) queue = queue_of(asking.queue_url, world);
  if (!queue) return page->refused(missing_parameter("QueueUrl"));
  Peek peek{.from = {}, .states = asking.states, .messages_max = PeekBounds::kMessagesMax};
  if (asking.token) {
    peek.from = PeekPosition::parse(*asking.token);
    if (!peek.from)
      return page->refused(invalid_parameter(*asking.token, "NextToken", "it was not given out here."));
  }
  return ask(ticket, *std::move(queue), std::move(peek), std::move(page));
}

AdminAnswer answer_localstack_peek(const AdminCall& call) {
  return plan_localstack_peek(call.request, call.ticket, call.ground.world, call.ground.url_base,
                              MessageId::draw(call.random).text());
}

}  // namespace penstock
