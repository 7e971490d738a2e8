#include "server/admin_input.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/query_form.h"
#include "protocol/queue_url.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kQueueNames =
    "Say which queue: QueueUrl, or Queue and perhaps Account and Region.";

std::optional<std::string> plain(const JsonValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) return std::to_string(*number);
  if (const auto* truth = std::get_if<bool>(&value.value)) return *truth ? "true" : "false";
  if (const auto* other = std::get_if<JsonOtherNumber>(&value.value)) return other->text;
  return std::nullopt;
}

}  // namespace

AdminInput AdminInput::of_query(const ApiRequest& request, Names known) {
  AdminInput input;
  const std::size_t mark = std::min(request.target.find('?'), request.target.size());
  const std::string_view query = request.target.substr(std::min(mark + 1, request.target.size()));
  const Result<QueryForm> form = QueryForm::parse(query, {});
  if (!form) {
    input.complain("The query cannot be read.");
    return input;
  }
  form->each([&](const std::string& name, const std::string& value) { input.add(name, value, known); });
  return input;
}

AdminInput AdminInput::of_body(const ApiRequest& request, Names known) {
  AdminInput input;
  if (request.body.empty()) return input;
  const Result<JsonValue> document = JsonValue::parse(request.body);
  const auto* object = document ? std::get_if<JsonObject>(&document->value) : nullptr;
  if (object == nullptr) {
    input.complain("The body must be a JSON object.");
    return input;
  }
  for (const JsonMember& member : *object) {
    if (std::holds_alternative<JsonNull>(member.value.value)) continue;
    std::optional<std::string> text = plain(member.value);
    if (!text) input.complain(joined({echoed(member.name), " must be a text, a number, true or false."}));
    input.add(member.name, std::move(text).value_or(std::string()), known);
  }
  return input;
}

void AdminInput::add(std::string_view name, std::string text, Names known) {
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    std::string all;
    for (const std::string_view each : known) all += (all.empty() ? "" : ", ") + std::string(each);
    complain(joined({echoed(name), " means nothing here. There are: ", all.empty() ? "none" : all, "."}));
    return;
  }
  texts_.insert_or_assign(std::string(name), std::move(text));
}

void AdminInput::complain(std::string what) {
  if (!fault_) fault_ = std::move(what);
}

std::optional<std::string> AdminInput::text(std::string_view name) {
  const auto found = texts_.find(name);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> AdminInput::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const std::optional<std::string> given = text(name);
  if (!given) return std::nullopt;
  std::int64_t number = 0;
  const char* const last = given->data() + given->size();
  const auto [end, error] = std::from_chars(given->data(), last, number);
  if (error == std::errc{} && end == last && number >= least && number <= most) return number;
  complain(joined(
      {name, " must be a whole number from ", std::to_string(least), " to ", std::to_string(most), "."}));
  return std::nullopt;
}

std::optional<double> AdminInput::share(std::string_view name) {
  const std::optional<std::string> given = text(name);
  if (!given) return std::nullopt;
  double number = 0;
  const char* const last = given->data() + given->size();
  const auto [end, error] = std::from_chars(given->data(), last, number);
  if (error == std::errc{} && end == last && number > 0 && number <= 1) return number;
  complain(joined({name, " must be a number above 0 and at most 1."}));
  return std::nullopt;
}

bool AdminInput::flag(std::string_view name) {
  const std::optional<std::string> given = text(name);
  if (!given || *given == "false" || *given == "False" || *given == "0") return false;
  if (*given != "true" && *given != "1" && *given != "True")
    complain(joined({name, " must be true or false."}));
  return true;
}

std::optional<AccountId> AdminInput::account() {
  const std::optional<std::string> given = text("Account");
  if (!given) return std::nullopt;
  const std::optional<AccountId> account = AccountId::parse(*given);
  if (!account) complain("Account must be twelve digits, as a text.");
  return account;
}

std::optional<Region> AdminInput::region() {
  const std::optional<std::string> given = text("Region");
  if (!given) return std::nullopt;
  const std::optional<Region> region = Region::parse(*given);
  if (!region) complain("Region must be a region's name, like us-east-1.");
  return region;
}

AdminQueue AdminInput::queue(const World& world) {
  AdminQueue queue{world, {}};
  const std::optional<std::string> url = text("QueueUrl");
  if (has("Queue") == url.has_value()) {
    complain(std::string(kQueueNames));
    return queue;
  }
  if (const auto own = region()) queue.world.region = *own;
  if (const auto own = account()) queue.world.account = *own;
  if (!url) {
    queue.name = *text("Queue");
    return queue;
  }
  const std::optional<QueueLocator> locator = parse_queue_url(*url);
  if (!locator) {
    complain("QueueUrl is no URL of a queue.");
    return queue;
  }
  queue.name = locator->name;
  if (locator->account)
    queue.world.account = AccountId::parse(*locator->account).value_or(queue.world.account);
  return queue;
}

}  // namespace penstock
