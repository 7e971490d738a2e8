// The results of the SNS API that are about SMS and mobile push, as protocol/sns_results.h says of the
// others.
#pragma once

#include <string>
#include <tuple>

#include "protocol/field.h"
#include "protocol/sns_results.h"

namespace penstock::sns {

// Of GetSMSAttributes, which spells it in lower case.
struct SmsAttributesResult {
  EntryMap attributes;

  static constexpr auto fields() { return std::tuple{Field("attributes", &SmsAttributesResult::attributes)}; }
};

struct OptedOutResult {
  bool opted_out = false;

  static constexpr auto fields() { return std::tuple{Field("isOptedOut", &OptedOutResult::opted_out)}; }
};

struct OptedOutNumbersResult {
  MemberList<std::string> numbers;
  std::string next_token;

  static constexpr auto fields() {
    using Self = OptedOutNumbersResult;
    return std::tuple{Field("phoneNumbers", &Self::numbers), Field("nextToken", &Self::next_token)};
  }
};

struct SandboxStatusResult {
  bool is_in_sandbox = false;

  static constexpr auto fields() {
    return std::tuple{Field("IsInSandbox", &SandboxStatusResult::is_in_sandbox)};
  }
};

struct SandboxNumberResult {
  std::string phone_number;
  std::string status;

  static constexpr auto fields() {
    using Self = SandboxNumberResult;
    return std::tuple{Field("PhoneNumber", &Self::phone_number), Field("Status", &Self::status)};
  }
};

struct SandboxNumbersResult {
  MemberList<SandboxNumberResult> numbers;
  std::string next_token;

  static constexpr auto fields() {
    using Self = SandboxNumbersResult;
    return std::tuple{Field("PhoneNumbers", &Self::numbers), Field("NextToken", &Self::next_token)};
  }
};

struct ApplicationArnResult {
  std::string arn;

  static constexpr auto fields() {
    return std::tuple{Field("PlatformApplicationArn", &ApplicationArnResult::arn)};
  }
};

struct ApplicationResult {
  std::string arn;
  EntryMap attributes;

  static constexpr auto fields() {
    using Self = ApplicationResult;
    return std::tuple{Field("PlatformApplicationArn", &Self::arn), Field("Attributes", &Self::attributes)};
  }
};

struct ApplicationsResult {
  MemberList<ApplicationResult> applications;
  std::string next_token;

  static constexpr auto fields() {
    using Self = ApplicationsResult;
    return std::tuple{Field("PlatformApplications", &Self::applications),
                      Field("NextToken", &Self::next_token)};
  }
};

struct EndpointArnResult {
  std::string arn;

  static constexpr auto fields() { return std::tuple{Field("EndpointArn", &EndpointArnResult::arn)}; }
};

struct EndpointResult {
  std::string arn;
  EntryMap attributes;

  static constexpr auto fields() {
    using Self = EndpointResult;
    return std::tuple{Field("EndpointArn", &Self::arn), Field("Attributes", &Self::attributes)};
  }
};

struct EndpointsResult {
  MemberList<EndpointResult> endpoints;
  std::string next_token;

  static constexpr auto fields() {
    using Self = EndpointsResult;
    return std::tuple{Field("Endpoints", &Self::endpoints), Field("NextToken", &Self::next_token)};
  }
};

}  // namespace penstock::sns
