// From the members of a send to a MessageContent, or AWS's refusal of the first thing that is wrong with
// its body or attributes (Amazon SQS Developer Guide, "Message metadata"). The limit of its size is the
// queue's and left to the core.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "broker/message.h"
#include "protocol/sqs_requests.h"

namespace penstock {

// `body` may be any bytes.
Result<void> check_body(std::string_view body);

// Ascending by name. At most 10.
Result<std::vector<MessageAttribute>> message_attributes(sqs::MessageAttributeMap&& given);

// The AWSTraceHeader; empty: none.
Result<std::string> trace_header(sqs::MessageAttributeMap&& system_attributes);

// Bytes as MaximumMessageSize counts them: the body, and names, types and values of the attributes.
std::uint32_t message_size(const MessageContent& content);

}  // namespace penstock
