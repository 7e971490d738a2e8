#include "tests/conformance/wire_errors.h"

#include <algorithm>
#include <array>

namespace penstock::conformance {
namespace {

constexpr std::array kForms{
    WireErrorForm{"AWS.SimpleQueueService.NonExistentQueue", 400, "com.amazonaws.sqs#QueueDoesNotExist",
                  "The specified queue does not exist.",
                  "The specified queue does not exist for this wsdl version."},
    WireErrorForm{"QueueAlreadyExists", 400, "com.amazonaws.sqs#QueueNameExists"},
    WireErrorForm{"AWS.SimpleQueueService.QueueDeletedRecently", 400,
                  "com.amazonaws.sqs#QueueDeletedRecently",
                  "You must wait 60 seconds after deleting a queue before you can create another with the "
                  "same name."},
    WireErrorForm{"AWS.SimpleQueueService.PurgeQueueInProgress", 403,
                  "com.amazonaws.sqs#PurgeQueueInProgress"},
    WireErrorForm{"InvalidAttributeName", 400, "com.amazonaws.sqs#InvalidAttributeName"},
    WireErrorForm{"InvalidAttributeValue", 400, "com.amazonaws.sqs#InvalidAttributeValue"},
    WireErrorForm{"InvalidParameterValue", 400, "com.amazon.coral.service#InvalidParameterValueException"},
    WireErrorForm{"MissingParameter", 400, "com.amazon.coral.service#MissingRequiredParameterException"},
    WireErrorForm{"InvalidMessageContents", 400, "com.amazonaws.sqs#InvalidMessageContents"},
    WireErrorForm{"ReceiptHandleIsInvalid", 404, "com.amazonaws.sqs#ReceiptHandleIsInvalid"},
    WireErrorForm{"AWS.SimpleQueueService.MessageNotInflight", 400, "com.amazonaws.sqs#MessageNotInflight"},
    WireErrorForm{"AWS.SimpleQueueService.EmptyBatchRequest", 400, "com.amazonaws.sqs#EmptyBatchRequest"},
    WireErrorForm{"AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400,
                  "com.amazonaws.sqs#TooManyEntriesInBatchRequest"},
    WireErrorForm{"AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400,
                  "com.amazonaws.sqs#BatchEntryIdsNotDistinct"},
    WireErrorForm{
        "AWS.SimpleQueueService.InvalidBatchEntryId", 400, "com.amazonaws.sqs#InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can "
        "be at most 80 letters long."},
    WireErrorForm{"AWS.SimpleQueueService.BatchRequestTooLong", 400, "com.amazonaws.sqs#BatchRequestTooLong"},
    WireErrorForm{"AWS.SimpleQueueService.UnsupportedOperation", 400,
                  "com.amazonaws.sqs#UnsupportedOperation"},
    WireErrorForm{"OverLimit", 403, "com.amazonaws.sqs#OverLimit"},
    WireErrorForm{"ResourceNotFoundException", 404, "com.amazonaws.sqs#ResourceNotFoundException"},
    WireErrorForm{"InvalidAddress", 404, "com.amazonaws.sqs#InvalidAddress"},
    WireErrorForm{"InvalidSecurity", 403, "com.amazonaws.sqs#InvalidSecurity",
                  "All requests to this queue must use HTTPS and SigV4."},
    WireErrorForm{"RequestThrottled", 403, "com.amazonaws.sqs#RequestThrottled"},
    WireErrorForm{"InvalidAction", 400, "com.amazon.coral.service#UnknownOperationException"},
    WireErrorForm{"MalformedInput", 400, "com.amazon.coral.service#SerializationException"},
    WireErrorForm{"AccessDenied", 403, "com.amazon.coral.service#AccessDeniedException"},
    WireErrorForm{"InternalFailure", 500, "com.amazon.coral.service#InternalFailure"},
};

}  // namespace

const WireErrorForm* find_wire_error(std::string_view code) {
  const auto* const found = std::find_if(kForms.begin(), kForms.end(),
                                         [&](const WireErrorForm& form) { return form.code == code; });
  return found == kForms.end() ? nullptr : found;
}

const WireErrorForm* find_sns_error(std::string_view code) {
  static constexpr std::array kSnsForms{
      WireErrorForm{"InvalidParameter", 400},
      WireErrorForm{"ParameterValueInvalid", 400},
      WireErrorForm{"ValidationError", 400},
      WireErrorForm{"NotFound", 404},
      WireErrorForm{"ResourceNotFound", 404, {}, "Resource does not exist"},
      WireErrorForm{"TagLimitExceeded", 400, {},
                    "Could not complete request: tag quota of per resource exceeded"},
      WireErrorForm{"TopicLimitExceeded", 403},
      WireErrorForm{"SubscriptionLimitExceeded", 403},
      WireErrorForm{"FilterPolicyLimitExceeded", 403},
      WireErrorForm{"EndpointDisabled", 400, {}, "Endpoint is disabled"},
      WireErrorForm{"Throttled", 429},
      WireErrorForm{"PlatformApplicationDisabled", 400, {}, "Platform application is disabled"},
      WireErrorForm{"OptedOut", 400},
      WireErrorForm{"UserError", 400},
      WireErrorForm{"VerificationException", 400},
      WireErrorForm{"EmptyBatchRequest", 400},
      WireErrorForm{"TooManyEntriesInBatchRequest", 400, {},
                    "The batch request contains more entries than permissible."},
      WireErrorForm{"BatchEntryIdsNotDistinct", 400, {},
                    "Two or more batch entries in the request have the same Id."},
      WireErrorForm{"InvalidBatchEntryId", 400},
      WireErrorForm{"BatchRequestTooLong", 400, {},
                    "The length of all the messages put together is more than the limit."},
      WireErrorForm{"InvalidAction", 400},
      WireErrorForm{"MalformedInput", 400},
      WireErrorForm{"UnsupportedOperation", 400},
      WireErrorForm{"ServiceUnavailable", 503},
  };
  const auto* const found = std::find_if(kSnsForms.begin(), kSnsForms.end(),
                                         [code](const WireErrorForm& form) { return form.code == code; });
  return found == kSnsForms.end() ? nullptr : found;
}

}  // namespace penstock::conformance
