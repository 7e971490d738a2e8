#include "broker/delivery_policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "broker/policy_json.h"

namespace penstock {
namespace {

using Object = PolicyJson::Object;

constexpr std::array kFunctions{
    std::pair{BackoffFunction::kLinear, std::string_view("linear")},
    std::pair{BackoffFunction::kArithmetic, std::string_view("arithmetic")},
    std::pair{BackoffFunction::kGeometric, std::string_view("geometric")},
    std::pair{BackoffFunction::kExponential, std::string_view("exponential")},
};

const Object* object_at(const Object* object, std::string_view name) {
  const PolicyJson* value = object == nullptr ? nullptr : find_member(*object, name);
  return value == nullptr ? nullptr : value->as<Object>();
}

std::optional<std::uint32_t> number_at(const Object& object, std::string_view name) {
  const PolicyJson* value = find_member(object, name);
  const auto* number = value == nullptr ? nullptr : value->as<PolicyJson::Number>();
  if (number == nullptr) return std::nullopt;
  const std::string& text = number->text;
  std::uint32_t result = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return result;
}

RetryPolicy retry_of(const Object& section) {
  RetryPolicy policy;
  const auto take = [&section](std::uint32_t& into, std::string_view name) {
    into = number_at(section, name).value_or(into);
  };
  policy.delay_min = Seconds{number_at(section, "minDelayTarget").value_or(20)};
  policy.delay_max = std::max(policy.delay_min, Seconds{number_at(section, "maxDelayTarget").value_or(20)});
  take(policy.retries, "numRetries");
  take(policy.without_delay, "numNoDelayRetries");
  take(policy.at_delay_min, "numMinDelayRetries");
  take(policy.at_delay_max, "numMaxDelayRetries");
  const PolicyJson* given = find_member(section, "backoffFunction");
  const std::string* function = given == nullptr ? nullptr : given->as<std::string>();
  for (const auto& [value, name] : kFunctions) {
    if (function != nullptr && *function == name) policy.backoff = value;
  }
  return policy;
}

// The step of so many, both from 0 to `last`: from 0.0 to 1.0.
double grown(BackoffFunction function, std::uint32_t step, std::uint32_t last, double ratio) {
  if (last == 0) return 0;
  const double at = step;
  const double end = last;
  switch (function) {
    case BackoffFunction::kLinear:
      return at / end;
    case BackoffFunction::kArithmetic:  // each step longer than the one before by the same
      return at * (at + 1) / (end * (end + 1));
    case BackoffFunction::kGeometric:  // each delay greater than the one before by the same factor
      return ratio <= 1 ? 0 : (std::pow(ratio, at / end) - 1) / (ratio - 1);
    case BackoffFunction::kExponential:  // each step twice the one before
      return std::expm1(at * std::log(2.0)) / std::expm1(end * std::log(2.0));
  }
  return 0;
}

Milliseconds delay_of(const RetryPolicy& policy, std::uint32_t number) {
  const Milliseconds least = policy.delay_min;
  const Milliseconds greatest = policy.delay_max;
  const std::uint32_t others = policy.without_delay + policy.at_delay_min + policy.at_delay_max;
  const std::uint32_t growing = policy.retries - std::min(policy.retries, others);
  if (number <= policy.without_delay) return Milliseconds{0};
  number -= policy.without_delay;
  if (number <= policy.at_delay_min) return least;
  number -= policy.at_delay_min;
  if (number > growing) return greatest;
  const double ratio =
      static_cast<double>(greatest.count()) / static_cast<double>(std::max<std::int64_t>(least.count(), 1));
  const double part = grown(policy.backoff, number - 1, growing - 1, ratio);
  return least + Milliseconds{std::llround(part * static_cast<double>((greatest - least).count()))};
}

}  // namespace

std::string_view name_of(BackoffFunction function) {
  return kFunctions[static_cast<std::size_t>(function)].second;
}

DeliveryPolicy effective_delivery_policy(std::string_view of_topic, std::string_view of_subscription) {
  const auto topic_json = PolicyJson::parse(of_topic);
  const auto own_json = PolicyJson::parse(of_subscription);
  const Object* topic = object_at(topic_json ? topic_json->as<Object>() : nullptr, "http");
  const Object* own = own_json ? own_json->as<Object>() : nullptr;
  const PolicyJson* disables =
      topic == nullptr ? nullptr : find_member(*topic, "disableSubscriptionOverrides");
  const bool* disabled = disables == nullptr ? nullptr : disables->as<bool>();
  if (disabled != nullptr && *disabled) own = nullptr;
  const auto section = [&](std::string_view own_name, std::string_view topic_name) {
    const Object* found = object_at(own, own_name);
    return found != nullptr ? found : object_at(topic, topic_name);
  };
  DeliveryPolicy policy;
  if (const Object* retry = section("healthyRetryPolicy", "defaultHealthyRetryPolicy")) {
    policy.retry = retry_of(*retry);
  }
  if (const Object* throttle = section("throttlePolicy", "defaultThrottlePolicy")) {
    policy.receives_per_second = number_at(*throttle, "maxReceivesPerSecond");
    if (policy.receives_per_second == 0U) policy.receives_per_second.reset();
  }
  if (const Object* request = section("requestPolicy", "defaultRequestPolicy")) {
    const PolicyJson* type = find_member(*request, "headerContentType");
    const std::string* text = type == nullptr ? nullptr : type->as<std::string>();
    if (text != nullptr && !text->empty()) policy.content_type = *text;
  }
  return policy;
}

DeliveryPolicy mail_delivery_policy() {
  DeliveryPolicy policy;
  policy.retry = {.delay_min = Seconds{10},
                  .delay_max = Seconds{600},
                  .retries = 50,
                  .without_delay = 0,
                  .at_delay_min = 2,
                  .at_delay_max = 38,
                  .backoff = BackoffFunction::kExponential,
                  .last_max = Seconds{86'400}};
  return policy;
}

std::optional<Milliseconds> delay_before_retry(const RetryPolicy& policy, std::uint32_t number) {
  if (number == 0 || number > policy.retries) return std::nullopt;
  Milliseconds sum{0};
  for (std::uint32_t each = 1; each <= number; ++each) sum += delay_of(policy, each);
  if (sum > policy.last_max) return std::nullopt;
  return delay_of(policy, number);
}

}  // namespace penstock
