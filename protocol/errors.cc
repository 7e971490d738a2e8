#include "protocol/errors.h"

#include <array>
#include <cstddef>

#include "protocol/text.h"

namespace penstock {
namespace {

using enum ErrorCode;

constexpr std::array kErrors{
    WireError{kQueueDoesNotExist, 400, "AWS.SimpleQueueService.NonExistentQueue",
              "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.",
              "The specified queue does not exist for this wsdl version."},
    WireError{kQueueNameExists, 400, "QueueAlreadyExists", "com.amazonaws.sqs#QueueNameExists",
              "A queue already exists with the same name and a different value for an attribute"},
    WireError{kQueueDeletedRecently, 400, "AWS.SimpleQueueService.QueueDeletedRecently",
              "com.amazonaws.sqs#QueueDeletedRecently",
              "You must wait 60 seconds after deleting a queue before you can create another with the same "
              "name."},
    WireError{kPurgeQueueInProgress, 403, "AWS.SimpleQueueService.PurgeQueueInProgress",
              "com.amazonaws.sqs#PurgeQueueInProgress",
              "Only one PurgeQueue operation on a queue is allowed every 60 seconds."},
    WireError{kInvalidAttributeName, 400, "InvalidAttributeName", "com.amazonaws.sqs#InvalidAttributeName",
              "The specified attribute doesn't exist."},
    WireError{kInvalidAttributeValue, 400, "InvalidAttributeValue", "com.amazonaws.sqs#InvalidAttributeValue",
              "A queue attribute value is invalid."},
    WireError{kInvalidParameterValue, 400, "InvalidParameterValue",
              "com.amazon.coral.service#InvalidParameterValueException",
              "One or more parameters are invalid."},
    WireError{kMissingParameter, 400, "MissingParameter",
              "com.amazon.coral.service#MissingRequiredParameterException",
              "The request must contain all required parameters."},
    WireError{kInvalidMessageContents, 400, "InvalidMessageContents",
              "com.amazonaws.sqs#InvalidMessageContents",
              "The message contains characters outside the allowed set."},
    WireError{kReceiptHandleIsInvalid, 404, "ReceiptHandleIsInvalid",
              "com.amazonaws.sqs#ReceiptHandleIsInvalid",
              "The input receipt handle is not a valid receipt handle."},
    WireError{kMessageNotInflight, 400, "AWS.SimpleQueueService.MessageNotInflight",
              "com.amazonaws.sqs#MessageNotInflight", "The specified message isn't in flight."},
    WireError{kUnsupportedOperation, 400, "AWS.SimpleQueueService.UnsupportedOperation",
              "com.amazonaws.sqs#UnsupportedOperation", "Unsupported operation."},
    WireError{kOverLimit, 403, "OverLimit", "com.amazonaws.sqs#OverLimit",
              "The request would exceed a limit of the queue."},
    WireError{kInvalidAddress, 404, "InvalidAddress", "com.amazonaws.sqs#InvalidAddress",
              "The address is not valid for this endpoint."},
    WireError{kInvalidSecurity, 403, "InvalidSecurity", "com.amazonaws.sqs#InvalidSecurity",
              "All requests to this queue must use HTTPS and SigV4."},
    WireError{kRequestThrottled, 403, "RequestThrottled", "com.amazonaws.sqs#RequestThrottled",
              "The request was denied due to request throttling."},
    WireError{kInvalidAction, 400, "InvalidAction", "com.amazon.coral.service#UnknownOperationException",
              "The action is not valid for this endpoint."},
    WireError{kMalformedInput, 400, "MalformedInput", "com.amazon.coral.service#SerializationException",
              "The request body could not be read."},
    WireError{kAccessDenied, 403, "AccessDenied", "com.amazon.coral.service#AccessDeniedException",
              "Access to the resource is denied."},
    WireError{kInternalFailure, 500, "InternalFailure", "com.amazon.coral.service#InternalFailure",
              "The request processing has failed because of an unknown error, exception or failure."},
    WireError{kServiceUnavailable, 503, "ServiceUnavailable",
              "com.amazon.coral.service#ServiceUnavailableException",
              "The service cannot take the request at the moment. Please retry."},
    WireError{kEmptyBatchRequest, 400, "AWS.SimpleQueueService.EmptyBatchRequest",
              "com.amazonaws.sqs#EmptyBatchRequest", "The batch request doesn't contain any entries."},
    WireError{kTooManyEntriesInBatchRequest, 400, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
              "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
              "The batch request contains more entries than permissible."},
    WireError{kBatchEntryIdsNotDistinct, 400, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
              "com.amazonaws.sqs#BatchEntryIdsNotDistinct",
              "Two or more batch entries in the request have the same Id."},
    WireError{kInvalidBatchEntryId, 400, "AWS.SimpleQueueService.InvalidBatchEntryId",
              "com.amazonaws.sqs#InvalidBatchEntryId",
              "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be "
              "at most 80 letters long."},
    WireError{kBatchRequestTooLong, 400, "AWS.SimpleQueueService.BatchRequestTooLong",
              "com.amazonaws.sqs#BatchRequestTooLong",
              "The length of all the messages put together is more than the limit."},
    WireError{kEmptyValue, 400, "EmptyValue", "com.amazonaws.sqs#EmptyValue",
              "A required value of the entry is empty."},
    WireError{kIncompleteSignature, 400, "IncompleteSignature",
              "com.amazon.coral.service#IncompleteSignatureException",
              "The request signature does not conform to AWS standards."},
    WireError{kSignatureDoesNotMatch, 403, "SignatureDoesNotMatch",
              "com.amazon.coral.service#InvalidSignatureException",
              "The request signature we calculated does not match the signature you provided. Check your AWS "
              "Secret Access Key and signing method. Consult the service documentation for details."},
    WireError{kInvalidClientTokenId, 403, "InvalidClientTokenId",
              "com.amazon.coral.service#UnrecognizedClientException",
              "The security token included in the request is invalid."},
    WireError{kExpiredToken, 403, "ExpiredToken", "com.amazon.coral.service#ExpiredTokenException",
              "The security token included in the request is expired"},
    WireError{kMissingAuthenticationToken, 403, "MissingAuthenticationToken",
              "com.amazon.coral.service#MissingAuthenticationTokenException",
              "Request is missing Authentication Token"},
    WireError{kMalformedQueryString, 404, "MalformedQueryString",
              "com.amazon.coral.service#MalformedQueryStringException",
              "The query string contains a syntax error."},
    WireError{kResourceNotFound, 404, "ResourceNotFoundException", "com.amazonaws.sqs#ResourceNotFoundException",
              "The specified resource does not exist."},
    WireError{kInvalidParameter, 400, "InvalidParameter", "com.amazonaws.sns#InvalidParameterException",
              "Invalid parameter"},
    WireError{kParameterValueInvalid, 400, "ParameterValueInvalid",
              "com.amazonaws.sns#InvalidParameterValueException", "Invalid parameter value"},
    WireError{kValidationError, 400, "ValidationError", "com.amazonaws.sns#ValidationException",
              "The input fails to satisfy the constraints of the service."},
    WireError{kNotFound, 404, "NotFound", "com.amazonaws.sns#NotFoundException",
              "The requested resource does not exist."},
    WireError{kTaggedResourceNotFound, 404, "ResourceNotFound", "com.amazonaws.sns#ResourceNotFoundException",
              "Resource does not exist"},
    WireError{kTagLimitExceeded, 400, "TagLimitExceeded", "com.amazonaws.sns#TagLimitExceededException",
              "Could not complete request: tag quota of per resource exceeded"},
    WireError{kTopicLimitExceeded, 403, "TopicLimitExceeded", "com.amazonaws.sns#TopicLimitExceededException",
              "The number of topics is at its limit."},
    WireError{kSubscriptionLimitExceeded, 403, "SubscriptionLimitExceeded",
              "com.amazonaws.sns#SubscriptionLimitExceededException",
              "The number of subscriptions is at its limit."},
    WireError{kFilterPolicyLimitExceeded, 403, "FilterPolicyLimitExceeded",
              "com.amazonaws.sns#FilterPolicyLimitExceededException",
              "The number of filter policies is at its limit."},
    WireError{kEndpointDisabled, 400, "EndpointDisabled", "com.amazonaws.sns#EndpointDisabledException",
              "Endpoint is disabled"},
    WireError{kThrottled, 429, "Throttled", "com.amazonaws.sns#ThrottledException",
              "The topic has publications that are still being delivered. Please retry."},
    WireError{kPlatformApplicationDisabled, 400, "PlatformApplicationDisabled",
              "com.amazonaws.sns#PlatformApplicationDisabledException", "Platform application is disabled"},
    WireError{kOptedOut, 400, "OptedOut", "com.amazonaws.sns#OptedOutException",
              "The phone number has opted out of receiving SMS messages"},
    WireError{kUserError, 400, "UserError", "com.amazonaws.sns#UserErrorException",
              "The request does not fit what there is."},
    WireError{kVerificationFailed, 400, "VerificationException", "com.amazonaws.sns#VerificationException",
              "The one-time password is not the one that was sent"},
};

constexpr bool in_order_of_codes() {
  for (std::size_t at = 0; at < kErrors.size(); ++at) {
    if (static_cast<std::size_t>(kErrors[at].code) != at) return false;
  }
  return true;
}
static_assert(in_order_of_codes());
static_assert(kErrors.size() == static_cast<std::size_t>(kVerificationFailed) + 1 && kErrors.size() <= 64);

}  // namespace

std::span<const WireError> wire_errors() { return kErrors; }

const WireError& wire_error(ErrorCode code) { return kErrors[static_cast<std::size_t>(code)]; }

std::string_view json_text(const Error& error) {
  return error.text.empty() ? wire_error(error.code).text : std::string_view(error.text);
}

std::string_view query_text(const Error& error) {
  const WireError& row = wire_error(error.code);
  return error.text.empty() && !row.query_text.empty() ? row.query_text : json_text(error);
}

Error missing_parameter(std::string_view name) {
  return {kMissingParameter, joined({"The request must contain the parameter ", name, "."})};
}

Error invalid_parameter(std::string_view value, std::string_view name, std::string_view reason) {
  return {kInvalidParameterValue,
          joined({"Value ", echoed(value), " for parameter ", name, " is invalid. Reason: ", reason})};
}

Error invalid_receipt_handle(std::string_view text) {
  return {kReceiptHandleIsInvalid,
          joined({"The input receipt handle \"", echoed(text), "\" is not a valid receipt handle."})};
}

Error not_offered(std::string_view what) {
  return {kUnsupportedOperation, joined({"This build of Penstock does not offer ", what, "."})};
}

std::string_view echoed(std::string_view input) {
  constexpr std::size_t kEchoedMax = 1100;  // a receipt handle, at most 1,024 bytes, in full
  if (input.size() <= kEchoedMax) return input;
  std::size_t end = kEchoedMax;
  while (end > 0 && (static_cast<unsigned char>(input[end]) & 0xc0) == 0x80) --end;
  return input.substr(0, end);
}

}  // namespace penstock
