// Outgoing: the words in which the core has messages delivered to receivers outside (broker/outboxes.h), and
// is told what became of that.
#pragma once

#include <cstdint>
#include <string>

#include "broker/address.h"
#include "broker/delivery_policy.h"
#include "broker/receipt_handle.h"
#include "broker/topic.h"

namespace penstock {

// The session of the tickets that outgoing deliveries leave under; the request is the outbox's id. No I/O
// thread has this number in its top byte.
inline constexpr std::uint64_t kOutgoingSession = std::uint64_t{0xff} << 56;

// Where an outbox delivers to, as of now.
struct OutgoingDestination {
  SubscriptionProtocol protocol{};
  std::string endpoint;  // may hold credentials: not to be shown
  std::string topic_arn;
  std::string subscription_arn;
  std::string url_base;      // under which the subscriber reached us
  std::string display_name;  // the topic's; may be empty
  bool raw = false;
  DeliveryPolicy policy;
};

enum class AttemptResult : std::uint8_t {
  kDelivered,
  kFailed,   // worth a retry
  kRefused,  // not worth one
  kUntried,  // not seen to its end, for no fault of the receiver: it counts as no attempt
};

struct AttemptReport {
  QueueAddress outbox;
  ReceiptHandle handle;
  AttemptResult result{};
  bool control = false;  // a confirmation: never a dead letter
};

// What became of a message whose attempt has ended.
enum class AttemptEnd : std::uint8_t {
  kDone,          // delivered
  kRetried,       // will be, or is given back
  kDeadLettered,  // is in the subscription's dead-letter queue
  kDropped,       // given up, and nowhere any more
  kGone,          // had left before, with its subscription
};

}  // namespace penstock
