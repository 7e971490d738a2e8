#include "server/opt_out_page.h"

#include <optional>
#include <utility>

#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace penstock {
namespace {

ApiResponse told(int status, std::string_view name, std::string_view text) {
  ApiResponse response;
  response.status = status;
  response.content_type = "application/json";
  JsonWriter writer(response.body);
  writer.begin_object();
  writer.member(name, text);
  writer.end_object();
  return response;
}

}  // namespace

std::variant<ApiResponse, Command> OptOutPage::plan(const ApiRequest& request, const Ticket& ticket) const {
  Result<JsonValue> parsed = JsonValue::parse(request.body);
  JsonObject* object = parsed ? std::get_if<JsonObject>(&parsed->value) : nullptr;
  if (object == nullptr) return told(400, "error", "the body must be a JSON object");
  World asked = world;
  std::optional<std::string> number;
  for (const JsonMember& member : *object) {
    const std::string* text = std::get_if<std::string>(&member.value.value);
    if (text == nullptr) return told(400, "error", "each member must be a text");
    if (member.name == "PhoneNumber") {
      number = plain_number(*text);
    } else if (member.name == "Account") {
      const auto account = AccountId::parse(*text);
      if (!account) return told(400, "error", "Account must be twelve digits");
      asked.account = *account;
    } else if (member.name == "Region") {
      const auto region = Region::parse(*text);
      if (!region) return told(400, "error", "Region must be the name of one, like us-east-1");
      asked.region = *region;
    } else {
      return told(400, "error", "there are PhoneNumber, Account and Region");
    }
  }
  if (!number) return told(400, "error", "PhoneNumber must be a plus and 7 to 15 digits, like +15550100");
  return Command{
      ticket,  asked,
      {},      Operation(AboutTopic{TopicOperation(MobileOperation{*std::move(number), OptOut{}})}),
      nullptr, true};
}

ApiResponse OptOutPage::render(const Answer& answer) {
  const auto* error = std::get_if<Error>(&answer);
  if (error == nullptr) return told(200, "status", "opted out");
  return told(error->code == ErrorCode::kServiceUnavailable ? 503 : 429, "error",
              error->text.empty() ? "there is no room for it at the moment" : error->text);
}

}  // namespace penstock
