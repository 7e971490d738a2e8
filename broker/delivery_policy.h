// DeliveryPolicy: how deliveries are tried again (Amazon SNS Developer Guide, "Amazon SNS message delivery
// retries").
//
// Of receivers by HTTP a topic has one for all its subscriptions, a subscription may have its own; what is in force is found
// section by section: the subscription's if it may have one, else the topic's, else AWS's. The texts were
// checked when they were set (actions/topic_attributes.h); what cannot be understood any more counts as not
// said. Mails have AWS's own, which nobody can change.
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
  // All delays of one message together, whatever the policy of a receiver by HTTP says (AWS).
  static constexpr Seconds kLastMax{3600};

  Seconds delay_min{20};
  Seconds delay_max{20};
  std::uint32_t retries = 3;  // of all phases
  std::uint32_t without_delay = 0;
  std::uint32_t at_delay_min = 0;
  std::uint32_t at_delay_max = 0;
  BackoffFunction backoff = BackoffFunction::kLinear;
  Seconds last_max = kLastMax;

  bool operator==(const RetryPolicy&) const = default;
};

struct DeliveryPolicy {
  RetryPolicy retry;
  std::optional<std::uint32_t> receives_per_second;  // on the average; nothing: as they come
  std::string content_type = "text/plain; charset=UTF-8";

  bool operator==(const DeliveryPolicy&) const = default;
};

// Empty texts: none was set.
DeliveryPolicy effective_delivery_policy(std::string_view of_topic, std::string_view of_subscription);

// Of mails: 50 retries in about six hours, 2 after 10 s, 10 that grow to 600 s, 38 after 600 s.
DeliveryPolicy mail_delivery_policy();

// How long after a failure the retry of this number (from 1) comes; nothing: there is none.
std::optional<Milliseconds> delay_before_retry(const RetryPolicy& policy, std::uint32_t number);

}  // namespace penstock
