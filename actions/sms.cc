#include "actions/sms.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "actions/mobile_push.h"
#include "actions/sns_arn.h"
#include "protocol/errors.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::size_t kTextMax = 2048;

tl::unexpected<Error> invalid(std::string_view detail) {
  return tl::unexpected(invalid_parameter_of_sns(detail));
}
// AWS says these without its usual words before them.
tl::unexpected<Error> bare(std::string text) { return refuse(ErrorCode::kInvalidParameter, std::move(text)); }

tl::unexpected<Error> constraint(std::string_view value, std::string_view path, std::string_view what) {
  return refuse(ErrorCode::kValidationError,
                joined({"1 validation error detected: Value '", echoed(value), "' at '", path,
                        "' failed to satisfy constraint: Member must ", what}));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_sender_id(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 11 && std::any_of(text.begin(), text.end(), letter) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || is_digit(c); });
}

Result<void> check_attribute(const std::string& name, const std::string& value) {
  if (name == "DefaultSMSType") {
    if (value != "Promotional" && value != "Transactional" && !value.empty())
      return bare("DefaultSMSType is invalid");
  } else if (name == "DefaultSenderID") {
    if (!value.empty() && !is_sender_id(value)) return bare("DefaultSenderID is invalid");
  } else if (name == "DeliveryStatusSuccessSamplingRate") {
    const auto rate = number_in(value);
    if (!value.empty() && (!rate || *rate < 0 || *rate > 100)) {
      return bare("DeliveryStatusSuccessSamplingRate is not an integer between 0-100");
    }
  } else if (name == "MonthlySpendLimit") {
    const auto limit = number_in(value);
    if (!value.empty() && (!limit || *limit < 0)) return bare("MonthlySpendLimit is invalid");
  } else if (name != "DeliveryStatusIAMRole" && name != "UsageReportS3Bucket") {
    return bare(joined({echoed(name), " is not a valid attribute"}));
  }
  if (value.size() > kTextMax) return bare(joined({name, " is invalid"}));
  return {};
}

// Of the sandbox: ^(\+[0-9]{8,}|[0-9]{0,9})$ and at most 20 characters.
Result<void> check_sandbox_number(const std::string& number) {
  if (number.size() > 20) return constraint(number, "phoneNumber", "have length less than or equal to 20");
  const bool international =
      number.starts_with('+') && number.size() >= 9 && all_digits(std::string_view(number).substr(1));
  if (international || (number.size() <= 9 && all_digits(number))) return {};
  return constraint(number, "phoneNumber",
                    R"(satisfy regular expression pattern: ^(\+[0-9]{8,}|[0-9]{0,9})$)");
}

Result<std::size_t> results_in(const Integer& given, std::int64_t most) {
  if (!given) return static_cast<std::size_t>(most);
  const std::string text = std::to_string(*given);
  if (*given < 1) return constraint(text, "maxResults", "have value greater than or equal to 1");
  if (*given > most) {
    return constraint(text, "maxResults", "have value less than or equal to " + std::to_string(most));
  }
  return static_cast<std::size_t>(*given);
}

Result<std::string> number_of(const Text& given) {
  if (auto number = plain_number(*given)) return *std::move(number);
  return invalid("PhoneNumber Reason: input incorrectly formatted");
}

template <class Request>
Result<Planned> about_number(const Text& given, const Caller& caller, Request&& request) {
  Result<std::string> number = number_of(given);
  if (!number) return tl::unexpected(number.error());
  return planned_mobile(caller.world, {}, std::move(*number), std::forward<Request>(request));
}

}  // namespace

Result<Planned> plan_topic(sns::SetSmsAttributesRequest&& request, const Caller& caller, Call&) {
  SetSmsAttributes set;
  for (auto& [name, value] : request.attributes.entries) {
    if (Result<void> good = check_attribute(name, value); !good) return tl::unexpected(good.error());
    set.texts.emplace_back(name, std::move(value));
  }
  std::sort(set.texts.begin(), set.texts.end());
  return planned_mobile(caller.world, {}, {}, std::move(set));
}

Result<Planned> plan_topic(sns::GetSmsAttributesRequest&& request, const Caller& caller, Call& call) {
  call.asked = AskedOfSms{std::move(request.attributes)};
  return planned_mobile(caller.world, {}, {}, DescribeSms{});
}

Result<Planned> plan_topic(sns::CheckIfPhoneNumberIsOptedOutRequest&& request, const Caller& caller, Call&) {
  return about_number(request.phone_number, caller, AskOptedOut{});
}

Result<Planned> plan_topic(sns::OptInPhoneNumberRequest&& request, const Caller& caller, Call&) {
  return about_number(request.phone_number, caller, OptIn{});
}

Result<Planned> plan_topic(sns::ListPhoneNumbersOptedOutRequest&& request, const Caller& caller, Call&) {
  auto after = name_of_token(request.next_token);
  if (!after) return invalid("NextToken");
  return planned_mobile(caller.world, {}, {}, ListOptedOut{std::move(*after)});
}

Result<Planned> plan_topic(sns::CreateSmsSandboxPhoneNumberRequest&& request, const Caller& caller, Call&) {
  std::string& number = *request.phone_number;
  if (Result<void> good = check_sandbox_number(number); !good) return tl::unexpected(good.error());
  return planned_mobile(caller.world, {}, std::move(number), CreateSandboxNumber{});
}

Result<Planned> plan_topic(sns::VerifySmsSandboxPhoneNumberRequest&& request, const Caller& caller, Call&) {
  std::string& number = *request.phone_number;
  std::string& code = *request.one_time_password;
  if (Result<void> good = check_sandbox_number(number); !good) return tl::unexpected(good.error());
  if (code.size() < 5) return constraint(code, "oneTimePassword", "have length greater than or equal to 5");
  if (code.size() > 8) return constraint(code, "oneTimePassword", "have length less than or equal to 8");
  if (!all_digits(code))
    return constraint(code, "oneTimePassword", "satisfy regular expression pattern: ^[0-9]+$");
  return planned_mobile(caller.world, {}, std::move(number), VerifySandboxNumber{std::move(code)});
}

Result<Planned> plan_topic(sns::DeleteSmsSandboxPhoneNumberRequest&& request, const Caller& caller, Call&) {
  if (Result<void> good = check_sandbox_number(*request.phone_number); !good)
    return tl::unexpected(good.error());
  return planned_mobile(caller.world, {}, std::move(*request.phone_number), DeleteSandboxNumber{});
}

Result<Planned> plan_topic(sns::ListSmsSandboxPhoneNumbersRequest&& request, const Caller& caller, Call&) {
  const Result<std::size_t> most = results_in(request.max_results, 100);
  if (!most) return tl::unexpected(most.error());
  auto after = name_of_token(request.next_token);
  if (!after) return invalid("NextToken");
  return planned_mobile(caller.world, {}, {}, ListSandboxNumbers{std::move(*after), *most});
}

// The two below say the same of every account, but only to whoever may ask.
Result<Planned> plan_topic(sns::GetSmsSandboxAccountStatusRequest&&, const Caller& caller, Call&) {
  return planned_mobile(caller.world, {}, {}, DescribeSms{});
}

Result<Planned> plan_topic(sns::ListOriginationNumbersRequest&& request, const Caller& caller, Call&) {
  const Result<std::size_t> most = results_in(request.max_results, 30);
  if (!most) return tl::unexpected(most.error());
  if (!name_of_token(request.next_token)) return invalid("NextToken");
  return planned_mobile(caller.world, {}, {}, DescribeSms{});
}

sns::OptedOutResult result_of(const Call&, const OptedOutTold& told) { return {told.opted_out}; }

sns::SmsAttributesResult shown_sms_attributes(const Call& call, const MobileRecord& record) {
  const auto* asked = std::get_if<AskedOfSms>(&call.asked);
  NamedTexts texts = record.texts;
  const bool limited = std::any_of(texts.begin(), texts.end(),
                                   [](const auto& one) { return one.first == "MonthlySpendLimit"; });
  if (!limited) texts.emplace_back("MonthlySpendLimit", "1");
  sns::SmsAttributesResult result;
  for (const auto& [name, text] : texts) {
    const bool wanted = asked == nullptr || asked->names.empty() ||
                        std::find(asked->names.begin(), asked->names.end(), name) != asked->names.end();
    if (wanted) result.attributes.pairs.emplace_back(name, text);
  }
  return result;
}

}  // namespace penstock
