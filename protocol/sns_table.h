// The table of the SNS API: one row for each of its 42 actions; and that of STS, of which GetCallerIdentity
// is offered.
//
// As protocol/sqs_table.h says. An action answers with a document, with an empty result, or with nothing but
// metadata.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>

#include "protocol/errors.h"
#include "protocol/sns_requests.h"

namespace penstock {

inline constexpr std::string_view kSnsVersion = "2010-03-31";
inline constexpr std::string_view kStsVersion = "2011-06-15";

// Errors that any action can give.
inline constexpr ErrorSet kSnsCommonErrors{
    ErrorCode::kInvalidAction,      ErrorCode::kInvalidParameter, ErrorCode::kValidationError,
    ErrorCode::kServiceUnavailable, ErrorCode::kInternalFailure,  ErrorCode::kMalformedInput,
    ErrorCode::kAccessDenied,
};

namespace sns {

using enum Standing;
using enum ErrorCode;

enum class Body : std::uint8_t { kNone, kEmpty, kDocument };

template <class RequestType>
struct Action {
  using Request = RequestType;

  std::string_view name;
  Standing standing{};
  Body body{};
  ErrorSet errors;  // beyond kSnsCommonErrors
};

inline constexpr ErrorSet kTopicErrors{kNotFound};

// Ascending by name.
inline constexpr std::tuple kActions{
    Action<AddPermissionRequest>{"AddPermission", kOffered, Body::kNone, kTopicErrors},
    Action<CheckIfPhoneNumberIsOptedOutRequest>{"CheckIfPhoneNumberIsOptedOut", kOffered, Body::kDocument, {}},
    Action<ConfirmSubscriptionRequest>{"ConfirmSubscription", kOffered, Body::kDocument, {}},
    Action<CreatePlatformApplicationRequest>{"CreatePlatformApplication", kOffered, Body::kDocument, {kThrottled}},
    Action<CreatePlatformEndpointRequest>{"CreatePlatformEndpoint", kOffered, Body::kDocument, {kNotFound, kThrottled}},
    Action<CreateSmsSandboxPhoneNumberRequest>{"CreateSMSSandboxPhoneNumber", kOffered, Body::kEmpty, {kUserError, kThrottled}},
    Action<CreateTopicRequest>{"CreateTopic", kOffered, Body::kDocument, {kTagLimitExceeded, kTopicLimitExceeded}},
    Action<DeleteEndpointRequest>{"DeleteEndpoint", kOffered, Body::kNone, {}},
    Action<DeletePlatformApplicationRequest>{"DeletePlatformApplication", kOffered, Body::kNone, {}},
    Action<DeleteSmsSandboxPhoneNumberRequest>{"DeleteSMSSandboxPhoneNumber", kOffered, Body::kEmpty, {kTaggedResourceNotFound}},
    Action<DeleteTopicRequest>{"DeleteTopic", kOffered, Body::kNone, {}},
    Action<GetDataProtectionPolicyRequest>{"GetDataProtectionPolicy", kOffered, Body::kDocument, kTopicErrors},
    Action<GetEndpointAttributesRequest>{"GetEndpointAttributes", kOffered, Body::kDocument, kTopicErrors},
    Action<GetPlatformApplicationAttributesRequest>{"GetPlatformApplicationAttributes", kOffered, Body::kDocument, kTopicErrors},
    Action<GetSmsAttributesRequest>{"GetSMSAttributes", kOffered, Body::kDocument, {}},
    Action<GetSmsSandboxAccountStatusRequest>{"GetSMSSandboxAccountStatus", kOffered, Body::kDocument, {}},
    Action<GetSubscriptionAttributesRequest>{"GetSubscriptionAttributes", kOffered, Body::kDocument,
                                             kTopicErrors},
    Action<GetTopicAttributesRequest>{"GetTopicAttributes", kOffered, Body::kDocument, kTopicErrors},
    Action<ListEndpointsByPlatformApplicationRequest>{"ListEndpointsByPlatformApplication", kOffered, Body::kDocument, kTopicErrors},
    Action<ListOriginationNumbersRequest>{"ListOriginationNumbers", kOffered, Body::kDocument, {}},
    Action<ListPhoneNumbersOptedOutRequest>{"ListPhoneNumbersOptedOut", kOffered, Body::kDocument, {}},
    Action<ListPlatformApplicationsRequest>{"ListPlatformApplications", kOffered, Body::kDocument, {}},
    Action<ListSmsSandboxPhoneNumbersRequest>{"ListSMSSandboxPhoneNumbers", kOffered, Body::kDocument, {}},
    Action<ListSubscriptionsRequest>{"ListSubscriptions", kOffered, Body::kDocument, {}},
    Action<ListSubscriptionsByTopicRequest>{"ListSubscriptionsByTopic", kOffered, Body::kDocument,
                                            kTopicErrors},
    Action<ListTagsForResourceRequest>{
        "ListTagsForResource", kOffered, Body::kDocument, {kTaggedResourceNotFound}},
    Action<ListTopicsRequest>{"ListTopics", kOffered, Body::kDocument, {}},
    Action<OptInPhoneNumberRequest>{"OptInPhoneNumber", kOffered, Body::kEmpty, {}},
    Action<PublishRequest>{"Publish",
                           kOffered,
                           Body::kDocument,
                           {kNotFound, kParameterValueInvalid, kEndpointDisabled, kPlatformApplicationDisabled, kOptedOut,
                            kThrottled}},
    Action<PublishBatchRequest>{"PublishBatch",
                                kOffered,
                                Body::kDocument,
                                {kNotFound, kParameterValueInvalid, kEmptyBatchRequest,
                                 kTooManyEntriesInBatchRequest, kBatchEntryIdsNotDistinct,
                                 kInvalidBatchEntryId, kBatchRequestTooLong, kThrottled}},
    Action<PutDataProtectionPolicyRequest>{"PutDataProtectionPolicy", kOffered, Body::kNone, kTopicErrors},
    Action<RemovePermissionRequest>{"RemovePermission", kOffered, Body::kNone, kTopicErrors},
    Action<SetEndpointAttributesRequest>{"SetEndpointAttributes", kOffered, Body::kNone, {kNotFound, kThrottled}},
    Action<SetPlatformApplicationAttributesRequest>{"SetPlatformApplicationAttributes", kOffered, Body::kNone, {kNotFound, kThrottled}},
    Action<SetSmsAttributesRequest>{"SetSMSAttributes", kOffered, Body::kEmpty, {kThrottled}},
    Action<SetSubscriptionAttributesRequest>{
        "SetSubscriptionAttributes", kOffered, Body::kNone, {kNotFound, kFilterPolicyLimitExceeded}},
    Action<SetTopicAttributesRequest>{"SetTopicAttributes", kOffered, Body::kNone, kTopicErrors},
    Action<SubscribeRequest>{"Subscribe",
                             kOffered,
                             Body::kDocument,
                             {kNotFound, kSubscriptionLimitExceeded, kFilterPolicyLimitExceeded}},
    Action<TagResourceRequest>{
        "TagResource", kOffered, Body::kEmpty, {kTaggedResourceNotFound, kTagLimitExceeded}},
    Action<UnsubscribeRequest>{"Unsubscribe", kOffered, Body::kNone, {}},
    Action<UntagResourceRequest>{"UntagResource", kOffered, Body::kEmpty, {kTaggedResourceNotFound}},
    Action<VerifySmsSandboxPhoneNumberRequest>{"VerifySMSSandboxPhoneNumber", kOffered, Body::kEmpty, {kTaggedResourceNotFound, kVerificationFailed}},
};

}  // namespace sns

// Visits every row in order: visit(constant), where decltype(constant)::value is the place of the row.
template <class Visit>
constexpr void each_sns_action(Visit&& visit) {
  [&]<std::size_t... At>(std::index_sequence<At...>) {
    (visit(std::integral_constant<std::size_t, At>{}), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(sns::kActions)>>{});
}

}  // namespace penstock
