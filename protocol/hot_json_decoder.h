// The second decoder of AWS JSON, for the requests that come by the thousand: simdjson On-Demand, driven by
// the same rows as the first (protocol/json_decoder.h).
//
// It takes the plain case only. At anything else (a member that the request does not know, a null, a member
// twice, a value of the wrong type, an escaped surrogate, whatever is no JSON) it gives up, and the first
// decoder decides; so every refusal comes from one place. What it does take is exactly what the first
// decoder would give: tests/protocol/hot_json_test.cc holds the two against each other.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>

#include "protocol/sqs_requests.h"

namespace penstock {

// Larger bodies are left to the first decoder, so that what a thread keeps for parsing stays small.
inline constexpr std::size_t kHotJsonBytesMax = std::size_t{1} << 21;

template <class Request, class... Requests>
concept OneOf = (std::same_as<Request, Requests> || ...);

template <class Request>
concept HotRequest =
    OneOf<Request, sqs::SendMessageRequest, sqs::SendMessageBatchRequest, sqs::ReceiveMessageRequest,
          sqs::DeleteMessageRequest, sqs::DeleteMessageBatchRequest, sqs::ChangeMessageVisibilityRequest,
          sqs::GetQueueUrlRequest>;

// Nothing: ask the first decoder.
template <HotRequest Request>
std::optional<Request> decode_hot_json(std::string_view body);

}  // namespace penstock
