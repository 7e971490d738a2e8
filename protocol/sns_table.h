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
    Action<NotOfferedRequest>{"CheckIfPhoneNumberIsOptedOut", kNotOffered, Body::kDocument, {}},
    Action<ConfirmSubscriptionRequest>{"ConfirmSubscription", kOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"CreatePlatformApplication", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"CreatePlatformEndpoint", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"CreateSMSSandboxPhoneNumber", kNotOffered, Body::kEmpty, {}},
    Action<CreateTopicRequest>{"CreateTopic", kOffered, Body::kDocument, {kTagLimitExceeded}},
    Action<NotOfferedRequest>{"DeleteEndpoint", kNotOffered, Body::kNone, {}},
    Action<NotOfferedRequest>{"DeletePlatformApplication", kNotOffered, Body::kNone, {}},
    Action<NotOfferedRequest>{"DeleteSMSSandboxPhoneNumber", kNotOffered, Body::kEmpty, {}},
    Action<DeleteTopicRequest>{"DeleteTopic", kOffered, Body::kNone, {}},
    Action<GetDataProtectionPolicyRequest>{"GetDataProtectionPolicy", kOffered, Body::kDocument, kTopicErrors},
    Action<NotOfferedRequest>{"GetEndpointAttributes", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"GetPlatformApplicationAttributes", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"GetSMSAttributes", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"GetSMSSandboxAccountStatus", kNotOffered, Body::kDocument, {}},
    Action<GetSubscriptionAttributesRequest>{"GetSubscriptionAttributes", kOffered, Body::kDocument,
                                             kTopicErrors},
    Action<GetTopicAttributesRequest>{"GetTopicAttributes", kOffered, Body::kDocument, kTopicErrors},
    Action<NotOfferedRequest>{"ListEndpointsByPlatformApplication", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"ListOriginationNumbers", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"ListPhoneNumbersOptedOut", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"ListPlatformApplications", kNotOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"ListSMSSandboxPhoneNumbers", kNotOffered, Body::kDocument, {}},
    Action<ListSubscriptionsRequest>{"ListSubscriptions", kOffered, Body::kDocument, {}},
    Action<ListSubscriptionsByTopicRequest>{"ListSubscriptionsByTopic", kOffered, Body::kDocument,
                                            kTopicErrors},
    Action<ListTagsForResourceRequest>{
        "ListTagsForResource", kOffered, Body::kDocument, {kTaggedResourceNotFound}},
    Action<ListTopicsRequest>{"ListTopics", kOffered, Body::kDocument, {}},
    Action<NotOfferedRequest>{"OptInPhoneNumber", kNotOffered, Body::kEmpty, {}},
    Action<PublishRequest>{"Publish", kOffered, Body::kDocument, {kNotFound, kParameterValueInvalid}},
    Action<PublishBatchRequest>{"PublishBatch",
                                kOffered,
                                Body::kDocument,
                                {kNotFound, kParameterValueInvalid, kEmptyBatchRequest,
                                 kTooManyEntriesInBatchRequest, kBatchEntryIdsNotDistinct,
                                 kInvalidBatchEntryId, kBatchRequestTooLong}},
    Action<PutDataProtectionPolicyRequest>{"PutDataProtectionPolicy", kOffered, Body::kNone, kTopicErrors},
    Action<RemovePermissionRequest>{"RemovePermission", kOffered, Body::kNone, kTopicErrors},
    Action<NotOfferedRequest>{"SetEndpointAttributes", kNotOffered, Body::kNone, {}},
    Action<NotOfferedRequest>{"SetPlatformApplicationAttributes", kNotOffered, Body::kNone, {}},
    Action<NotOfferedRequest>{"SetSMSAttributes", kNotOffered, Body::kEmpty, {}},
    Action<SetSubscriptionAttributesRequest>{"SetSubscriptionAttributes", kOffered, Body::kNone,
                                             kTopicErrors},
    Action<SetTopicAttributesRequest>{"SetTopicAttributes", kOffered, Body::kNone, kTopicErrors},
    Action<SubscribeRequest>{"Subscribe", kOffered, Body::kDocument, kTopicErrors},
    Action<TagResourceRequest>{
        "TagResource", kOffered, Body::kEmpty, {kTaggedResourceNotFound, kTagLimitExceeded}},
    Action<UnsubscribeRequest>{"Unsubscribe", kOffered, Body::kNone, {}},
    Action<UntagResourceRequest>{"UntagResource", kOffered, Body::kEmpty, {kTaggedResourceNotFound}},
    Action<NotOfferedRequest>{"VerifySMSSandboxPhoneNumber", kNotOffered, Body::kEmpty, {}},
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
