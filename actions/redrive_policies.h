// RedrivePolicy and RedriveAllowPolicy as texts: read from a request with every check that needs no state,
// and written as GetQueueAttributes shows them.
//
// AWS Developer Guide, "Dead-letter queues"; docs/behaviour/sqs.md, "Dead-letter queues".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "broker/queue_attributes.h"

namespace penstock {

// The text is not empty.
Result<RedrivePolicy> parse_redrive_policy(std::string_view text);
Result<RedriveAllowPolicy> parse_redrive_allow_policy(std::string_view text);

// {"deadLetterTargetArn":"...","maxReceiveCount":3}
std::string redrive_policy_text(const RedrivePolicy& policy);
// {"redrivePermission":"byQueue","sourceQueueArns":["..."]}
std::string redrive_allow_policy_text(const RedriveAllowPolicy& policy);

}  // namespace penstock
