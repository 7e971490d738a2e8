#include "actions/mobile_push.h"

#include <algorithm>
#include <array>

#include "actions/sms.h"
#include "actions/sns_arn.h"
#include "base/base64.h"
#include "base/digest.h"
#include "protocol/errors.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::size_t kNameMax = 256;
constexpr std::size_t kUserDataMax = 2048;
constexpr std::size_t kTokenMax = 4096;
constexpr std::size_t kTextMax = 8192;

constexpr std::array<std::string_view, 12> kPlatforms{
    "ADM",           "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "GCM", "MACOS",
    "MACOS_SANDBOX", "MPNS", "WNS",          "FCM"};

tl::unexpected<Error> invalid(std::string_view detail) {
  return tl::unexpected(invalid_parameter_of_sns(detail));
}

bool is_platform(std::string_view name) {
  return std::find(kPlatforms.begin(), kPlatforms.end(), name) != kPlatforms.end();
}

// The text of an ARN behind its fifth colon, in whatever account of the caller's region.
Result<MobilePlace> place_of_arn(const Text& arn, std::string_view field, std::string_view kind,
                                 const Caller& caller) {
  const std::string_view text = arn ? std::string_view(*arn) : std::string_view();
  // A topic's ARN and these differ in what stands behind the account alone.
  const std::size_t slash = text.find('/');
  const std::string head = joined({text.substr(0, slash)});
  const Result<TopicPlace> place = topic_of_arn(Text(head), field, caller);
  if (!place) return tl::unexpected(place.error());
  if (place->name != kind || slash == std::string_view::npos) return invalid(field);
  return MobilePlace{place->world, std::string(text.substr(slash + 1))};
}

Result<MobilePlace> application_of_arn(const Text& arn, const Caller& caller) {
  Result<MobilePlace> place = place_of_arn(arn, "PlatformApplicationArn", "app", caller);
  if (!place) return place;
  if (std::count(place->name.begin(), place->name.end(), '/') != 1) {
    return invalid("PlatformApplicationArn Reason: Wrong number of slashes in relative portion of the ARN.");
  }
  return place;
}

// What is wrong with the name of an application; nothing: all is well.
std::string_view fault_of_name(std::string_view name) {
  if (name.empty()) return "cannot be empty";
  if (name.size() > kNameMax) return "must be at most 256 characters long";
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
  return good ? std::string_view{}
              : "must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'";
}

bool is_secret(std::string_view name) { return name == "PlatformCredential" || name == "PlatformPrincipal"; }

bool is_application_attribute(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames{
      "ApplePlatformBundleID", "ApplePlatformTeamID",    "Enabled",
      "EventDeliveryFailure",  "EventEndpointCreated",   "EventEndpointDeleted",
      "EventEndpointUpdated",  "FailureFeedbackRoleArn", "PlatformCredential",
      "PlatformPrincipal",     "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::optional<std::string> boolean_in(const std::string& text) {
  if (equals_without_case(text, "true")) return "true";
  if (equals_without_case(text, "false")) return "false";
  return std::nullopt;
}

Result<NamedTexts> application_texts(const MapOf<std::string>& attributes) {
  NamedTexts texts;
  for (const auto& [name, value] : attributes.entries) {
    if (!is_application_attribute(name)) {
      return invalid(joined({"Attributes Reason: Invalid attribute name: ", echoed(name)}));
    }
    if (value.size() > kTextMax) return invalid(joined({"Attributes Reason: ", name, " is too long"}));
    if (name == "Enabled") {
      const auto flag = boolean_in(value);
      if (!flag)
        return invalid("Attributes Reason: Invalid value for attribute: Enabled: must be true or false");
      texts.emplace_back(name, *flag);
    } else if (is_secret(name) && !value.empty()) {
      texts.emplace_back(name, hex(sha256(value)));
    } else {
      texts.emplace_back(name, value);
    }
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

const std::string* find_text(const NamedTexts& texts, std::string_view name) {
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const auto& t) { return t.first == name; });
  return found == texts.end() || found->second.empty() ? nullptr : &found->second;
}

// Token, CustomUserData and Enabled, each as it was given last.
Result<NamedTexts> endpoint_texts(Text&& token, Text&& user_data, const MapOf<std::string>& attributes) {
  if (token && token->empty()) return invalid("Token Reason: cannot be empty");
  for (const auto& [name, value] : attributes.entries) {
    if (name == "Token") {
      token = value;
    } else if (name == "CustomUserData") {
      user_data = value;
    } else if (name != "Enabled") {
      return invalid(joined({"Attributes Reason: Invalid attribute name: ", echoed(name)}));
    }
  }
  NamedTexts texts;
  if (user_data) {
    if (user_data->size() > kUserDataMax) {
      return invalid(
          "Attributes Reason: Invalid value for attribute: CustomUserData: must be at most 2048 bytes "
          "long in UTF-8 encoding");
    }
    texts.emplace_back("CustomUserData", *user_data);
  }
  for (const auto& [name, value] : attributes.entries) {
    if (name != "Enabled") continue;
    const auto flag = boolean_in(value);
    if (!flag)
      return invalid("Attributes Reason: Invalid value for attribute: Enabled: must be true or false");
    texts.emplace_back(name, *flag);
  }
  if (token) {
    if (token->empty()) return invalid("Token Reason: cannot be empty");
    if (token->size() > kTokenMax) return invalid("Token Reason: must be at most 4096 bytes long");
    texts.emplace_back("Token", *token);
  }
  return texts;
}

template <class Request>
Result<Planned> about_application(const Text& arn, const Caller& caller, Request&& request) {
  Result<MobilePlace> place = application_of_arn(arn, caller);
  if (!place) return tl::unexpected(place.error());
  return planned_mobile(place->world, "app/" + place->name, place->name, std::forward<Request>(request));
}

template <class Request>
Result<Planned> about_endpoint(const Text& arn, const Caller& caller, Request&& request) {
  Result<MobilePlace> place = endpoint_of_arn(arn, "EndpointArn", caller);
  if (!place) return tl::unexpected(place.error());
  return planned_mobile(place->world, "endpoint/" + place->name, place->name, std::forward<Request>(request));
}

std::string arn_of(const MobileRecord& record, std::string_view kind) {
  return topic_arn(record.key.world, joined({kind, "/", record.key.name}));
}

EntryMap shown(const NamedTexts& texts) {
  EntryMap map;
  for (const auto& [name, text] : texts) {
    if (!is_secret(name)) map.pairs.emplace_back(name, text);
  }
  return map;
}

}  // namespace

Planned planned_mobile(const World& world, std::string resource, std::string name, MobileRequest&& request) {
  return {world, std::move(resource),
          Operation(AboutTopic{TopicOperation(MobileOperation{std::move(name), std::move(request)})})};
}

std::string token_behind(const std::string& name) { return base64_encode(name); }

std::optional<std::string> name_of_token(const Text& token) {
  if (!token || token->empty()) return std::string();
  auto name = base64_decode(*token);
  if (name && name->size() > 2 * kNameMax) name.reset();
  return name;
}

Result<MobilePlace> endpoint_of_arn(const Text& arn, std::string_view field, const Caller& caller) {
  Result<MobilePlace> place = place_of_arn(arn, field, "endpoint", caller);
  if (!place) return place;
  if (std::count(place->name.begin(), place->name.end(), '/') != 2) {
    return invalid(joined({field, " Reason: Wrong number of slashes in relative portion of the ARN."}));
  }
  if (place->name.size() - place->name.rfind('/') - 1 != 36) {
    return invalid(joined({field,
                           " Reason: ARN specifies an invalid endpointId: UUID must be encoded in exactly 36 "
                           "characters."}));
  }
  return place;
}

Result<Planned> plan_topic(sns::CreatePlatformApplicationRequest&& request, const Caller& caller, Call&) {
  if (const std::string_view fault = fault_of_name(*request.name); !fault.empty()) {
    return invalid(joined({echoed(*request.name), " Reason: ", fault}));
  }
  if (!is_platform(*request.platform)) {
    return invalid(joined({"Platform Reason: ", echoed(*request.platform), " is not supported"}));
  }
  Result<NamedTexts> texts = application_texts(request.attributes);
  if (!texts) return tl::unexpected(texts.error());
  const bool credential = find_text(*texts, "PlatformCredential") != nullptr;
  const bool principal = find_text(*texts, "PlatformPrincipal") != nullptr;
  const bool wants_principal = *request.platform != "GCM" && *request.platform != "FCM";
  if (principal && !credential) {
    return invalid("Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential");
  }
  if (credential && !principal && wants_principal) {
    return invalid("Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal");
  }
  if (!credential) return invalid("Attributes Reason: Platform credentials are invalid");
  std::erase_if(*texts, [](const auto& one) { return one.second.empty(); });
  if (find_text(*texts, "Enabled") == nullptr) {
    texts->emplace_back("Enabled", "true");
    std::sort(texts->begin(), texts->end());
  }
  const std::string name = joined({*request.platform, "/", *request.name});
  return planned_mobile(caller.world, "app/" + name, name, CreateApplication{std::move(*texts)});
}

Result<Planned> plan_topic(sns::DeletePlatformApplicationRequest&& request, const Caller& caller, Call&) {
  return about_application(request.application_arn, caller, DeleteApplication{});
}

Result<Planned> plan_topic(sns::GetPlatformApplicationAttributesRequest&& request, const Caller& caller,
                           Call&) {
  return about_application(request.application_arn, caller, DescribeApplication{});
}

Result<Planned> plan_topic(sns::SetPlatformApplicationAttributesRequest&& request, const Caller& caller,
                           Call&) {
  Result<NamedTexts> texts = application_texts(request.attributes);
  if (!texts) return tl::unexpected(texts.error());
  return about_application(request.application_arn, caller, SetApplicationAttributes{std::move(*texts)});
}

Result<Planned> plan_topic(sns::ListPlatformApplicationsRequest&& request, const Caller& caller, Call&) {
  auto after = name_of_token(request.next_token);
  if (!after) return invalid("NextToken");
  return planned_mobile(caller.world, {}, {}, ListApplications{std::move(*after)});
}

Result<Planned> plan_topic(sns::CreatePlatformEndpointRequest&& request, const Caller& caller, Call&) {
  Result<NamedTexts> texts =
      endpoint_texts(std::move(request.token), std::move(request.custom_user_data), request.attributes);
  if (!texts) return tl::unexpected(texts.error());
  std::erase_if(*texts, [](const auto& one) { return one.second.empty(); });
  return about_application(request.application_arn, caller, CreateEndpoint{std::move(*texts)});
}

Result<Planned> plan_topic(sns::DeleteEndpointRequest&& request, const Caller& caller, Call&) {
  return about_endpoint(request.endpoint_arn, caller, DeleteEndpoint{});
}

Result<Planned> plan_topic(sns::GetEndpointAttributesRequest&& request, const Caller& caller, Call&) {
  return about_endpoint(request.endpoint_arn, caller, DescribeEndpoint{});
}

Result<Planned> plan_topic(sns::SetEndpointAttributesRequest&& request, const Caller& caller, Call&) {
  Result<NamedTexts> texts = endpoint_texts(std::nullopt, std::nullopt, request.attributes);
  if (!texts) return tl::unexpected(texts.error());
  return about_endpoint(request.endpoint_arn, caller, SetEndpointAttributes{std::move(*texts)});
}

Result<Planned> plan_topic(sns::ListEndpointsByPlatformApplicationRequest&& request, const Caller& caller,
                           Call&) {
  auto after = name_of_token(request.next_token);
  if (!after) return invalid("NextToken");
  return about_application(request.application_arn, caller, ListEndpoints{std::move(*after)});
}

MobileResult result_of(const Call& call, const MobileFound& found) {
  const MobileRecord& record = found.record;
  if (call.action == "CreatePlatformApplication") return sns::ApplicationArnResult{arn_of(record, "app")};
  if (call.action == "CreatePlatformEndpoint") return sns::EndpointArnResult{arn_of(record, "endpoint")};
  if (call.action == "GetSMSAttributes") return shown_sms_attributes(call, record);
  if (call.action == "GetSMSSandboxAccountStatus") return sns::SandboxStatusResult{false};
  if (call.action == "ListOriginationNumbers") return sns::SandboxNumbersResult{};
  return sns::AttributesResult{shown(record.texts)};
}

MobileResult result_of(const Call& call, const MobilesListed& listed) {
  const std::string next = listed.more ? token_behind(listed.records.back().key.name) : std::string();
  if (call.action == "ListPlatformApplications") {
    sns::ApplicationsResult result{{}, next};
    for (const MobileRecord& record : listed.records) {
      result.applications.members.push_back({arn_of(record, "app"), shown(record.texts)});
    }
    return result;
  }
  if (call.action == "ListEndpointsByPlatformApplication") {
    sns::EndpointsResult result{{}, next};
    for (const MobileRecord& record : listed.records) {
      result.endpoints.members.push_back({arn_of(record, "endpoint"), shown(record.texts)});
    }
    return result;
  }
  if (call.action == "ListPhoneNumbersOptedOut") {
    sns::OptedOutNumbersResult result{{}, next};
    for (const MobileRecord& record : listed.records) result.numbers.members.push_back(record.key.name);
    return result;
  }
  sns::SandboxNumbersResult result{{}, next};
  for (const MobileRecord& record : listed.records) {
    const std::string* status = find_text(record.texts, "Status");
    result.numbers.members.push_back({record.key.name, status == nullptr ? std::string() : *status});
  }
  return result;
}

}  // namespace penstock
