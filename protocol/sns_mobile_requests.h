// The requests of the SNS API that are about SMS and mobile push, as protocol/sns_requests.h says of the
// others.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "protocol/field.h"

namespace penstock::sns {

inline constexpr MapSpelling kMobileEntry{"key", "value"};

// ---- SMS

struct SetSmsAttributesRequest {
  MapOf<std::string> attributes;

  static constexpr auto fields() {
    return std::tuple{Field("attributes", &SetSmsAttributesRequest::attributes)
                          .in_query("attributes.entry", kMobileEntry)
                          .required()};
  }
};

struct GetSmsAttributesRequest {
  std::vector<std::string> attributes;

  static constexpr auto fields() {
    return std::tuple{
        Field("attributes", &GetSmsAttributesRequest::attributes).in_query("attributes.member")};
  }
};

struct PhoneNumberRequest {
  Text phone_number;

  static constexpr auto fields() {
    return std::tuple{Field("phoneNumber", &PhoneNumberRequest::phone_number).required()};
  }
};
struct CheckIfPhoneNumberIsOptedOutRequest : PhoneNumberRequest {};
struct OptInPhoneNumberRequest : PhoneNumberRequest {};

struct ListPhoneNumbersOptedOutRequest {
  Text next_token;

  static constexpr auto fields() {
    return std::tuple{Field("nextToken", &ListPhoneNumbersOptedOutRequest::next_token)};
  }
};

// ---- the sandbox

struct CreateSmsSandboxPhoneNumberRequest {
  Text phone_number;
  Text language_code;

  static constexpr auto fields() {
    using Self = CreateSmsSandboxPhoneNumberRequest;
    return std::tuple{
        Field("PhoneNumber", &Self::phone_number).required(),
        Field("LanguageCode", &Self::language_code).accepted(),
    };
  }
};

struct DeleteSmsSandboxPhoneNumberRequest {
  Text phone_number;

  static constexpr auto fields() {
    return std::tuple{Field("PhoneNumber", &DeleteSmsSandboxPhoneNumberRequest::phone_number).required()};
  }
};

struct VerifySmsSandboxPhoneNumberRequest {
  Text phone_number;
  Text one_time_password;

  static constexpr auto fields() {
    using Self = VerifySmsSandboxPhoneNumberRequest;
    return std::tuple{
        Field("PhoneNumber", &Self::phone_number).required(),
        Field("OneTimePassword", &Self::one_time_password).required(),
    };
  }
};

struct GetSmsSandboxAccountStatusRequest {
  static constexpr auto fields() { return std::tuple<>{}; }
};

struct ListSmsSandboxPhoneNumbersRequest {
  Text next_token;
  Integer max_results;

  static constexpr auto fields() {
    using Self = ListSmsSandboxPhoneNumbersRequest;
    return std::tuple{
        Field("NextToken", &Self::next_token),
        Field("MaxResults", &Self::max_results),
    };
  }
};

struct ListOriginationNumbersRequest {
  Text next_token;
  Integer max_results;

  static constexpr auto fields() {
    using Self = ListOriginationNumbersRequest;
    return std::tuple{
        Field("NextToken", &Self::next_token),
        Field("MaxResults", &Self::max_results),
    };
  }
};

// ---- mobile push

struct CreatePlatformApplicationRequest {
  Text name;
  Text platform;
  MapOf<std::string> attributes;

  static constexpr auto fields() {
    using Self = CreatePlatformApplicationRequest;
    return std::tuple{
        Field("Name", &Self::name).required(),
        Field("Platform", &Self::platform).required(),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kMobileEntry).required(),
    };
  }
};

struct PlatformApplicationArnRequest {
  Text application_arn;

  static constexpr auto fields() {
    return std::tuple{
        Field("PlatformApplicationArn", &PlatformApplicationArnRequest::application_arn).required()};
  }
};
struct DeletePlatformApplicationRequest : PlatformApplicationArnRequest {};
struct GetPlatformApplicationAttributesRequest : PlatformApplicationArnRequest {};

struct SetPlatformApplicationAttributesRequest {
  Text application_arn;
  MapOf<std::string> attributes;

  static constexpr auto fields() {
    using Self = SetPlatformApplicationAttributesRequest;
    return std::tuple{
        Field("PlatformApplicationArn", &Self::application_arn).required(),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kMobileEntry).required(),
    };
  }
};

struct ListPlatformApplicationsRequest {
  Text next_token;

  static constexpr auto fields() {
    return std::tuple{Field("NextToken", &ListPlatformApplicationsRequest::next_token)};
  }
};

struct CreatePlatformEndpointRequest {
  Text application_arn;
  Text token;
  Text custom_user_data;
  MapOf<std::string> attributes;

  static constexpr auto fields() {
    using Self = CreatePlatformEndpointRequest;
    return std::tuple{
        Field("PlatformApplicationArn", &Self::application_arn).required(),
        Field("Token", &Self::token).required(),
        Field("CustomUserData", &Self::custom_user_data),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kMobileEntry),
    };
  }
};

struct EndpointArnRequest {
  Text endpoint_arn;

  static constexpr auto fields() {
    return std::tuple{Field("EndpointArn", &EndpointArnRequest::endpoint_arn).required()};
  }
};
struct DeleteEndpointRequest : EndpointArnRequest {};
struct GetEndpointAttributesRequest : EndpointArnRequest {};

struct SetEndpointAttributesRequest {
  Text endpoint_arn;
  MapOf<std::string> attributes;

  static constexpr auto fields() {
    using Self = SetEndpointAttributesRequest;
    return std::tuple{
        Field("EndpointArn", &Self::endpoint_arn).required(),
        Field("Attributes", &Self::attributes).in_query("Attributes.entry", kMobileEntry).required(),
    };
  }
};

struct ListEndpointsByPlatformApplicationRequest {
  Text application_arn;
  Text next_token;

  static constexpr auto fields() {
    using Self = ListEndpointsByPlatformApplicationRequest;
    return std::tuple{
        Field("PlatformApplicationArn", &Self::application_arn).required(),
        Field("NextToken", &Self::next_token),
    };
  }
};

}  // namespace penstock::sns
