// Result: a value or the Error that stands in its place. Errors are values; nothing of ours throws.
//
// ErrorCode names every refusal that a client can be given. protocol/errors.h alone knows how each one
// looks on the wire (HTTP status, query code, JSON __type), so that rooms below can refuse without
// knowing a protocol.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace penstock {

enum class ErrorCode : std::uint16_t {
  kQueueDoesNotExist,
  kQueueNameExists,
  kQueueDeletedRecently,
  kPurgeQueueInProgress,
  kInvalidAttributeName,
  kInvalidAttributeValue,
  kInvalidParameterValue,
  kMissingParameter,
  kInvalidMessageContents,
  kReceiptHandleIsInvalid,
  kMessageNotInflight,
  kUnsupportedOperation,
  kOverLimit,
  kInvalidAddress,
  kInvalidSecurity,
  kRequestThrottled,
  kInvalidAction,
  kMalformedInput,
  kAccessDenied,
  kInternalFailure,
  kServiceUnavailable,
  kEmptyBatchRequest,
  kTooManyEntriesInBatchRequest,
  kBatchEntryIdsNotDistinct,
  kInvalidBatchEntryId,
  kBatchRequestTooLong,
  kEmptyValue,  // of one entry of a batch only
  kIncompleteSignature,
  kSignatureDoesNotMatch,
  kInvalidClientTokenId,
  kExpiredToken,
  kMissingAuthenticationToken,
  kMalformedQueryString,
  kResourceNotFound,  // of move tasks only
  kInvalidParameter,  // from here on: of SNS
  kParameterValueInvalid,
  kValidationError,
  kNotFound,
  kTaggedResourceNotFound,
  kTagLimitExceeded,
  kTopicLimitExceeded,
  kSubscriptionLimitExceeded,
  kFilterPolicyLimitExceeded,
  kEndpointDisabled,
  kThrottled,
  kPlatformApplicationDisabled,
  kOptedOut,
  kUserError,
  kVerificationFailed,
};

// What a refusal says. An empty text stands for the code's standard text in protocol/errors.h.
struct Error {
  ErrorCode code{};
  std::string text;

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> refuse(ErrorCode code, std::string text = {}) {
  return tl::unexpected<Error>(Error{code, std::move(text)});
}

}  // namespace penstock
