// DeliveryPolicy: how deliveries by HTTP are tried again (Amazon SNS Developer Guide, "Amazon SNS message
// delivery retries").
//
// A topic has one for all its subscriptions, a subscription may have its own; what is in force is found
// section by section: the subscription's if it may have one, else the topic's, else AWS's. The texts were
// checked when they were set (actions/topic_attributes.h); what cannot be understood any more counts as not
// said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace penstock {

// How delays grow from the least to the greatest. AWS does not publish the functions; what is known is that
// they begin and end there and never fall.
enum class BackoffFunction : std::uint8_t { kLinear, kArithmetic, kGeometric, kExponential };

std::string_view name_of(BackoffFunction function);

// Retries come in four phases: without delay; with the least delay; growing; with the greatest. The first
// attempt is none of them.
struct RetryPolicy {
  Seconds delay_min{20};
  Seconds delay_max{20};
  std::uint32_t retries = 3;  // of all phases
  std::uint32_t without_delay = 0;
  std::uint32_t at_delay_min = 0;
  std::uint32_t at_delay_max = 0;
  BackoffFunction backoff = BackoffFunction::kLinear;

  bool operator==(const RetryPolicy&) const = default;
};

// All delays of one message together, whatever its policy says (AWS).
inline constexpr Seconds kRetriesLastMax{3600};

struct DeliveryPolicy {
  RetryPolicy retry;
  std::optional<std::uint32_t> receives_per_second;  // on the average; nothing: as they come
  std::string content_type = "text/plain; charset=UTF-8";

  bool operator==(const DeliveryPolicy&) const = default;
};

// Empty texts: none was set.
DeliveryPolicy effective_delivery_policy(std::string_view of_topic, std::string_view of_subscription);

// How long after a failure the retry of this number (from 1) comes; nothing: there is none.
std::optional<Milliseconds> delay_before_retry(const RetryPolicy& policy, std::uint32_t number);

}  // namespace penstock
