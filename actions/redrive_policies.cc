#include "actions/redrive_policies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "broker/queue_arn.h"
#include "protocol/errors.h"
#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::int64_t kReceivesMax = 1000;
constexpr std::size_t kSourcesMax = 10;

// In the order of RedrivePermission.
constexpr std::array<std::string_view, 3> kPermissions{"allowAll", "denyAll", "byQueue"};

// What a document of this kind may hold, and the document.
std::optional<JsonObject> parse_object(std::string_view text) {
  Result<JsonValue> document = JsonValue::parse(text);
  if (!document) return std::nullopt;
  auto* object = std::get_if<JsonObject>(&document->value);
  if (object == nullptr) return std::nullopt;
  return std::move(*object);
}

bool holds_only(const JsonObject& object, std::string_view one, std::string_view other) {
  return std::all_of(object.begin(), object.end(),
                     [&](const JsonMember& member) { return member.name == one || member.name == other; });
}

// A number, or a text of digits; as it was written, for the refusal.
struct Count {
  std::optional<std::int64_t> number;
  std::string text;
};

Count count_of(const JsonValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.value)) {
    return {*number, std::to_string(*number)};
  }
  if (const auto* other = std::get_if<JsonOtherNumber>(&value.value)) return {std::nullopt, other->text};
  const auto* text = std::get_if<std::string>(&value.value);
  if (text == nullptr) return {std::nullopt, "null"};
  std::int64_t number = 0;
  const bool digits = !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc{}) {
    return {std::nullopt, *text};
  }
  return {number, *text};
}

tl::unexpected<Error> bad_allow_policy(std::string_view text, std::string_view reason) {
  return tl::unexpected<Error>(invalid_parameter(
      text, "RedriveAllowPolicy",
      joined({"Amazon SQS can't create the redrive allow policy. ", reason})));
}

tl::unexpected<Error> unsupported_allow_policy() {
  return refuse(ErrorCode::kInvalidParameterValue,
                "Invalid value for the parameter RedriveAllowPolicy. Reason: Amazon SQS can't create the "
                "redrive allow policy, as it\u2019s in an unsupported format.");
}

// Nothing unless it is a list of ARNs of queues.
std::optional<std::vector<std::string>> arns_of(JsonValue& value) {
  auto* list = std::get_if<JsonArray>(&value.value);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> arns;
  for (JsonValue& element : *list) {
    auto* arn = std::get_if<std::string>(&element.value);
    if (arn == nullptr || !QueueArn::parse(*arn)) return std::nullopt;
    arns.push_back(std::move(*arn));
  }
  return arns;
}

}  // namespace

Result<RedrivePolicy> parse_redrive_policy(std::string_view text) {
  std::optional<JsonObject> object = parse_object(text);
  if (!object) {
    return refuse(ErrorCode::kInvalidParameterValue,
                  "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON "
                  "map.");
  }
  const auto refused = [text](std::string_view reason) {
    return tl::unexpected<Error>(invalid_parameter(text, "RedrivePolicy", reason));
  };
  if (!holds_only(*object, "maxReceiveCount", "deadLetterTargetArn")) {
    return refused("Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].");
  }
  for (const std::string_view name : {"maxReceiveCount", "deadLetterTargetArn"}) {
    if (find_member(*object, name) == nullptr) {
      return refused(joined({"Redrive policy does not contain mandatory attribute: ", name, "."}));
    }
  }
  const Count count = count_of(*find_member(*object, "maxReceiveCount"));
  if (!count.number || *count.number < 1 || *count.number > kReceivesMax) {
    return refused(joined({"Invalid value for maxReceiveCount: ", echoed(count.text),
                           ", valid values are from 1 to 1000 both inclusive."}));
  }
  const auto* arn = std::get_if<std::string>(&find_member(*object, "deadLetterTargetArn")->value);
  if (arn == nullptr || std::count(arn->begin(), arn->end(), ':') != 5 || !arn->starts_with("arn:")) {
    return refused("Dead-letter target ARN should be fully qualified ARN.");
  }
  // arn:partition:service:...
  const std::size_t service = arn->find(':', 4) + 1;
  if (std::string_view(*arn).substr(service, 4) != "sqs:") {
    return refused("Only SQS queues are valid resources for deadLetterTargetArn.");
  }
  if (!QueueArn::parse(*arn)) return refused("Dead-letter target ARN should be fully qualified ARN.");
  return RedrivePolicy{*arn, static_cast<std::uint32_t>(*count.number)};
}

Result<RedriveAllowPolicy> parse_redrive_allow_policy(std::string_view text) {
  std::optional<JsonObject> object = parse_object(text);
  if (!object || !holds_only(*object, "redrivePermission", "sourceQueueArns")) {
    return unsupported_allow_policy();
  }
  JsonValue* permission_value = find_member(*object, "redrivePermission");
  const auto* permission =
      permission_value == nullptr ? nullptr : std::get_if<std::string>(&permission_value->value);
  if (permission == nullptr) return unsupported_allow_policy();
  const auto known = std::find(kPermissions.begin(), kPermissions.end(), *permission);
  if (known == kPermissions.end()) {
    return bad_allow_policy(text, "The value for redrivePermission must be allowAll, denyAll or byQueue.");
  }
  RedriveAllowPolicy policy;
  policy.permission = static_cast<RedrivePermission>(known - kPermissions.begin());
  JsonValue* sources = find_member(*object, "sourceQueueArns");
  if (policy.permission != RedrivePermission::kByQueue) {
    if (sources != nullptr) {
      return bad_allow_policy(
          text, "You can specify sourceQueueArns only when redrivePermission is set to byQueue.");
    }
    return policy;
  }
  std::optional<std::vector<std::string>> arns = sources == nullptr ? std::nullopt : arns_of(*sources);
  if (sources != nullptr && !arns) return bad_allow_policy(text, "A source queue ARN is not valid.");
  if (!arns || arns->empty() || arns->size() > kSourcesMax) {
    return bad_allow_policy(
        text, "You must specify 1 to 10 sourceQueueArns when redrivePermission is set to byQueue.");
  }
  policy.source_arns = std::move(*arns);
  return policy;
}

std::string redrive_policy_text(const RedrivePolicy& policy) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("deadLetterTargetArn", policy.target_arn);
  writer.key("maxReceiveCount");
  writer.number(policy.receive_count);
  writer.end_object();
  return text;
}

std::string redrive_allow_policy_text(const RedriveAllowPolicy& policy) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  writer.member("redrivePermission", kPermissions[static_cast<std::size_t>(policy.permission)]);
  if (!policy.source_arns.empty()) {
    writer.key("sourceQueueArns");
    writer.begin_array();
    for (const std::string& arn : policy.source_arns) writer.text(arn);
    writer.end_array();
  }
  writer.end_object();
  return text;
}

}  // namespace penstock
